// Finds the items of a list in a JSON text that arrives in pieces: the outer list, or the list under "data"
// of the outer object. It only finds where values begin and end; what they hold is for JSON.parse to judge.

/** The text is not of the shape that was looked for. */
export class JsonShapeError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

export interface JsonItem {
  readonly text: string;
  /** Where it begins. */
  readonly line: number;
}

type Place =
  | 'root'
  | 'first key'
  | 'key'
  | 'colon'
  | 'member'
  | 'after member'
  | 'first item'
  | 'item'
  | 'after item'
  | 'end';

/** A longer item is no row. */
const longestItemCharacters = 64 * 1024 * 1024;
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

export class JsonItems {
  private place: Place = 'root';
  private line = 1;
  private isWithinObject = false;
  private hasData = false;
  private key = '';
  /** What the value that is being taken is for; null between values. */
  private taking: 'key' | 'member' | 'item' | null = null;
  private takenLine = 1;
  private parts: string[] = [];
  private length = 0;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  /** The items that this piece made whole; throws JsonShapeError. */
  *push(text: string): Generator<JsonItem> {
    let i = 0;
    while (i < text.length) {
      if (this.taking === null) {
        const code = text.charCodeAt(i);
        if (isSpace(code)) {
          if (code === 0x0a) this.line++;
          i++;
        } else if (this.step(text[i]!)) i++;
        continue;
      }
      const end = this.endOfValue(text, i);
      const isWhole = end >= 0;
      this.keep(text.slice(i, isWhole ? end : undefined));
      if (!isWhole) return;
      i = end;
      const item = this.finishValue();
      if (item !== null) yield item;
    }
  }

  /** Throws JsonShapeError when the text ended too early or held no list. */
  finish(): void {
    if (this.place !== 'end') this.fail('it ends before its list does');
    if (this.isWithinObject && !this.hasData) this.fail('its outer object has no list "data"');
  }

  /** Takes one character between values, or sees that a value begins with it (then false). */
  private step(character: string): boolean {
    switch (this.place) {
      case 'root':
        if (character === '[') this.place = 'first item';
        else if (character === '{') {
          this.place = 'first key';
          this.isWithinObject = true;
        } else this.fail('it holds neither a list nor an object');
        return true;
      case 'first key':
      case 'key':
        if (character === '}' && this.place === 'first key') this.place = 'end';
        else if (character === '"') return this.begin('key');
        else this.fail(`a name in quotes was expected, not ${character}`);
        return true;
      case 'colon':
        if (character !== ':') this.fail(`":" was expected, not ${character}`);
        this.place = 'member';
        return true;
      case 'member':
        if (this.key !== 'data' || this.hasData) return this.begin('member');
        if (character !== '[') this.fail('its "data" is not a list');
        this.hasData = true;
        this.place = 'first item';
        return true;
      case 'after member':
        if (character === ',') this.place = 'key';
        else if (character === '}') this.place = 'end';
        else this.fail(`"," or "}" was expected, not ${character}`);
        return true;
      case 'first item':
        if (character !== ']') return this.begin('item');
        this.endList();
        return true;
      case 'item':
        return this.begin('item');
      case 'after item':
        if (character === ',') this.place = 'item';
        else if (character === ']') this.endList();
        else this.fail(`"," or "]" was expected, not ${character}`);
        return true;
      case 'end':
        return this.fail(`nothing was expected after its end, but ${character} follows`);
    }
  }

  private endList(): void {
    this.place = this.isWithinObject ? 'after member' : 'end';
  }

  private begin(taking: 'key' | 'member' | 'item'): false {
    this.taking = taking;
    this.takenLine = this.line;
    return false;
  }

  /** The index after the value that is being taken, or -1 when it goes on in the next piece. */
  private endOfValue(text: string, from: number): number {
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 0x0a) this.line++;
      if (this.isEscaped) this.isEscaped = false;
      else if (this.isInString) {
        if (code === 0x5c) this.isEscaped = true;
        else if (code === 0x22) {
          this.isInString = false;
          if (this.depth === 0) return i + 1;
        }
      } else if (code === 0x22) this.isInString = true;
      else if (code === 0x7b || code === 0x5b) this.depth++;
      else if (code === 0x7d || code === 0x5d) {
        if (this.depth === 0) return this.endOfBareValue(i, from);
        if (--this.depth === 0) return i + 1;
      } else if (this.depth === 0 && (code === 0x2c || isSpace(code))) {
        if (code === 0x0a) this.line--;
        return this.endOfBareValue(i, from);
      }
    }
    return -1;
  }

  private endOfBareValue(end: number, from: number): number {
    if (end === from && this.length === 0) this.fail('a value is missing');
    return end;
  }

  private keep(text: string): void {
    this.length += text.length;
    if (this.taking === 'member') return;
    if (this.length > longestItemCharacters)
      this.fail(`an item has more than ${longestItemCharacters} characters`);
    this.parts.push(text);
  }

  private finishValue(): JsonItem | null {
    const { taking, takenLine } = this;
    const text = this.parts.join('');
    this.parts = [];
    this.length = 0;
    this.taking = null;
    if (taking === 'item') {
      this.place = 'after item';
      return { text, line: takenLine };
    }
    this.place = taking === 'key' ? 'colon' : 'after member';
    if (taking === 'key') this.key = this.parseKey(text);
    return null;
  }

  private parseKey(text: string): string {
    try {
      return String(JSON.parse(text));
    } catch {
      return this.fail('a name is not JSON');
    }
  }

  private fail(message: string): never {
    throw new JsonShapeError(message, this.line);
  }
}
