// What a pickled state dict may name, and what this engine makes of it: data, never code. Whatever is not listed is
// refused by name where it is named, before it could be used for anything.
// Source: torch/_utils.py, torch/serialization.py (PyTorch 1.0 to 2.10).

import { EngineError } from '../errors.ts';
import type { ElementType } from './bytes.ts';

/** A tensor as the pickle describes it; `key` names the storage that holds its values. */
export interface PickledTensor {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly key: string;
  /** Elements of the storage before the tensor's first. */
  readonly storageOffset: number;
  readonly storageElements: number;
}

/** Where the values of a storage lie; `crc` where the file says what they add up to. */
export interface TorchStorage {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly crc?: number;
}

/** What a file of a state dict holds. */
export interface TorchContents {
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  readonly storages: ReadonlyMap<string, TorchStorage>;
}

/** A state dict of 100,000 tensors takes some 20 MB. */
export const maxPickleBytes = 64 * 1024 * 1024;

/** What may lie on the machine's stack: inert values. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: PickleValue[] }
  | { readonly kind: 'tuple'; readonly items: readonly PickleValue[] }
  | { readonly kind: 'dict'; readonly members: Map<string | number, PickleValue> }
  | PickledStorage
  | { readonly kind: 'tensor'; readonly tensor: PickledTensor };

/** The values of one or several tensors. */
export interface PickledStorage {
  readonly kind: 'storage';
  readonly elementType: ElementType;
  readonly key: string;
  readonly count: number;
}

type Kind = 'bytes' | 'name' | 'list' | 'tuple' | 'dict' | 'storage' | 'tensor';

const storageTypes: ReadonlyMap<string, ElementType> = new Map([
  ['DoubleStorage', 'f64'],
  ['FloatStorage', 'f32'],
  ['HalfStorage', 'f16'],
  ['BFloat16Storage', 'bf16'],
  ['LongStorage', 'i64'],
  ['IntStorage', 'i32'],
  ['ShortStorage', 'i16'],
  ['CharStorage', 'i8'],
  ['ByteStorage', 'u8'],
  ['BoolStorage', 'bool'],
]);

/** What names of functions stand for when they are called with arguments. */
const builders: ReadonlyMap<string, (items: readonly PickleValue[]) => PickleValue> = new Map([
  ['collections.OrderedDict', orderedDict],
  ['torch._utils._rebuild_tensor', tensorOf],
  ['torch._utils._rebuild_tensor_v2', tensorOf],
  ['torch._utils._rebuild_parameter', parameterOf],
  ['torch.Size', ([items]) => ({ kind: 'tuple', items: numbersOf(items) })],
]);

const maxDimensions = 64;

/** Throws with the hint that fits every pickle that is no plain state dict. */
export function refusePickle(problem: string): never {
  throw new EngineError('pickle-unsupported', `The state dict cannot be read: ${problem}.`, {
    hint: 'Only plain state dicts of tensors are read, torch.save(model.state_dict(), path): save it so, or as safetensors.',
  });
}

/** Whether a value is of a kind. */
export function isKind<K extends Kind>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

/** The value that a name becomes; throws `pickle-unsupported` for all but the few that describe tensors. */
export function knownName(module: string, name: string): PickleValue {
  const whole = `${module}.${name}`;
  const isStorage = module === 'torch' && storageTypes.has(name);
  if (isStorage || builders.has(whole)) return { kind: 'name', name: whole };
  return refusePickle(`it names ${whole.slice(0, 200)}, which is no part of a tensor`);
}

/** What calling a named thing with a tuple of arguments gives. */
export function build(callee: PickleValue, argument: PickleValue): PickleValue {
  if (!isKind(callee, 'name') || !isKind(argument, 'tuple')) return refusePickle('it calls what has no name');
  const builder = builders.get(callee.name);
  return builder ? builder(argument.items) : refusePickle(`it calls ${callee.name}`);
}

/** Python 2 gives the members of an OrderedDict as a list of pairs. */
function orderedDict(items: readonly PickleValue[]): PickleValue {
  const members = new Map<string | number, PickleValue>();
  const [pairs] = items;
  if (items.length === 0) return { kind: 'dict', members };
  if (items.length > 1 || !isKind(pairs, 'list')) refusePickle('it fills a dictionary in an unknown way');
  for (const pair of pairs.items) {
    if ((!isKind(pair, 'list') && !isKind(pair, 'tuple')) || pair.items.length !== 2) {
      return refusePickle('it fills a dictionary in an unknown way');
    }
    addMember(members, pair.items[0]!, pair.items[1]!);
  }
  return { kind: 'dict', members };
}

/** Adds a member to a dictionary; a name that is there already is refused, because readers differ in what they keep. */
export function addMember(
  members: Map<string | number, PickleValue>,
  key: PickleValue,
  value: PickleValue,
): void {
  if (typeof key !== 'string' && typeof key !== 'number') {
    refusePickle('a dictionary has a key that is neither text nor number');
  }
  if (members.has(key)) refusePickle(`it names "${String(key).slice(0, 200)}" twice`);
  members.set(key, value);
}

/** ('storage', torch.FloatStorage, key, device, element count), and in files before PyTorch 1.6 a view of it, None. */
export function storageOf(id: PickleValue): PickledStorage {
  const [word, type, key, , count, view = null] = isKind(id, 'tuple') ? id.items : [];
  const elementType = isKind(type, 'name') ? storageTypes.get(type.name.replace(/^torch\./, '')) : undefined;
  if (
    word !== 'storage' ||
    elementType === undefined ||
    typeof key !== 'string' ||
    !isCount(count) ||
    view !== null
  ) {
    return refusePickle('it stores values in a form that is not known');
  }
  return { kind: 'storage', elementType, key, count };
}

/** (storage, offset, size, stride, …): values that lie row after row, within their storage. */
function tensorOf([storage, storageOffset, size, stride]: readonly PickleValue[]): PickleValue {
  if (!isKind(storage, 'storage') || !isCount(storageOffset)) return refusePickle('a tensor has no storage');
  const shape = numbersOf(size);
  const strides = numbersOf(stride);
  if (shape.length !== strides.length || shape.length > maxDimensions) {
    refusePickle('a tensor has a shape that does not fit its strides');
  }
  let count = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (strides[i] !== count && shape[i]! > 1) {
      refusePickle('a tensor is not stored row by row; .contiguous() makes it so');
    }
    count *= Math.max(1, shape[i]!);
  }
  const needed = shape.includes(0) ? 0 : count;
  if (!Number.isSafeInteger(count) || storageOffset + needed > storage.count) {
    refusePickle('a tensor reaches beyond its storage');
  }
  const { elementType, key, count: storageElements } = storage;
  return { kind: 'tensor', tensor: { elementType, shape, key, storageOffset, storageElements } };
}

function parameterOf([data]: readonly PickleValue[]): PickleValue {
  return isKind(data, 'tensor') ? data : refusePickle('a parameter is no tensor');
}

function numbersOf(value: PickleValue | undefined): number[] {
  if (!isKind(value, 'tuple') && !isKind(value, 'list')) return refusePickle('a shape is no tuple');
  return value.items.map((item) => (isCount(item) ? item : refusePickle('a shape is no list of numbers')));
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
