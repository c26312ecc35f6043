// Reads a pickle as inert data. A pickle is a program that may call anything; this machine knows the opcodes of
// protocols 0 to 5 that make numbers, texts and containers, holds no callable, and refuses every other by name. What
// it builds is bounded by the size of the pickle.
// Source: Python's pickle.py and pickletools.py.

import { EngineError } from '../errors.ts';
import { pickleOpcodes } from './torch-opcodes.ts';
import {
  addMember,
  build,
  isKind,
  knownName,
  refusePickle,
  storageOf,
  type PickledStorage,
  type PickledTensor,
  type PickleValue,
} from './torch-names.ts';

/** Thrown where a pickle goes on after the bytes that are at hand. */
export class PickleCutOff extends EngineError {
  constructor() {
    super('pickle-unsupported', 'The state dict cannot be read: it is cut off.', {
      hint: 'The file is not whole: get it again.',
    });
  }
}

export interface Unpickled {
  readonly value: PickleValue;
  /** Every storage that it names, by its key. */
  readonly storages: ReadonlyMap<string, PickledStorage>;
  /** Where the bytes behind the pickle begin. */
  readonly end: number;
}

/** Where a state dict lies in what trainers save besides. */
const wrappers = ['state_dict', 'model_state_dict', 'model', 'module'];

/** Runs one pickle that begins at `start`; throws `pickle-unsupported`. */
export function unpickle(bytes: Uint8Array, start = 0): Unpickled {
  return new Machine(bytes, start).run();
}

/** The tensors of a pickled state dict by name, in its order; throws `pickle-unsupported`. */
export function unpickleStateDict(bytes: Uint8Array): ReadonlyMap<string, PickledTensor> {
  return stateDictOf(unpickle(bytes).value);
}

/** The tensors of a state dict, which may lie in a dictionary with other things that a trainer saved. */
export function stateDictOf(value: PickleValue): ReadonlyMap<string, PickledTensor> {
  if (!isKind(value, 'dict')) return refusePickle('it holds something other than a state dict');
  const inner = wrappers.map((name) => value.members.get(name)).find((member) => isKind(member, 'dict'));
  const { members } = isKind(inner, 'dict') ? inner : value;
  const tensors = new Map<string, PickledTensor>();
  for (const [name, member] of members) {
    if (typeof name !== 'string' || !isKind(member, 'tensor')) {
      return refusePickle(`"${String(name).slice(0, 200)}" is no tensor`);
    }
    tensors.set(name, member.tensor);
  }
  return tensors;
}

// Generous for what PyTorch writes, some 10 bytes for each, and a bound for what others may.
const minBudget = 4096;
const bytesPerContainer = 8;
const bytesPerMemo = 4;
const maxStack = 300_000;
const maxDigits = 20;
const maxLineBytes = 10_000;
const maxIntegerBytes = 16;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('latin1');

