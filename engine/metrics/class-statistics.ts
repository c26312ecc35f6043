// Sufficient statistics of predicted classes, for resampling: three counts a class, whose sums give the figures
// of classification.ts. Must not know how a class was predicted.

import { precisionRecall, type PrecisionRecall } from './classification.ts';
import type { Statistics } from './statistics.ts';

/** Of one example: for each class whether it was rightly, at all, and truly this one. */
export function classStatistics(target: string, prediction: string, labels: readonly string[]): Statistics {
  return labels.flatMap((label) => [
    Number(label === target && label === prediction),
    Number(label === prediction),
    Number(label === target),
  ]);
}

/** Mean over classes, each weighing as much, from sums of `classStatistics`. */
export function macroOfSums(sums: Statistics): PrecisionRecall {
  const classCount = sums.length / 3;
  const total = { precision: 0, recall: 0, f1: 0 };
  for (let i = 0; i < sums.length; i += 3) {
    const { precision, recall, f1 } = precisionRecall(sums[i]!, sums[i + 1]!, sums[i + 2]!);
    total.precision += precision / classCount;
    total.recall += recall / classCount;
    total.f1 += f1 / classCount;
  }
  return total;
}
