// Where model files come from and go to: a source that is read at offsets, a sink that chunks are
// written to, and the words that every tensor format shares. The platform opens files; nothing here does.
// All formats are little-endian, as is every machine that WebAssembly and WebGPU run on.

import { EngineError } from '../errors.ts';

/** Bytes that can be read at any offset, such as an open file; `name` is what messages call it. */
export interface ByteSource {
  readonly sizeBytes: number;
  readonly name: string;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Where a format's chunks go in order; a chunk may be reused by its owner once `write` has resolved. */
export interface ByteSink {
  write(chunk: Uint8Array): Promise<void>;
}

/** Bytes of one element of each type a tensor may have. */
export const elementSizes = {
  f64: 8,
  f32: 4,
  f16: 2,
  bf16: 2,
  f8e4m3: 1,
  f8e5m2: 1,
  f8e8m0: 1,
  c64: 8,
  i64: 8,
  i32: 4,
  i16: 2,
  i8: 1,
  u64: 8,
  u32: 4,
  u16: 2,
  u8: 1,
  bool: 1,
} as const;

export type ElementType = keyof typeof elementSizes;

/** What a tensor is, without its values: row-major, the last dimension is contiguous. */
export interface NamedTensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
}

/** A tensor and where its bytes lie, from the start of the file that holds it. */
export interface StoredTensor extends NamedTensor {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** A tensor to be written; `read` is called once, when its turn comes, and its result held no longer than needed. */
export interface TensorToWrite extends NamedTensor {
  read(): ArrayBufferView | Promise<ArrayBufferView>;
}

/** A second name for a tensor that is stored once, such as an output layer tied to the embeddings. */
export interface TensorAlias {
  readonly name: string;
  readonly sameAs: string;
}

/** An opened model file whose structure has been checked; values are read on request. */
export interface TensorReader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Values as float32, widened from f16 or bf16. Throws `tensor-not-found`, `tensor-not-float`. */
  readF32(name: string): Promise<Float32Array>;
  /** Bytes as stored, little-endian. Throws `tensor-not-found`. */
  readBytes(name: string): Promise<Uint8Array>;
}

// Node writes at most 2 GiB in one call, and a sink should be able to report progress.
const chunkBytes = 16 * 1024 * 1024;

/** Reads exactly `length` bytes; throws `source-truncated` where the source gives fewer or more. */
export async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.byteLength !== length) {
    throw new EngineError(
      'source-truncated',
      `${source.name} gave ${bytes.byteLength} bytes at offset ${offset} where ${length} were expected.`,
      { hint: 'The file may have changed while it was read: copy or download it again.' },
    );
  }
  return bytes;
}

/** Number of elements of a shape; 1 for the empty shape of a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Pulls a tensor's values as bytes; throws `tensor-size-mismatch` if they do not fill its shape exactly. */
export async function readTensorToWrite(tensor: TensorToWrite): Promise<Uint8Array> {
  const view = await tensor.read();
  const expected = elementCount(tensor.shape) * elementSizes[tensor.elementType];
  if (view.byteLength !== expected) {
    throw new EngineError(
      'tensor-size-mismatch',
      `Tensor "${tensor.name}" of shape [${tensor.shape.join(', ')}] and type ${tensor.elementType} needs ` +
        `${expected} bytes; ${view.byteLength} were given.`,
      { hint: 'Give the values of this tensor in its own shape and element type.' },
    );
  }
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Cuts bytes into views of at most 16 MiB, without copying. */
export function* inChunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += chunkBytes) {
    yield bytes.subarray(start, start + chunkBytes);
  }
}

/** Writes every chunk of a format to a sink, one at a time; returns the number of bytes. */
export async function writeAll(chunks: AsyncIterable<Uint8Array>, sink: ByteSink): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    await sink.write(chunk);
    sizeBytes += chunk.byteLength;
  }
  return sizeBytes;
}
