// Loss on held-out tokens: a fixed set of batches, so that figures of different moments compare.

import { evaluationBatch, noTrainedTokens, type TokenSource } from '../data/batches.ts';
import type { Executor } from '../graph/executor.ts';
import type { Plan } from '../graph/plan.ts';
import { metricIndex } from '../graph/scalars.ts';
import { tokenPass } from './token-pass.ts';

export interface EvaluationShape {
  readonly batchCount: number;
  readonly batchSize: number;
  readonly length: number;
  readonly vocabSize: number;
}

/**
 * Mean loss in nats a token over `batchCount` batches spread evenly over the text.
 * Throws `no-trained-tokens` when none of their tokens counts.
 */
export async function evaluateLoss(
  executor: Executor,
  plan: Plan,
  source: TokenSource,
  shape: EvaluationShape,
): Promise<number> {
  let lossSum = 0;
  let targetCount = 0;
  for (let index = 0; index < shape.batchCount; index++) {
    const batch = await evaluationBatch(source, index, shape.batchCount, shape.batchSize, shape.length);
    executor.submit(plan, tokenPass(batch, shape.length, shape.vocabSize, {}));
    const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
    lossSum += metrics[metricIndex.lossSum]!;
    targetCount += batch.targetCount;
  }
  if (targetCount === 0) throw noTrainedTokens('held-out');
  return lossSum / targetCount;
}
