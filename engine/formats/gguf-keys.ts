// Reads single keys of a GGUF file by name and kind, and makes the values that are written. A key of another kind
// than it should have is refused by name.

import { refuseGguf } from './gguf-cursor.ts';
import type { GgufKeys, GgufValue } from './gguf-types.ts';

/** A text; undefined where the key is not there. */
export function textKey(keys: GgufKeys, name: string): string | undefined {
  const found = keys.get(name);
  if (found === undefined || found.kind === 'string') return found?.value;
  return refuseKind(name, found, 'a text');
}

/** A number; undefined where the key is not there. */
export function numberKey(keys: GgufKeys, name: string): number | undefined {
  const found = keys.get(name);
  if (found === undefined) return undefined;
  if (typeof found.value !== 'number') return refuseKind(name, found, 'a number');
  return found.kind === 'f32' ? shortest(found.value) : found.value;
}

/** A whole number from 0 on; undefined where the key is not there. */
export function naturalKey(keys: GgufKeys, name: string): number | undefined {
  const value = numberKey(keys, name);
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  return refuseGguf('gguf-key', `The key ${name} is ${value}; a whole number was expected.`);
}

/** A truth value; undefined where the key is not there. */
export function boolKey(keys: GgufKeys, name: string): boolean | undefined {
  const found = keys.get(name);
  if (found === undefined || found.kind === 'bool') return found?.value;
  return refuseKind(name, found, 'true or false');
}

/** A list of texts; undefined where the key is not there. */
export function textsKey(keys: GgufKeys, name: string): readonly string[] | undefined {
  const found = keys.get(name);
  if (found === undefined) return undefined;
  if (found.kind === 'array' && found.of === 'string') return found.value;
  return refuseKind(name, found, 'a list of texts');
}

/** A list of numbers; undefined where the key is not there. */
export function numbersKey(keys: GgufKeys, name: string): ArrayLike<number> | undefined {
  const found = keys.get(name);
  if (found === undefined) return undefined;
  if (found.kind === 'array' && found.of !== 'string' && found.of !== 'bool') return found.value;
  return refuseKind(name, found, 'a list of numbers');
}

/** The value of a key that must be there; throws `gguf-key-missing`. */
export function required<T>(value: T | undefined, name: string): T {
  return value ?? refuseGguf('gguf-key-missing', `The file has no key ${name}.`);
}

function refuseKind(name: string, found: GgufValue, expected: string): never {
  const kind = found.kind === 'array' ? `array of ${found.of}` : found.kind;
  return refuseGguf('gguf-key', `The key ${name} is of kind ${kind}; ${expected} was expected.`);
}

/** The number with fewest digits that is this float32: 1e-5, not 9.999999747378752e-6. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

export function textValue(value: string): GgufValue {
  return { kind: 'string', value };
}

export function naturalValue(value: number): GgufValue {
  return { kind: 'u32', value };
}

export function floatValue(value: number): GgufValue {
  return { kind: 'f32', value: Math.fround(value) };
}

export function boolValue(value: boolean): GgufValue {
  return { kind: 'bool', value };
}

export function textsValue(value: readonly string[]): GgufValue {
  return { kind: 'array', of: 'string', value };
}
