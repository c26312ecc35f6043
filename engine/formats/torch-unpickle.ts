// Reads the pickle inside a PyTorch state dict. A pickle is a program that may call anything; this machine
// knows only the few opcodes and the three names that describe tensors, and refuses everything else.

import { EngineError } from '../errors.ts';
import type { ElementType } from './bytes.ts';

/** A tensor as the pickle describes it; `key` names the entry of the archive that holds its values. */
export interface PickledTensor {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly key: string;
  readonly storageElements: number;
}

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

/** What may lie on the machine's stack. */
type Value =
  | { readonly kind: 'mark' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'false' }
  | { readonly kind: 'tuple'; readonly items: readonly Value[] }
  | { readonly kind: 'dict'; readonly members: Map<string, Value> }
  | {
      readonly kind: 'storage';
      readonly elementType: ElementType;
      readonly key: string;
      readonly count: number;
    }
  | { readonly kind: 'tensor'; readonly tensor: PickledTensor };

/** The tensors of a pickled state dict by name, in its order; throws `pickle-unsupported`. */
export function unpickleStateDict(bytes: Uint8Array): ReadonlyMap<string, PickledTensor> {
  const result = new Machine(bytes).run();
  if (result.kind !== 'dict') refuse('it holds something other than a state dict');
  const tensors = new Map<string, PickledTensor>();
  for (const [name, value] of result.members) {
    if (value.kind !== 'tensor') refuse(`"${name.slice(0, 200)}" is no tensor`);
    tensors.set(name, value.tensor);
  }
  return tensors;
}

class Machine {
  private at = 0;
  private readonly stack: Value[] = [];
  private readonly memo = new Map<number, Value>();
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Value {
    for (;;) {
      const opcode = this.take(1)[0]!;
      if (opcode === 0x2e) return this.pop(); // .
      this.step(opcode);
    }
  }

  private step(opcode: number): void {
    switch (opcode) {
      case 0x80: // PROTO
        this.take(1);
        return;
      case 0x63: // c, GLOBAL
        this.push({ kind: 'name', name: `${this.line()}.${this.line()}` });
        return;
      case 0x71: // q, BINPUT
        this.memo.set(this.take(1)[0]!, this.top());
        return;
      case 0x72: // r, LONG_BINPUT
        this.memo.set(this.u32(), this.top());
        return;
      case 0x68: // h, BINGET
        this.push(this.recall(this.take(1)[0]!));
        return;
      case 0x6a: // j, LONG_BINGET
        this.push(this.recall(this.u32()));
        return;
      case 0x28: // (, MARK
        this.push({ kind: 'mark' });
        return;
      case 0x58: // X, BINUNICODE
        this.push({ kind: 'text', text: new TextDecoder().decode(this.take(this.u32())) });
        return;
      case 0x4b: // K, BININT1
        this.push({ kind: 'number', number: this.take(1)[0]! });
        return;
      case 0x4d: // M, BININT2
        this.push({ kind: 'number', number: this.littleEndian(2) });
        return;
      case 0x4a: // J, BININT
        this.push({ kind: 'number', number: this.u32() | 0 });
        return;
      case 0x8a: // LONG1
        this.push({ kind: 'number', number: this.littleEndian(this.take(1)[0]!) });
        return;
      case 0x89: // NEWFALSE
        this.push({ kind: 'false' });
        return;
      case 0x29: // )
        this.push({ kind: 'tuple', items: [] });
        return;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.push({ kind: 'tuple', items: this.popMany(opcode - 0x84) });
        return;
      case 0x74: // t
        this.push({ kind: 'tuple', items: this.popToMark() });
        return;
      case 0x7d: // }
        this.push({ kind: 'dict', members: new Map() });
        return;
      case 0x51: // Q, BINPERSID
        this.push(storageOf(this.pop()));
        return;
      case 0x52: // R, REDUCE
        this.reduce();
        return;
      case 0x73: // s, SETITEM
        this.setItems(this.popMany(2));
        return;
      case 0x75: // u, SETITEMS
        this.setItems(this.popToMark());
        return;
      case 0x62: // b, BUILD: the state dict's own _metadata, which no tensor needs
        this.pop();
        return;
      default:
        refuse(`it uses the operation 0x${opcode.toString(16)}`);
    }
  }

