// Plans a tape, runs it once on a device and gives back what it computed: the short way from an operation
// to its numbers in a test. Also makes the leaves whose gradients a test looks at.

import type { Device } from '../../engine/device/device.ts';
import { Executor } from '../../engine/graph/executor.ts';
import { makePlan } from '../../engine/graph/plan.ts';
import type { Tape } from '../../engine/graph/tape.ts';
import { addToArena, createArena, type Arena, type Tensor } from '../../engine/graph/tensor.ts';
import { addInto } from '../../engine/ops/add/add.ts';

export type Values = Float32Array | Uint32Array;

/** Arena tensors' values: what they hold before the run, and which are read after it. */
export interface TapeArenas {
  /** Values written before the run; arenas are zero otherwise. */
  readonly values?: Iterable<readonly [Tensor, ArrayBufferView]>;
  /** Arena tensors to read after the run, beside the tape's outputs. */
  readonly read?: Readonly<Record<string, Tensor>>;
}

/**
 * Runs a tape once. `inputs` holds one typed array for each `tape.input`; the result holds every
 * `tape.output` and every tensor of `arenas.read`, by name, as f32 or u32 values.
 */
export async function runTape(
  device: Device,
  tape: Tape,
  inputs: Readonly<Record<string, ArrayBufferView>>,
  arenas: TapeArenas = {},
): Promise<Record<string, Values>> {
  const values = [...(arenas.values ?? [])];
  const read = Object.entries(arenas.read ?? {});
  const plan = makePlan(tape, device.limits.maxBindingBytes);
  const used = new Set<Arena>();
  for (const tensor of [
    ...tape.commands.flatMap((command) => command.tensors),
    ...values.map(([tensor]) => tensor),
    ...read.map(([, tensor]) => tensor),
  ]) {
    if (tensor?.storage.kind === 'arena') used.add(tensor.storage.arena);
  }
  const executor = await Executor.create(device, [...used], [plan]);
  try {
    for (const [tensor, data] of values) executor.writeTensor(tensor, data);
    executor.submit(plan, inputs);
    const results: Record<string, Values> = {};
    for (const [name, tensor] of tape.outputs) {
      results[name] = typed(tensor, await executor.readOutput(plan, name));
    }
    for (const [name, tensor] of read) results[name] = typed(tensor, await executor.readTensor(tensor));
    return results;
  } finally {
    executor.destroy();
  }
}

/** A trainable arena tensor in arenas of its own, and the tensor its gradient is written to. */
export function trainableLeaf(
  tape: Tape,
  name: string,
  shape: readonly number[],
): { tensor: Tensor; gradient: Tensor } {
  const tensor = addToArena(createArena(name), name, shape);
  const gradient = addToArena(createArena(`d${name}`), `d${name}`, shape);
  tape.trackParameter(tensor, gradient);
  return { tensor, gradient };
}

/** A transient whose gradient is wanted, as that of an activation above a trained layer; holds zeros. */
export function activationLeaf(tape: Tape, name: string, shape: readonly number[]): Tensor {
  const activation = tape.transient(name, shape);
  addInto(tape, trainableLeaf(tape, `below ${name}`, shape).tensor, activation, false);
  return activation;
}

/** An arena tensor without a gradient, in an arena of its own. */
export function frozenLeaf(name: string, shape: readonly number[]): Tensor {
  return addToArena(createArena(name), name, shape);
}

/**
 * Starts the backward pass at `tensor`: its gradient is the tape input of the given name.
 * Call it after the forward recording and before `tape.backward()`.
 */
export function seedGradient(tape: Tape, tensor: Tensor, inputName: string): void {
  const upstream = tape.input(inputName, tensor.shape, 'f32');
  const { gradient, accumulate } = tape.gradientForWriting(tensor);
  addInto(tape, upstream, gradient, accumulate);
}

/** Copies a tensor into the tape output of the given name, so that the test can read it. */
export function tapToOutput(tape: Tape, tensor: Tensor, outputName: string): void {
  addInto(tape, tensor, tape.output(outputName, tensor.shape), false);
}

/** Deterministic values in [-1, 1) for test data (mulberry32). */
export function testValues(count: number, seed: number, scale = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return scale * (((bits ^ (bits >>> 14)) >>> 0) / 2 ** 31 - 1);
  });
}

function typed(tensor: Tensor, data: ArrayBuffer): Values {
  return tensor.elementType === 'f32' ? new Float32Array(data) : new Uint32Array(data);
}