class Machine {
  private at: number;
  private stack: PickleValue[] = [];
  /** Where on the stack each mark is. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private readonly storages = new Map<string, PickledStorage>();
  private containersLeft: number;
  private readonly memoSize: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.containersLeft = minBudget + (bytes.length - start) / bytesPerContainer;
    this.memoSize = minBudget + (bytes.length - start) / bytesPerMemo;
  }

  run(): Unpickled {
    for (;;) {
      const opcode = this.u8();
      if (opcode === 0x2e) return { value: this.pop(), storages: this.storages, end: this.at }; // STOP
      this.step(opcode);
    }
  }

  private step(opcode: number): void {
    const name = pickleOpcodes.get(opcode);
    switch (name) {
      case 'PROTO':
        if (this.u8() > 5) refusePickle('its protocol is newer than 5');
        return;
      case 'FRAME':
        this.u64();
        return;
      case 'MARK':
        this.marks.push(this.stack.length);
        if (this.marks.length > maxStack) refusePickle('it sets too many marks');
        return;
      case 'POP':
        if (this.marks.at(-1) === this.stack.length) this.marks.pop();
        else this.pop();
        return;
      case 'POP_MARK':
        this.popToMark();
        return;
      case 'DUP':
        return this.push(this.top());
      case 'NONE':
        return this.push(null);
      case 'NEWTRUE':
        return this.push(true);
      case 'NEWFALSE':
        return this.push(false);
      case 'INT':
        return this.push(this.integerLine());
      case 'BININT':
        return this.push(this.u32() | 0);
      case 'BININT1':
        return this.push(this.u8());
      case 'BININT2':
        return this.push(this.u8() + 256 * this.u8());
      case 'LONG':
        return this.push(decimal(this.line().replace(/L$/, '')));
      case 'LONG1':
        return this.push(this.integer(this.u8()));
      case 'LONG4':
        return this.push(this.integer(this.u32()));
      case 'FLOAT':
        return this.push(floatOf(this.line()));
      case 'BINFLOAT':
        return this.push(this.view.getFloat64(this.take(8), false));
      case 'STRING':
        return this.push(quoted(this.line()));
      case 'BINSTRING':
        return this.push(latin1.decode(this.raw(this.u32())));
      case 'SHORT_BINSTRING':
        return this.push(latin1.decode(this.raw(this.u8())));
      case 'UNICODE':
        return this.push(unescaped(this.line()));
      case 'BINUNICODE':
        return this.push(text(this.raw(this.u32())));
      case 'SHORT_BINUNICODE':
        return this.push(text(this.raw(this.u8())));
      case 'BINUNICODE8':
        return this.push(text(this.raw(this.u64())));
      case 'BINBYTES':
        return this.pushNew({ kind: 'bytes', bytes: this.raw(this.u32()) });
      case 'SHORT_BINBYTES':
        return this.pushNew({ kind: 'bytes', bytes: this.raw(this.u8()) });
      case 'BINBYTES8':
      case 'BYTEARRAY8':
        return this.pushNew({ kind: 'bytes', bytes: this.raw(this.u64()) });
      case 'EMPTY_TUPLE':
        return this.pushNew({ kind: 'tuple', items: [] });
      case 'TUPLE1':
      case 'TUPLE2':
      case 'TUPLE3':
        return this.pushNew({ kind: 'tuple', items: this.popMany(opcode - 0x84) });
      case 'TUPLE':
        return this.pushNew({ kind: 'tuple', items: this.popToMark() });
      case 'EMPTY_LIST':
        return this.pushNew({ kind: 'list', items: [] });
      case 'LIST':
        return this.pushNew({ kind: 'list', items: this.popToMark() });
      case 'APPEND':
        return this.append(this.popMany(1));
      case 'APPENDS':
        return this.append(this.popToMark());
      case 'EMPTY_DICT':
        return this.pushNew({ kind: 'dict', members: new Map() });
      case 'DICT': {
        const items = this.popToMark();
        this.pushNew({ kind: 'dict', members: new Map() });
        return this.setItems(items);
      }
      case 'SETITEM':
        return this.setItems(this.popMany(2));
      case 'SETITEMS':
        return this.setItems(this.popToMark());
      case 'PUT':
        return this.keep(this.lineIndex());
      case 'BINPUT':
        return this.keep(this.u8());
      case 'LONG_BINPUT':
        return this.keep(this.u32());
      case 'MEMOIZE':
        return this.keep(this.memo.size);
      case 'GET':
        return this.push(this.recall(this.lineIndex()));
      case 'BINGET':
        return this.push(this.recall(this.u8()));
      case 'LONG_BINGET':
        return this.push(this.recall(this.u32()));
      case 'GLOBAL':
        return this.pushNew(knownName(this.line(), this.line()));
      case 'STACK_GLOBAL':
        return this.stackGlobal();
      case 'BINPERSID':
        return this.storage(storageOf(this.pop()));
      case 'REDUCE': {
        const argument = this.pop();
        return this.pushNew(build(this.pop(), argument));
      }
      case 'BUILD':
        // The _metadata of a state dict, which no tensor needs.
        this.pop();
        if (!isKind(this.top(), 'dict')) refusePickle('it sets the state of something that is no dictionary');
        return;
      case 'INST':
        return refusePickle(`it makes an object of ${`${this.line()}.${this.line()}`.slice(0, 200)}`);
      case undefined:
        return refusePickle(`it uses the unknown operation 0x${opcode.toString(16)}`);
      default:
        return refusePickle(`it uses the operation ${name}, which no state dict needs`);
    }
  }

  private storage(storage: PickledStorage): void {
    const known = this.storages.get(storage.key) ?? storage;
    if (known.elementType !== storage.elementType || known.count !== storage.count) {
      refusePickle(`it describes the storage "${storage.key.slice(0, 100)}" in two ways`);
    }
    this.storages.set(storage.key, known);
    this.pushNew(storage);
  }

  private stackGlobal(): void {
    const name = this.pop();
    const module = this.pop();
    if (typeof name !== 'string' || typeof module !== 'string') refusePickle('it names what is no text');
    this.pushNew(knownName(module, name));
  }

  private append(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!isKind(target, 'list')) return refusePickle('it extends something that is no list');
    for (const item of items) target.items.push(item);
  }

  private setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!isKind(target, 'dict') || items.length % 2 !== 0) {
      return refusePickle('it fills something that is no dictionary');
    }
    for (let i = 0; i < items.length; i += 2) addMember(target.members, items[i]!, items[i + 1]!);
  }

  private keep(index: number): void {
    this.memo.set(index, this.top());
    if (this.memo.size > this.memoSize) refusePickle('it keeps more values than it has room for');
  }

  private recall(index: number): PickleValue {
    const value = this.memo.get(index);
    return value === undefined ? refusePickle('it recalls what it never kept') : value;
  }

  /** A value that takes memory of its own. */
  private pushNew(value: PickleValue): void {
    if (--this.containersLeft < 0) refusePickle('it builds more than a file of its size can describe');
    this.push(value);
  }

