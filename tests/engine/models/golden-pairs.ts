// The batch of pairs that the golden scripts of encoder-decoders make: targets behind one another, two of them ignored,
// and sources of which the second is shorter; with what feeds it to a recorded pass.

import type { Executor } from '../../../engine/graph/executor.ts';
import type { Plan } from '../../../engine/graph/plan.ts';
import { metricIndex, packScalars, type ScalarName } from '../../../engine/graph/scalars.ts';
import { ignoreIndex } from '../../../engine/ignore-index.ts';
import { sortedOrder } from '../../../engine/ops/embedding/embedding.ts';

const batch = 2;
const vocabSize = 29;

/** The batch for targets of `length` tokens and sources of `sourceLength`, `shortSource` in the second row. */
export function goldenPairs({
  length,
  sourceLength,
  shortSource,
}: {
  readonly length: number;
  readonly sourceLength: number;
  readonly shortSource: number;
}) {
  const token = (b: number, t: number): number => ((b * (length + 1) + t) * 7) % vocabSize;
  const perTarget = (of: (b: number, t: number) => number): Uint32Array =>
    Uint32Array.from({ length: batch * length }, (_, i) => of(Math.floor(i / length), i % length));
  const ids = perTarget(token);
  const targets = perTarget((b, t) => (b === 1 && t >= length - 2 ? ignoreIndex : token(b, t + 1)));
  const targetCount = batch * length - 2;
  const sourceIds = Uint32Array.from({ length: batch * sourceLength }, (_, i) => (i * 5) % vocabSize);
  const sourceRange = Uint32Array.of(0, sourceLength, 0, shortSource);

  const sourcePass = (sources: Uint32Array, paddedLength: number): Record<string, Uint32Array> => {
    const positions = Uint32Array.from(sources, (_, i) => i % paddedLength);
    return {
      sourceIds: sources,
      sourceIdOrder: sortedOrder(sources, vocabSize),
      sourcePositions: positions,
      sourcePositionOrder: sortedOrder(positions, paddedLength),
      sourceRange,
    };
  };
  return {
    batch,
    vocabSize,
    shape: { batch, length, sourceLength },
    perTarget,
    ids,
    targets,
    targetCount,
    sourceIds,
    sourceRange,
    sourcePass,
    /** All inputs of a pass that ends in the loss. */
    inputs: (scalars: Partial<Record<ScalarName, number>> = {}): Record<string, Uint32Array> => {
      const positions = perTarget((_, t) => t);
      return {
        ids,
        idOrder: sortedOrder(ids, vocabSize),
        positions,
        positionOrder: sortedOrder(positions, length),
        targets,
        scalars: packScalars({ lossScale: 1 / targetCount, ...scalars }),
        ...sourcePass(sourceIds, sourceLength),
      };
    },
    /** The mean loss of the last pass. */
    lossOf: async (executor: Executor, plan: Plan): Promise<number> => {
      const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
      return metrics[metricIndex.lossSum]! / targetCount;
    },
  };
}
