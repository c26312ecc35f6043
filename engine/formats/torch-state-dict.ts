// Opens a PyTorch state dict (.pth) as a reader of tensors: the archive's directory, then the pickle, then
// each tensor's storage where it lies. Runs no code of the file.

import { EngineError } from '../errors.ts';
import {
  elementCount,
  elementSizes,
  readExactly,
  type ByteSource,
  type StoredTensor,
  type TensorReader,
} from './bytes.ts';
import { find, readF32 } from './safetensors.ts';
import { unpickleStateDict, type PickledTensor } from './torch-unpickle.ts';
import { openStoredZip, type StoredEntry } from './zip-reader.ts';

const maxPickleBytes = 100_000_000;

/** Opens a `.pth`; throws `zip-invalid`, `pickle-unsupported`, `torch-storage-missing`. */
export async function openTorchStateDict(source: ByteSource): Promise<TensorReader> {
  const entries = await openStoredZip(source);
  const pickleName = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  const pickle = pickleName === undefined ? undefined : entries.get(pickleName);
  if (pickleName === undefined || pickle === undefined || pickle.sizeBytes > maxPickleBytes) {
    refuse(source, 'has no state dict in it');
  }
  const folder = pickleName.slice(0, -'data.pkl'.length);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of unpickleStateDict(
    await readExactly(source, pickle.offsetBytes, pickle.sizeBytes),
  )) {
    tensors.set(name, stored(source, name, tensor, entries.get(`${folder}data/${tensor.key}`)));
  }
  return {
    tensors,
    metadata: new Map(),
    readF32: (name) => readF32(source, find(tensors, name, source.name)),
    readBytes: (name) => {
      const { offsetBytes, sizeBytes } = find(tensors, name, source.name);
      return readExactly(source, offsetBytes, sizeBytes);
    },
  };
}

function stored(
  source: ByteSource,
  name: string,
  { elementType, shape, storageElements }: PickledTensor,
  entry: StoredEntry | undefined,
): StoredTensor {
  const sizeBytes = elementCount(shape) * elementSizes[elementType];
  if (entry?.sizeBytes !== sizeBytes || storageElements !== elementCount(shape)) {
    refuse(source, `has no whole storage for "${name.slice(0, 200)}"`);
  }
  return { name, elementType, shape, offsetBytes: entry.offsetBytes, sizeBytes };
}

function refuse({ name }: ByteSource, problem: string): never {
  throw new EngineError('torch-storage-missing', `${name} ${problem}.`, {
    hint: 'The file is damaged or no plain state dict: save the model again.',
  });
}
