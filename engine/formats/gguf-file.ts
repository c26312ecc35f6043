// An opened GGUF file: its keys, and its tensors' values as float32 or as they are stored. Names, layouts and what
// the keys mean are llama.cpp's; gguf-model.ts makes a model of them.

import { elementCount, readExactly, type ByteSource } from './bytes.ts';
import { EngineError } from '../errors.ts';
import { dequantizer } from './gguf-dequantize.ts';
import { readGgufHeader, type GgufHeader, type GgufTensor } from './gguf-header.ts';

export interface GgufFile extends GgufHeader {
  readonly name: string;
  /** Values in the order of `shape`. Throws `tensor-not-found`, `gguf-type-unsupported`. */
  readF32(name: string): Promise<Float32Array>;
  /** Bytes as stored. Throws `tensor-not-found`. */
  readBytes(name: string): Promise<Uint8Array>;
}

// One read while values are made of blocks; whole blocks of every type fit in it.
const readBytesAtOnce = 4 * 1024 * 1024;

/** Opens a GGUF file after checking its whole header against the file's size; throws the `gguf-…` codes. */
export async function openGguf(source: ByteSource): Promise<GgufFile> {
  const header = await readGgufHeader(source);
  const find = (name: string): GgufTensor => {
    const tensor = header.tensors.get(name);
    if (tensor !== undefined) return tensor;
    throw new EngineError('tensor-not-found', `${source.name} has no tensor "${name.slice(0, 200)}".`, {
      hint: 'Check that the file belongs to this model form.',
    });
  };
  return {
    ...header,
    name: source.name,
    readF32: async (name) => readF32(source, find(name)),
    readBytes: async (name) => {
      const { offsetBytes, sizeBytes } = find(name);
      return readExactly(source, offsetBytes, sizeBytes);
    },
  };
}

async function readF32(
  source: ByteSource,
  { name, type, shape, offsetBytes, sizeBytes }: GgufTensor,
): Promise<Float32Array> {
  const dequantize = dequantizer(name, type);
  const { blockBytes, blockElements } = type;
  const step = Math.floor(readBytesAtOnce / blockBytes) * blockBytes;
  const values = new Float32Array(elementCount(shape));
  for (let done = 0; done < sizeBytes; done += step) {
    const length = Math.min(step, sizeBytes - done);
    const bytes = await readExactly(source, offsetBytes + done, length);
    const first = (done / blockBytes) * blockElements;
    dequantize(bytes, values.subarray(first, first + (length / blockBytes) * blockElements));
  }
  return values;
}
