// A reader over values in memory, as if a file of f32 tensors had been opened.

import type { StoredTensor, TensorReader } from '../../../engine/formats/bytes.ts';

/** Tensors by name, each with its shape and values; every read gives a copy, as from a file. */
export function readerOf(
  tensors: Iterable<readonly [name: string, shape: readonly number[], values: Float32Array]>,
): TensorReader {
  const all = [...tensors];
  const values = new Map(all.map(([name, , data]) => [name, data]));
  const stored = all.map(([name, shape, data]): [string, StoredTensor] => [
    name,
    { name, shape, elementType: 'f32', offsetBytes: 0, sizeBytes: data.byteLength },
  ]);
  return {
    tensors: new Map(stored),
    metadata: new Map(),
    readF32: (name) => Promise.resolve(values.get(name)!.slice()),
    readBytes: (name) => Promise.resolve(new Uint8Array(values.get(name)!.slice().buffer)),
  };
}
