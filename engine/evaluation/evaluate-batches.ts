// Loss and figures on held-out batches, always the same ones, so that figures of different moments compare.

import type { Batch } from '../data/batch.ts';
import { noTrainedTokens } from '../data/windows.ts';
import type { Executor } from '../graph/executor.ts';
import type { Plan } from '../graph/plan.ts';
import { argmax } from '../generation/sampler.ts';
import { metricIndex, packScalars } from '../graph/scalars.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { countWithin } from '../metrics/accuracy.ts';

export interface BatchFigures {
  /** Mean loss in nats a target. */
  readonly loss: number;
  /** Share of targets that the model held likeliest; null where the plans do not tell. */
  readonly accuracy: number | null;
  /** Of a classifier, the class of each example and the one it was taken for, with its probability. */
  readonly classes: readonly ClassDecision[];
}

/** How an example was classified. */
export interface ClassDecision {
  /** The tokens that were read. */
  readonly ids: Uint32Array;
  readonly target: number;
  readonly predicted: number;
}

/**
 * The figures over all targets of the batches; `planOf` gives the plan of a batch's shape, recorded by `recordLoss`.
 * Throws `no-trained-tokens` when no target counts.
 */
export async function evaluateBatches(
  executor: Executor,
  planOf: (batch: Batch) => Plan,
  batches: AsyncIterable<Batch>,
): Promise<BatchFigures> {
  let lossSum = 0;
  let targetCount = 0;
  let firstCount: number | null = null;
  const classes: ClassDecision[] = [];
  for await (const batch of batches) {
    const plan = planOf(batch);
    executor.submit(plan, { ...batch.inputs, scalars: packScalars({}) });
    const ranks = plan.tape.outputs.has('tokenRank') ? executor.readOutput(plan, 'tokenRank') : null;
    const scores = plan.tape.outputs.has('logits') ? executor.readOutput(plan, 'logits') : null;
    const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
    lossSum += metrics[metricIndex.lossSum]!;
    targetCount += batch.targetCount;
    if (scores) classes.push(...decisions(batch, new Float32Array(await scores)));
    if (ranks) firstCount = (firstCount ?? 0) + countWithin(new Uint32Array(await ranks), 1);
  }
  if (targetCount === 0) throw noTrainedTokens('held-out');
  const accuracy = firstCount === null ? null : firstCount / targetCount;
  return { loss: lossSum / targetCount, accuracy, classes };
}

/** The likeliest class of each row that holds an example. */
function decisions({ inputs }: Batch, logits: Float32Array): ClassDecision[] {
  const targets = inputs.targets!;
  const width = logits.length / targets.length;
  const length = inputs.ids!.length / targets.length;
  return [...targets.keys()].flatMap((row) => {
    if (targets[row] === ignoreIndex) return [];
    const [start, end] = inputs.validRange!.subarray(2 * row, 2 * row + 2);
    const ids = inputs.ids!.subarray(row * length + start!, row * length + end!);
    const predicted = argmax(logits.subarray(row * width, (row + 1) * width));
    return [{ ids, target: targets[row]!, predicted }];
  });
}
