// Opens a PyTorch state dict (.pth, .pt, .bin) as a reader of tensors: the archive that torch.save writes since 1.6,
// or the stream of pickles and storages before that. Runs no code of the file, and reads no value until each tensor
// has been found to lie within it.
// Source: torch/serialization.py.

import { EngineError } from '../errors.ts';
import {
  elementCount,
  elementSizes,
  readExactly,
  type ByteSource,
  type StoredTensor,
  type TensorReader,
} from './bytes.ts';
import { crc32 } from './crc32.ts';
import { find, readF32 } from './safetensors.ts';
import { openTorchStream } from './torch-stream.ts';
import { maxPickleBytes, type PickledTensor, type TorchContents, type TorchStorage } from './torch-names.ts';
import { unpickleStateDict } from './torch-unpickle.ts';
import { openStoredZip, type StoredEntry } from './zip-reader.ts';

const zipStart = 0x04034b50;
const protoOpcode = 0x80;

/**
 * Opens a state dict; throws `zip-invalid`, `pickle-unsupported`, `torch-file-unknown`, `torch-storage-missing`, and
 * while values are read `torch-storage-damaged`.
 */
export async function openTorchStateDict(source: ByteSource): Promise<TensorReader> {
  const { tensors: pickled, storages } = await openContents(source);
  const tensors = new Map<string, StoredTensor>();
  const crcs = new Map<string, number>();
  for (const [name, tensor] of pickled) {
    const storage = storages.get(tensor.key);
    const stored = place(source, name, tensor, storage);
    tensors.set(name, stored);
    if (storage?.crc !== undefined && storage.sizeBytes === stored.sizeBytes) crcs.set(name, storage.crc);
  }
  const checked = async <T>(name: string, read: (source: ByteSource) => Promise<T>): Promise<T> => {
    const expected = crcs.get(name);
    if (expected === undefined) return read(source);
    let crc = 0;
    const value = await read({
      sizeBytes: source.sizeBytes,
      name: source.name,
      read: async (offset, length) => {
        const bytes = await source.read(offset, length);
        crc = crc32(bytes, crc);
        return bytes;
      },
    });
    if (crc !== expected)
      refuse('torch-storage-damaged', source, `has other values in "${name}" than were saved`);
    return value;
  };
  return {
    tensors,
    metadata: new Map(),
    readF32: async (name) => {
      const tensor = find(tensors, name, source.name);
      return checked(name, (counted) => readF32(counted, tensor));
    },
    readBytes: async (name) => {
      const { offsetBytes, sizeBytes } = find(tensors, name, source.name);
      return checked(name, (counted) => readExactly(counted, offsetBytes, sizeBytes));
    },
  };
}

async function openContents(source: ByteSource): Promise<TorchContents> {
  if (source.sizeBytes < 4) refuse('torch-file-unknown', source, 'is too short for a state dict');
  const start = await readExactly(source, 0, 4);
  if (start[0] === protoOpcode) return openTorchStream(source);
  const signature = new DataView(start.buffer, start.byteOffset, 4).getUint32(0, true);
  if (signature === zipStart) return openArchive(source);
  return refuse('torch-file-unknown', source, 'is no file that torch.save writes');
}

async function openArchive(source: ByteSource): Promise<TorchContents> {
  const entries = await openStoredZip(source);
  const pickleName = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  const pickle = pickleName === undefined ? undefined : entries.get(pickleName);
  if (pickleName === undefined || pickle === undefined || pickle.sizeBytes > maxPickleBytes) {
    return refuse('torch-storage-missing', source, 'has no state dict in it');
  }
  const folder = pickleName.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order && order.sizeBytes <= 16 && decode(await readEntry(source, order)) !== 'little') {
    refuse('torch-storage-missing', source, 'holds big-endian values; little-endian ones are read');
  }
  const storages = new Map<string, TorchStorage>();
  for (const [name, entry] of entries) {
    if (name.startsWith(`${folder}data/`)) storages.set(name.slice(`${folder}data/`.length), entry);
  }
  return { tensors: unpickleStateDict(await readEntry(source, pickle)), storages };
}

async function readEntry(
  source: ByteSource,
  { offsetBytes, sizeBytes, crc }: StoredEntry,
): Promise<Uint8Array> {
  const bytes = await readExactly(source, offsetBytes, sizeBytes);
  if (crc32(bytes) === crc) return bytes;
  return refuse('torch-storage-damaged', source, 'holds other bytes than were saved');
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim();
}

function place(
  source: ByteSource,
  name: string,
  { elementType, shape, storageOffset, storageElements }: PickledTensor,
  storage: TorchStorage | undefined,
): StoredTensor {
  const elementBytes = elementSizes[elementType];
  if (storage?.sizeBytes !== storageElements * elementBytes) {
    return refuse('torch-storage-missing', source, `has no whole storage for "${name.slice(0, 200)}"`);
  }
  const offsetBytes = storage.offsetBytes + storageOffset * elementBytes;
  return { name, elementType, shape, offsetBytes, sizeBytes: elementCount(shape) * elementBytes };
}

function refuse(code: string, { name }: ByteSource, problem: string): never {
  throw new EngineError(code, `${name} ${problem}.`, {
    hint: 'The file is damaged or no plain state dict: save the model again.',
  });
}