  private push(value: PickleValue): void {
    this.stack.push(value);
    if (this.stack.length > maxStack) refusePickle('it stacks too many values');
  }

  private pop(): PickleValue {
    this.requireAboveMark(1);
    return this.stack.pop()!;
  }

  private top(): PickleValue {
    this.requireAboveMark(1);
    return this.stack.at(-1)!;
  }

  private popMany(count: number): PickleValue[] {
    this.requireAboveMark(count);
    return this.stack.splice(this.stack.length - count);
  }

  private requireAboveMark(count: number): void {
    if (this.stack.length - (this.marks.at(-1) ?? 0) < count) refusePickle('its stack is empty');
  }

  private popToMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) return refusePickle('a mark is missing');
    return this.stack.splice(mark);
  }

  private take(count: number): number {
    if (this.at + count > this.bytes.length) throw new PickleCutOff();
    this.at += count;
    return this.at - count;
  }

  private raw(count: number): Uint8Array {
    const start = this.take(count);
    return this.bytes.subarray(start, start + count);
  }

  private u8(): number {
    return this.bytes[this.take(1)]!;
  }

  private u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  private u64(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  private integer(count: number): number | bigint {
    if (count > maxIntegerBytes) return refusePickle(`it has a number of ${count} bytes`);
    const digits = this.raw(count);
    const value = digits.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    return smallest(BigInt.asIntN(8 * count, value));
  }

  private line(): string {
    const end = this.bytes.subarray(this.at, this.at + maxLineBytes + 1).indexOf(0x0a);
    if (end < 0 && this.bytes.length - this.at > maxLineBytes)
      refusePickle('it has a line that does not end');
    if (end < 0) throw new PickleCutOff();
    const line = latin1.decode(this.raw(end));
    this.take(1);
    return line;
  }

  private integerLine(): PickleValue {
    const line = this.line();
    return line === '00' || line === '01' ? line === '01' : decimal(line);
  }

  private lineIndex(): number {
    const index = decimal(this.line());
    return typeof index === 'number' && index >= 0 ? index : refusePickle('it keeps a value at no place');
  }
}

function smallest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function decimal(digits: string): number | bigint {
  if (digits.length > maxDigits || !/^[+-]?\d+$/.test(digits))
    return refusePickle('it has a number that is none');
  return smallest(BigInt(digits.replace(/^\+/, '')));
}

function floatOf(line: string): number {
  const value = line.length <= 64 && line.trim() !== '' ? Number(line) : NaN;
  return Number.isNaN(value) && line !== 'nan' ? refusePickle('it has a number that is none') : value;
}

/** A text in quotes; with escapes it is no name of a tensor. */
function quoted(line: string): string {
  const inner = /^'([^'\\]*)'$|^"([^"\\]*)"$/.exec(line);
  return inner?.[1] ?? inner?.[2] ?? refusePickle('it has a text whose quotes or escapes are not known');
}

function unescaped(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
}

function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return refusePickle('it has a text that is not valid UTF-8');
  }
}
