// Reads the parts of a GGUF header from its first bytes: numbers, texts, arrays. Every length is held against the
// bytes that are left in the file before anything is allocated. Knows no key and no tensor.

import { EngineError } from '../errors.ts';
import { valueKinds, type GgufValue, type ValueKind } from './gguf-types.ts';

/** Thrown where the bytes at hand end and the file goes on: more of it has to be read. */
export class NeedsMoreBytes extends Error {}

/** Throws with the hint that fits every broken file. */
export function refuseGguf(code: string, message: string): never {
  throw new EngineError(code, message, {
    hint: 'The file is damaged or was not written by a known tool: download or export it again.',
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class GgufCursor {
  at = 0;
  private readonly head: Uint8Array;
  private readonly view: DataView;
  private readonly fileBytes: number;
  private readonly fileName: string;

  /** @param head the first bytes of the file, all of it or fewer */
  constructor(head: Uint8Array, fileBytes: number, fileName: string) {
    this.head = head;
    this.view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    this.fileBytes = fileBytes;
    this.fileName = fileName;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A 64-bit number as a count of things that take at least `bytesEach` of the bytes that are left. */
  count(what: string, bytesEach: number): number {
    const value = this.u64();
    const left = BigInt(this.fileBytes - this.at);
    if (value * BigInt(bytesEach) <= left) return Number(value);
    return refuseGguf(
      'gguf-count',
      `${this.fileName} claims ${value} ${what} where ${left} bytes are left of it.`,
    );
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  /** A text of at most `maxBytes`; throws `gguf-text-length`, `gguf-text-utf8`. */
  text(what: string, maxBytes = 1 << 30): string {
    const length = this.count(`bytes of ${what}`, 1);
    if (length > maxBytes) {
      refuseGguf('gguf-text-length', `${this.fileName} has ${what} of ${length} bytes; at most ${maxBytes}.`);
    }
    const start = this.take(length);
    try {
      return utf8.decode(this.head.subarray(start, start + length));
    } catch {
      return refuseGguf('gguf-text-utf8', `${this.fileName} has ${what} that is not valid UTF-8.`);
    }
  }

  /** A value of a key after its kind. */
  value(key: string): GgufValue {
    const kind = this.kind(key);
    if (kind === 'array') return this.array(key);
    if (kind === 'string') return { kind, value: this.text(`the value of ${key}`) };
    if (kind === 'bool') return { kind, value: this.bool(key) };
    return { kind, value: this.number(kind, key) };
  }

  private kind(key: string): ValueKind {
    const id = this.u32();
    return (
      valueKinds[id]?.[0] ??
      refuseGguf('gguf-value-kind', `${this.fileName} gives ${key} a value of the unknown kind ${id}.`)
    );
  }

  private array(key: string): GgufValue {
    const of = this.kind(key);
    if (of === 'array') refuseGguf('gguf-value-kind', `${this.fileName} gives ${key} an array of arrays.`);
    const bytesEach = valueKinds.find(([kind]) => kind === of)![1];
    const count = this.count(`elements of ${key}`, bytesEach);
    if (of === 'string') {
      const texts: string[] = [];
      for (let i = 0; i < count; i++) texts.push(this.text(`an element of ${key}`));
      return { kind: 'array', of, value: texts };
    }
    // Whether they are there is known before they are given room.
    this.require(count * bytesEach);
    if (of === 'bool') {
      return { kind: 'array', of, value: Uint8Array.from({ length: count }, () => Number(this.bool(key))) };
    }
    const values = arrayOf(of, count);
    for (let i = 0; i < count; i++) values[i] = this.number(of, key);
    return { kind: 'array', of, value: values };
  }

  private bool(key: string): boolean {
    const byte = this.view.getUint8(this.take(1));
    if (byte > 1) {
      refuseGguf('gguf-value-kind', `${this.fileName} gives ${key} the truth value ${byte}; 0 or 1 is one.`);
    }
    return byte === 1;
  }

  private number(kind: Exclude<ValueKind, 'string' | 'array' | 'bool'>, key: string): number {
    const { view } = this;
    switch (kind) {
      case 'u8':
        return view.getUint8(this.take(1));
      case 'i8':
        return view.getInt8(this.take(1));
      case 'u16':
        return view.getUint16(this.take(2), true);
      case 'i16':
        return view.getInt16(this.take(2), true);
      case 'u32':
        return this.u32();
      case 'i32':
        return view.getInt32(this.take(4), true);
      case 'f32':
        return view.getFloat32(this.take(4), true);
      case 'f64':
        return view.getFloat64(this.take(8), true);
      case 'u64':
        return this.exact(this.u64(), key);
      case 'i64':
        return this.exact(view.getBigInt64(this.take(8), true), key);
      default:
        return kind satisfies never;
    }
  }

  private exact(value: bigint, key: string): number {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    return refuseGguf('gguf-number', `${this.fileName} gives ${key} the number ${value}, beyond 2^53.`);
  }

  private take(length: number): number {
    this.require(length);
    this.at += length;
    return this.at - length;
  }

  private require(length: number): void {
    const end = this.at + length;
    if (end > this.fileBytes) refuseGguf('gguf-truncated', `${this.fileName} ends within its header.`);
    if (end > this.head.length) throw new NeedsMoreBytes();
  }
}

function arrayOf(
  kind: Exclude<ValueKind, 'string' | 'array' | 'bool'>,
  count: number,
): Float64Array | Float32Array | Int32Array {
  if (kind === 'f32') return new Float32Array(count);
  return ['u8', 'i8', 'u16', 'i16', 'i32'].includes(kind) ? new Int32Array(count) : new Float64Array(count);
}
