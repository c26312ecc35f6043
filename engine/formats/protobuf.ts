// The wire format of protocol buffers, as much of it as ONNX needs. Written messages are lists of pieces, so that
// large values need not be in memory before their turn comes. Source: protobuf.dev/programming-guides/encoding.

import { EngineError } from '../errors.ts';
import { readExactly, type ByteSource } from './bytes.ts';

/** Bytes that are made when they are written; `sizeBytes` is known before. */
export interface LateBytes {
  readonly sizeBytes: number;
  read(): Promise<Uint8Array>;
}

const wireTypes = { varint: 0, lengthDelimited: 2, fixed32: 5 } as const;
const encoder = new TextEncoder();

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  // Division, because values may be larger than 32 bits.
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** One message: fields are added in order and may repeat. */
export class Message {
  readonly pieces: (Uint8Array | LateBytes)[] = [];
  sizeBytes = 0;

  private put(piece: Uint8Array | LateBytes): void {
    this.pieces.push(piece);
    this.sizeBytes += piece instanceof Uint8Array ? piece.byteLength : piece.sizeBytes;
  }

  private head(field: number, wireType: number): void {
    this.put(varint(field * 8 + wireType));
  }

  /** A whole number from 0 to 2^53; negative ones are not written. */
  uint(field: number, value: number): this {
    this.head(field, wireTypes.varint);
    this.put(varint(value));
    return this;
  }

  float(field: number, value: number): this {
    this.head(field, wireTypes.fixed32);
    this.put(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  bytes(field: number, value: Uint8Array | LateBytes): this {
    this.head(field, wireTypes.lengthDelimited);
    this.put(varint(value instanceof Uint8Array ? value.byteLength : value.sizeBytes));
    this.put(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  message(field: number, value: Message): this {
    this.head(field, wireTypes.lengthDelimited);
    this.put(varint(value.sizeBytes));
    for (const piece of value.pieces) this.put(piece);
    return this;
  }
}

/** A field as it lies in a file: a number, or where its bytes are. */
export interface FieldPlace {
  readonly field: number;
  /** The number of a varint; the first byte's place else. */
  readonly value: number;
  /** 0 for a varint. */
  readonly sizeBytes: number;
}

const mostHeadBytes = 20;

/** The fields of the message that lies in [begin, end). Throws `protobuf-invalid`. */
export async function* readFields(
  source: ByteSource,
  begin: number,
  end: number,
): AsyncGenerator<FieldPlace> {
  let at = begin;
  while (at < end) {
    const head = await readExactly(source, at, Math.min(mostHeadBytes, end - at));
    let used = 0;
    const number = (): number => {
      let value = 0;
      for (let shift = 1; ; shift *= 128) {
        const byte = head[used++];
        if (byte === undefined) return refuse(source, at);
        value += (byte & 127) * shift;
        if (byte < 128) break;
      }
      return Number.isSafeInteger(value) ? value : refuse(source, at);
    };
    const key = number();
    const [field, wireType] = [Math.floor(key / 8), key % 8];
    if (wireType === wireTypes.varint) {
      yield { field, value: number(), sizeBytes: 0 };
      at += used;
      continue;
    }
    const sizeBytes =
      wireType === wireTypes.lengthDelimited ? number() : wireType === wireTypes.fixed32 ? 4 : 0;
    if (sizeBytes === 0 && wireType !== wireTypes.lengthDelimited) refuse(source, at);
    const value = at + used;
    if (value + sizeBytes > end) refuse(source, at);
    yield { field, value, sizeBytes };
    at = value + sizeBytes;
  }
}

function refuse({ name }: ByteSource, at: number): never {
  throw new EngineError(
    'protobuf-invalid',
    `${name} is not a whole ONNX file: what stands at byte ${at} is none.`,
    {
      hint: 'Write it again, or get it again from where it came.',
    },
  );
}
