// Reads JSON from files that may be hostile. Unlike JSON.parse it refuses duplicate keys at every depth,
// bounds depth and the number of values before they are built, and gives objects as Maps, so that a key
// like __proto__ is only a word. It knows nothing of what the values mean.

import { EngineError } from '../errors.ts';

export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** What a document may hold before it is refused. */
export interface JsonLimits {
  /** Arrays and objects within each other. */
  maxDepth: number;
  /** Values of any kind in the whole document. */
  maxValues: number;
  /** Refuses numbers that are negative or not written as plain digits. */
  naturalNumbersOnly?: boolean;
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const naturalPattern = /(?:0|[1-9][0-9]*)(?![.eE0-9])/y;

class Scanner {
  private at = 0;
  private values = 0;
  private readonly text: string;
  private readonly limits: JsonLimits;
  private readonly what: string;

  constructor(text: string, limits: JsonLimits, what: string) {
    this.text = text;
    this.limits = limits;
    this.what = what;
  }

  document(): JsonValue {
    const value = this.value(0);
    this.skipSpace();
    if (this.at !== this.text.length) this.fail('json-syntax', 'has more text after its JSON value');
    return value;
  }

  private value(depth: number): JsonValue {
    if (++this.values > this.limits.maxValues) {
      this.fail('json-too-many-values', `holds more than ${this.limits.maxValues} values`);
    }
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.object(this.deeper(depth));
      case '[':
        return this.array(this.deeper(depth));
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private deeper(depth: number): number {
    if (depth >= this.limits.maxDepth) {
      this.fail('json-too-deep', `nests deeper than ${this.limits.maxDepth} levels`);
    }
    this.at++;
    return depth + 1;
  }

  private object(depth: number): JsonObject {
    const object = new Map<string, JsonValue>();
    if (this.taken('}')) return object;
    do {
      this.skipSpace();
      const keyAt = this.at;
      if (this.text[keyAt] !== '"') this.fail('json-syntax', 'has no quoted key where one was expected');
      const key = this.string();
      if (object.has(key)) {
        this.at = keyAt;
        this.fail('json-duplicate-key', `has the key ${JSON.stringify(key.slice(0, 100))} twice`);
      }
      if (!this.taken(':')) this.fail('json-syntax', 'has no ":" after a key');
      object.set(key, this.value(depth));
    } while (this.taken(','));
    if (!this.taken('}')) this.fail('json-syntax', 'has neither "," nor "}" after a member');
    return object;
  }

  private array(depth: number): readonly JsonValue[] {
    const array: JsonValue[] = [];
    if (this.taken(']')) return array;
    do array.push(this.value(depth));
    while (this.taken(','));
    if (!this.taken(']')) this.fail('json-syntax', 'has neither "," nor "]" after an element');
    return array;
  }

  private string(): string {
    const { text } = this;
    const start = this.at;
    let hasEscape = false;
    for (let i = start + 1; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 0x22) {
        this.at = i + 1;
        return hasEscape ? this.unescape(start) : text.slice(start + 1, i);
      }
      if (code === 0x5c) {
        hasEscape = true;
        i++;
      } else if (code < 0x20) {
        this.fail('json-syntax', 'has a control character in a string');
      }
    }
    return this.fail('json-syntax', 'ends inside a string');
  }

  private unescape(start: number): string {
    let unescaped = '';
    try {
      unescaped = JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      this.at = start;
      this.fail('json-syntax', 'has a wrong escape in a string');
    }
    if (!unescaped.isWellFormed()) this.fail('json-syntax', 'has half a surrogate pair in a string');
    return unescaped;
  }

  private number(): number {
    const pattern = this.limits.naturalNumbersOnly ? naturalPattern : numberPattern;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) {
      numberPattern.lastIndex = this.at;
      return numberPattern.test(this.text)
        ? this.fail('json-number-not-natural', 'has a number that is not written as plain digits')
        : this.fail('json-syntax', 'has no value where one was expected');
    }
    const number = Number(match[0]);
    if (!Number.isFinite(number)) this.fail('json-number-range', 'has a number that is too large');
    this.at += match[0].length;
    return number;
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail('json-syntax', 'has an unknown word');
    this.at += word.length;
    return value;
  }

  private taken(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (; ; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  private fail(code: string, problem: string): never {
    throw new EngineError(code, `${this.what} ${problem}, at character ${this.at}.`, {
      hint: 'The file is damaged or was not written by a known tool: get it again.',
    });
  }
}

/**
 * Parses a whole JSON document (RFC 8259) within limits; `what` names it in messages, as "The header of x".
 * Throws `json-syntax`, `json-duplicate-key`, `json-too-deep`, `json-too-many-values`,
 * `json-number-not-natural`, `json-number-range`.
 */
export function parseStrictJson(text: string, limits: JsonLimits, what: string): JsonValue {
  return new Scanner(text, limits, what).document();
}

/** The value as an object, or undefined. */
export function asJsonObject(value: JsonValue | undefined): JsonObject | undefined {
  return value instanceof Map ? (value as JsonObject) : undefined;
}
