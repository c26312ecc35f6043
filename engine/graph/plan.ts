// Turns a recorded tape into a plan: every transient is given a place by liveness in a shared slab.
// Placing needs no device; binding a plan to memory is engine/graph/executor.ts.

import { alignUp } from '../align.ts';
import { isWritten } from './kernel.ts';
import { alignmentBytes, tensorBytes, type Tensor } from './tensor.ts';
import type { Tape } from './tape.ts';

/** Where a transient, input or output lies: a slab and an offset in bytes. */
export interface Place {
  readonly slab: number;
  readonly offsetBytes: number;
}

export interface Plan {
  readonly tape: Tape;
  readonly places: ReadonlyMap<Tensor, Place>;
  /** Bytes of each slab, none above the limit the plan was made for. */
  readonly slabBytes: readonly number[];
}

interface Lifetime {
  tensor: Tensor;
  sizeBytes: number;
  first: number;
  last: number;
}

/**
 * Places a tape's tensors: large ones first, each at the lowest offset that no tensor alive at the same
 * time covers (greedy by size, as in TensorFlow Lite's arena planner).
 * `maxSlabBytes` is the largest binding of the adapter; a single tensor above it is refused by the device.
 */
export function makePlan(tape: Tape, maxSlabBytes: number): Plan {
  const lifetimes = lifetimesOf(tape);
  lifetimes.sort((a, b) => b.sizeBytes - a.sizeBytes || a.first - b.first);
  const places = new Map<Tensor, Place>();
  const slabs: { placed: { lifetime: Lifetime; offset: number }[]; size: number }[] = [];
  for (const lifetime of lifetimes) {
    let slabIndex = 0;
    for (; ; slabIndex++) {
      const slab = (slabs[slabIndex] ??= { placed: [], size: 0 });
      const offset = lowestFreeOffset(slab.placed, lifetime);
      const end = offset + lifetime.sizeBytes;
      if (end > maxSlabBytes && slab.placed.length > 0) continue;
      slab.placed.push({ lifetime, offset });
      slab.placed.sort((a, b) => a.offset - b.offset);
      slab.size = Math.max(slab.size, end);
      places.set(lifetime.tensor, { slab: slabIndex, offsetBytes: offset });
      break;
    }
  }
  return { tape, places, slabBytes: slabs.map((slab) => slab.size) };
}

/** Lowest offset at which `lifetime` overlaps nothing that is alive at the same time; `placed` is sorted. */
function lowestFreeOffset(
  placed: readonly { lifetime: Lifetime; offset: number }[],
  lifetime: Lifetime,
): number {
  let offset = 0;
  for (const other of placed) {
    const isAliveTogether = other.lifetime.first <= lifetime.last && lifetime.first <= other.lifetime.last;
    if (!isAliveTogether || other.offset + other.lifetime.sizeBytes <= offset) continue;
    if (other.offset >= offset + lifetime.sizeBytes) break;
    offset = other.offset + other.lifetime.sizeBytes;
  }
  return offset;
}

/** First and last command of every tensor that is not in an arena. */
function lifetimesOf(tape: Tape): Lifetime[] {
  const lifetimes = new Map<Tensor, Lifetime>();
  const lastCommand = Math.max(0, tape.commands.length - 1);
  const touch = (tensor: Tensor, index: number, writes: boolean): void => {
    const known = lifetimes.get(tensor);
    if (known) {
      known.last = index;
      return;
    }
    const { kind } = tensor.storage;
    if (kind !== 'input' && !writes) {
      throw new Error(`${tensor.name} is read by command ${index} before anything wrote it`);
    }
    lifetimes.set(tensor, {
      tensor,
      sizeBytes: alignUp(Math.max(4, tensorBytes(tensor)), alignmentBytes),
      // Inputs are written before the first command and outputs read after the last.
      first: kind === 'input' ? 0 : index,
      last: kind === 'output' ? lastCommand : index,
    });
  };
  tape.commands.forEach((command, index) => {
    const { bindings } = command.kernel;
    let position = 0;
    for (const name in bindings) {
      const tensor = command.tensors[position++]!;
      if (tensor === null || tensor.storage.kind === 'arena') continue;
      touch(tensor, index, isWritten(bindings[name]!));
    }
  });
  for (const output of tape.outputs.values()) {
    const lifetime = lifetimes.get(output);
    if (!lifetime) throw new Error(`output ${output.name} is never written`);
    lifetime.last = lastCommand;
  }
  return [...lifetimes.values()];
}