  private reduce(): void {
    const [callee, argument] = this.popMany(2) as [Value, Value];
    if (callee.kind !== 'name' || argument.kind !== 'tuple') refuse('it calls something that is no name');
    if (callee.name === 'collections.OrderedDict' && argument.items.length === 0) {
      this.push({ kind: 'dict', members: new Map() });
    } else if (callee.name === 'torch._utils._rebuild_tensor_v2') {
      this.push({ kind: 'tensor', tensor: tensorOf(argument.items) });
    } else {
      refuse(`it calls ${callee.name.slice(0, 100)}`);
    }
  }

  private setItems(items: readonly Value[]): void {
    const target = this.top();
    if (target.kind !== 'dict' || items.length % 2 !== 0) refuse('it fills something that is no dictionary');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      if (key.kind !== 'text') refuse('a name of the state dict is no text');
      if (target.members.has(key.text)) refuse(`it names "${key.text.slice(0, 200)}" twice`);
      target.members.set(key.text, items[i + 1]!);
    }
  }

  private push(value: Value): void {
    this.stack.push(value);
  }

  private pop(): Value {
    return this.stack.pop() ?? refuse('its stack is empty');
  }

  private top(): Value {
    return this.stack.at(-1) ?? refuse('its stack is empty');
  }

  private popMany(count: number): Value[] {
    if (this.stack.length < count) refuse('its stack is empty');
    return this.stack.splice(this.stack.length - count);
  }

  private popToMark(): Value[] {
    const mark = this.stack.findLastIndex(({ kind }) => kind === 'mark');
    if (mark < 0) refuse('a mark is missing');
    return this.stack.splice(mark).slice(1);
  }

  private recall(key: number): Value {
    return this.memo.get(key) ?? refuse('it recalls what it never kept');
  }

  private take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) refuse('it is cut off');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private u32(): number {
    this.take(4);
    return this.view.getUint32(this.at - 4, true);
  }

  private littleEndian(count: number): number {
    return this.take(count).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) refuse('it is cut off');
    const text = new TextDecoder().decode(this.take(end - this.at));
    this.take(1);
    return text;
  }
}

/** ('storage', torch.FloatStorage, key, device, element count) */
function storageOf(id: Value): Value {
  const [, type, key, , count] = id.kind === 'tuple' ? id.items : [];
  const elementType =
    type?.kind === 'name' && type.name.startsWith('torch.')
      ? storageTypes.get(type.name.slice(6))
      : undefined;
  if (elementType === undefined || key?.kind !== 'text' || count?.kind !== 'number') {
    return refuse('it stores values in a form that is not known');
  }
  return { kind: 'storage', elementType, key: key.text, count: count.number };
}

/** (storage, offset, size, stride, …): whole storages in row-major order alone. */
function tensorOf([storage, offset, size, stride]: readonly Value[]): PickledTensor {
  if (storage?.kind !== 'storage' || offset?.kind !== 'number') return refuse('a tensor has no storage');
  const shape = numbersOf(size);
  const strides = numbersOf(stride);
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (strides[i] !== expected && shape[i]! > 1) refuse('a tensor is not stored row by row');
    expected *= Math.max(1, shape[i]!);
  }
  if (offset.number !== 0) refuse('a tensor is a part of another');
  return { elementType: storage.elementType, shape, key: storage.key, storageElements: storage.count };
}

function numbersOf(value: Value | undefined): number[] {
  if (value?.kind !== 'tuple') return refuse('a shape is no tuple');
  return value.items.map((item) =>
    item.kind === 'number' && item.number >= 0 ? item.number : refuse('a shape is no list of numbers'),
  );
}

function refuse(problem: string): never {
  throw new EngineError('pickle-unsupported', `The state dict cannot be read: ${problem}.`, {
    hint: 'Only plain state dicts of tensors are read; save the model as safetensors instead.',
  });
}
