// What a step of a run computes on average, where examples are padded to the next of a few lengths. Pure.

import { batchShapes, stepWork, type RunSettings, type StepWork } from '../../engine/index.ts';
import type { ExampleLengths } from './example-lengths.ts';

/** The work of a mean step; `lengths` are those of a sample of the examples, null where none are known. */
export function expectedWork(settings: RunSettings, lengths: ExampleLengths | null): StepWork {
  const longest = stepWork(settings);
  if (!lengths || lengths.length === 0) return longest;
  const shapes = batchShapes(settings).map(({ length, sourceLength = length }) =>
    Math.max(length, sourceLength),
  );
  if (shapes.length < 2) return longest;
  const { perDeviceTrainBatchSize, groupByLength } = settings.training;
  const fitting = shapes.map(
    (length, index) =>
      (index === shapes.length - 1 ? lengths.length : lengths.filter((one) => one <= length).length) /
      lengths.length,
  );
  // A batch is as long as its longest example: all of them at random, or the neighbours by length.
  const below = fitting.map((share) => (groupByLength ? share : share ** perDeviceTrainBatchSize));
  const mean = { flops: 0, tokens: 0 };
  shapes.forEach((maxLength, index) => {
    const share = below[index]! - (below[index - 1] ?? 0);
    const work = stepWork({ ...settings, training: { ...settings.training, maxLength } });
    mean.flops += share * work.flops;
    mean.tokens += share * work.tokens;
  });
  return { ...longest, ...mean };
}

/** How many sequences an epoch has where examples are packed; null where each is one. */
export function packedSequences(
  { training }: RunSettings,
  lengths: ExampleLengths | null,
  rowCount: number,
  length: number,
): number | null {
  if (!training.packing || !lengths || lengths.length === 0) return null;
  const mean = lengths.reduce((sum, one) => sum + Math.min(one, length), 0) / lengths.length;
  return Math.max(1, Math.ceil((rowCount * mean) / length));
}
