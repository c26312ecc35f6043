// A state dict as torch.save wrote it before PyTorch 1.6: five pickles (a number that marks the form, its version, the
// machine, the state dict, the keys of the storages), then each storage's count and values. Runs no code of the file.
// Source: torch/serialization.py (_legacy_save, _legacy_load).

import { EngineError } from '../errors.ts';
import { elementSizes, readExactly, type ByteSource } from './bytes.ts';
import {
  isKind,
  maxPickleBytes,
  refusePickle,
  type PickledStorage,
  type PickledTensor,
  type PickleValue,
  type TorchContents,
  type TorchStorage,
} from './torch-names.ts';
import { PickleCutOff, stateDictOf, unpickle } from './torch-unpickle.ts';

const magic = 0x1950a86a20f9469cfc6cn;
const streamVersion = 1001;
const firstReadBytes = 1 << 18;
const countBytes = 8;

/** Finds the tensors and the storages of a stream; throws `pickle-unsupported`, `torch-storage-missing`. */
export async function openTorchStream(source: ByteSource): Promise<TorchContents> {
  const { tensors, described, keys, end } = await readPickles(source);
  const storages = new Map<string, TorchStorage>();
  let at = end;
  for (const key of keys) {
    const storage = described.get(key);
    if (storage === undefined || storages.has(key)) refuse(source, 'holds a storage twice or without use');
    if (at + countBytes > source.sizeBytes) refuse(source, 'ends before its storages do');
    const count = await readExactly(source, at, countBytes);
    const elements = new DataView(count.buffer, count.byteOffset, countBytes).getBigUint64(0, true);
    const sizeBytes = storage.count * elementSizes[storage.elementType];
    if (elements !== BigInt(storage.count) || at + countBytes + sizeBytes > source.sizeBytes) {
      refuse(source, `has no whole storage ${key.slice(0, 100)}`);
    }
    storages.set(key, { offsetBytes: at + countBytes, sizeBytes });
    at += countBytes + sizeBytes;
  }
  if (at !== source.sizeBytes) refuse(source, `has ${source.sizeBytes - at} bytes behind its storages`);
  return { tensors, storages };
}

interface Pickles {
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  /** What the pickle says of each storage, by its key. */
  readonly described: ReadonlyMap<string, PickledStorage>;
  readonly keys: readonly string[];
  readonly end: number;
}

/** The pickles lie at the beginning; how long they are is known once they have been read. */
async function readPickles(source: ByteSource): Promise<Pickles> {
  const limit = Math.min(source.sizeBytes, maxPickleBytes);
  for (let length = Math.min(firstReadBytes, limit); ; length = Math.min(4 * length, limit)) {
    const head = await readExactly(source, 0, length);
    try {
      return parsePickles(head);
    } catch (error) {
      if (!(error instanceof PickleCutOff) || length === limit) throw error;
    }
  }
}

function parsePickles(head: Uint8Array): Pickles {
  let end = 0;
  let described: Pickles['described'] = new Map();
  const next = (): PickleValue => {
    const pickle = unpickle(head, end);
    end = pickle.end;
    if (pickle.storages.size > 0) described = pickle.storages;
    return pickle.value;
  };
  if (next() !== magic) return refusePickle('it is a pickle of something else');
  if (next() !== streamVersion) return refusePickle('its form is newer than PyTorch writes');
  const machine = next();
  if (isKind(machine, 'dict') && machine.members.get('little_endian') !== true) {
    return refusePickle('it holds big-endian values; little-endian ones are read');
  }
  const tensors = stateDictOf(next());
  const keys = next();
  if (!isKind(keys, 'list') || !keys.items.every((key) => typeof key === 'string')) {
    return refusePickle('it does not list its storages');
  }
  return { tensors, described, keys: keys.items as string[], end };
}

function refuse({ name }: ByteSource, problem: string): never {
  throw new EngineError('torch-storage-missing', `${name} ${problem}.`, {
    hint: 'The file is damaged or no plain state dict: save the model again.',
  });
}
