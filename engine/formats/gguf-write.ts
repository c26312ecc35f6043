// Writes a GGUF file, version 3: its keys, the table of its tensors, then their bytes, each pulled when its turn
// comes. Knows no model.
// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

import { alignUp } from '../align.ts';
import { EngineError } from '../errors.ts';
import { elementCount, inChunks } from './bytes.ts';
import {
  defaultAlignment,
  ggmlBytes,
  ggufMagic,
  ggufVersion,
  maxTensorNameBytes,
  valueKinds,
  type GgmlType,
  type GgufKeys,
  type GgufValue,
  type ValueKind,
} from './gguf-types.ts';

/** A tensor to be written, of whole blocks a row; its shape is in the order of PyTorch. */
export interface GgufTensorToWrite {
  readonly name: string;
  readonly type: GgmlType;
  readonly shape: readonly number[];
  /** Its bytes as they are stored; called once, when its turn comes. */
  read(): Promise<Uint8Array>;
}

/** The bytes of a GGUF file. Throws `tensor-size-mismatch`, `tensor-name-invalid`. */
export async function* writeGguf(
  keys: GgufKeys,
  tensors: readonly GgufTensorToWrite[],
): AsyncGenerator<Uint8Array> {
  const header = ggufHeader(keys, tensors);
  yield* inChunks(header);
  yield padding(header.byteLength);
  for (const tensor of tensors) {
    const bytes = await tensor.read();
    if (bytes.byteLength !== sizeOf(tensor)) {
      throw new EngineError(
        'tensor-size-mismatch',
        `Tensor "${tensor.name}" of ${tensor.type.name} needs ${sizeOf(tensor)} bytes; ${bytes.byteLength} were given.`,
        { hint: 'Give the values of this tensor in its own shape and type.' },
      );
    }
    yield* inChunks(bytes);
    yield padding(bytes.byteLength);
  }
}

function sizeOf({ type, shape }: Pick<GgufTensorToWrite, 'type' | 'shape'>): number {
  return ggmlBytes(type, elementCount(shape));
}

function padding(length: number): Uint8Array {
  return new Uint8Array(alignUp(length, defaultAlignment) - length);
}

function ggufHeader(keys: GgufKeys, tensors: readonly GgufTensorToWrite[]): Uint8Array {
  const bytes = new Bytes();
  bytes.u32(ggufMagic).u32(ggufVersion).u64(tensors.length).u64(keys.size);
  for (const [key, value] of keys) bytes.text(key).value(value);
  let offset = 0;
  const names = new Set<string>();
  for (const tensor of tensors) {
    requireName(tensor.name, names);
    bytes.text(tensor.name).u32(tensor.shape.length);
    for (const extent of tensor.shape.toReversed()) bytes.u64(extent);
    bytes.u32(tensor.type.id).u64(offset);
    offset = alignUp(offset + sizeOf(tensor), defaultAlignment);
  }
  return bytes.done();
}

function requireName(name: string, names: Set<string>): void {
  if (names.has(name) || new TextEncoder().encode(name).length > maxTensorNameBytes) {
    throw new EngineError('tensor-name-invalid', `The tensor name "${name}" is too long or given twice.`, {
      hint: 'Give each tensor a name of its own.',
    });
  }
  names.add(name);
}

function kindId(kind: ValueKind): number {
  return valueKinds.findIndex(([name]) => name === kind);
}

/** Bytes that grow as they are written. */
class Bytes {
  private bytes = new Uint8Array(1 << 16);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  u32(value: number): this {
    this.view.setUint32(this.grow(4), value, true);
    return this;
  }

  u64(value: number): this {
    this.view.setBigUint64(this.grow(8), BigInt(value), true);
    return this;
  }

  text(value: string): this {
    const utf8 = new TextEncoder().encode(value);
    this.u64(utf8.length);
    this.bytes.set(utf8, this.grow(utf8.length));
    return this;
  }

  value(value: GgufValue): this {
    this.u32(kindId(value.kind));
    if (value.kind !== 'array') return this.element(value.kind, value.value);
    this.u32(kindId(value.of)).u64(value.value.length);
    for (const element of value.value) this.element(value.of, element);
    return this;
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private element(kind: Exclude<ValueKind, 'array'>, value: string | number | boolean): this {
    if (kind === 'string') return this.text(String(value));
    const number = Number(value);
    switch (kind) {
      case 'u8':
      case 'bool':
        this.view.setUint8(this.grow(1), number);
        return this;
      case 'i8':
        this.view.setInt8(this.grow(1), number);
        return this;
      case 'u16':
        this.view.setUint16(this.grow(2), number, true);
        return this;
      case 'i16':
        this.view.setInt16(this.grow(2), number, true);
        return this;
      case 'u32':
        return this.u32(number);
      case 'i32':
        this.view.setInt32(this.grow(4), number, true);
        return this;
      case 'f32':
        this.view.setFloat32(this.grow(4), number, true);
        return this;
      case 'f64':
        this.view.setFloat64(this.grow(8), number, true);
        return this;
      case 'u64':
        return this.u64(number);
      case 'i64':
        this.view.setBigInt64(this.grow(8), BigInt(number), true);
        return this;
      default:
        return kind satisfies never;
    }
  }

  /** Makes room for bytes and gives where it begins. */
  private grow(count: number): number {
    const start = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return start;
  }
}
