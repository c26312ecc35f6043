// Initial weights: the values that one piece of random numbers gives, however the work is cut, with the event
// loop turning meanwhile. The clock is a fake that says each look at it comes long after the last.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Executor } from '../../../engine/graph/executor.ts';
import { createModel } from '../../../engine/models/model.ts';
import { initializeParameters } from '../../../engine/models/init.ts';
import { presets } from '../../../engine/models/presets.ts';
import { modelParts } from '../../../engine/models/weights.ts';
import { fillNormal, randomKey } from '../../../engine/random.ts';

const { settings } = presets.find(({ name }) => name === 'shakespeare-char-small')!;
// A table of 140,800 values, more than two pieces of work.
const model = createModel({ ...settings.model, vocabSize: 1100 }, { training: false });
const parts = modelParts(model.parameters);

beforeEach(() => {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 1_000));
});
afterEach(() => vi.restoreAllMocks());

/** What initialization writes, by tensor; everything it needs of an executor. */
function recorder(): { written: Map<unknown, Float32Array>; executor: Executor } {
  const written = new Map<unknown, Float32Array>();
  const writeTensor = (tensor: unknown, data: ArrayBufferView): void => {
    written.set(tensor, data as Float32Array);
  };
  return { written, executor: { writeTensor } as unknown as Executor };
}

it('writes what the seed says, with turns of the event loop between pieces', async () => {
  const { written, executor } = recorder();
  const writtenAtTurns: number[] = [];
  const initializing = initializeParameters(executor, model, 7, () => {
    writtenAtTurns.push(written.size);
    return false;
  });
  await initializing;
  // Three pieces of the table before it is written at all, then at least one of each matrix.
  expect(writtenAtTurns.slice(0, 4)).toEqual([0, 0, 0, 1]);
  expect(written.size).toBe(parts.length);
  parts.forEach(({ tensor, initial }, index) => {
    const values = written.get(tensor)!;
    const expected = new Float32Array(values.length);
    if (initial.kind === 'ones') expected.fill(1);
    if (initial.kind === 'normal') {
      fillNormal(expected, initial.standardDeviation, randomKey(7, 'initialWeights', index));
    }
    expect(Buffer.compare(Buffer.from(values.buffer), Buffer.from(expected.buffer))).toBe(0);
  });
});

it('lets timers run and stops where one says so', async () => {
  const { written, executor } = recorder();
  let isStopped = false;
  setTimeout(() => (isStopped = true), 0);
  await initializeParameters(executor, model, 7, () => isStopped);
  expect(isStopped).toBe(true);
  expect(written.size).toBeLessThan(parts.length);
});
