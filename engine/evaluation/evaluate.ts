// Every figure of a model on a text, in one pass over it. Training measures loss alone (evaluate-loss.ts), so
// that its steps pay for nothing more.

import { noTrainedTokens, type TokenSource } from '../data/windows.ts';
import { EngineError } from '../errors.ts';
import type { Executor } from '../graph/executor.ts';
import type { Plan } from '../graph/plan.ts';
import { metricIndex } from '../graph/scalars.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { countWithin } from '../metrics/accuracy.ts';
import { bitsPerByte, ByteCounter, type TokenText } from '../metrics/bits-per-byte.ts';
import { perplexity } from '../metrics/perplexity.ts';
import { slidingWindows, windowCount, type WindowShape } from './sliding-windows.ts';
import { tokenPass } from '../data/token-pass.ts';

export interface EvaluationOptions extends WindowShape {
  readonly vocabSize: number;
  /** The k of top-k accuracy. */
  readonly topK: number;
  /** Tells how many bytes the tokens stand for. */
  readonly tokenizer: TokenText;
  readonly signal?: AbortSignal | undefined;
  /** Hears the share of the text that is done, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

export interface EvaluationFigures {
  /** Mean loss in nats a token. */
  readonly loss: number;
  readonly perplexity: number;
  /** Tokens that were predicted, each once. */
  readonly tokenCount: number;
  /** Bytes of UTF-8 that these tokens stand for. */
  readonly byteCount: number;
  /** Null where they stand for no bytes. */
  readonly bitsPerByte: number | null;
  /** Share of tokens that the model held likeliest, from 0 to 1. */
  readonly tokenAccuracy: number;
  /** Share of tokens among the `topK` likeliest, from 0 to 1. */
  readonly topKAccuracy: number;
  readonly topK: number;
  readonly length: number;
  readonly stride: number;
}

/**
 * The figures over all of a text; `plan` is recorded by `recordLoss` with `withTokenRank` for (batchSize, length).
 * Throws `no-trained-tokens` when no token of the text counts, `loss-not-finite` when a figure would be none, and
 * `operation-cancelled` once the signal is aborted.
 */
export async function evaluate(
  executor: Executor,
  plan: Plan,
  source: TokenSource,
  options: EvaluationOptions,
): Promise<EvaluationFigures> {
  const { batchSize, length, stride, topK, vocabSize, signal, onProgress } = options;
  const bytes = new ByteCounter(options.tokenizer);
  const passes = Math.ceil(windowCount(source, options) / batchSize);
  let passesDone = 0;
  let lossSum = 0;
  let tokenCount = 0;
  let firstCount = 0;
  let topCount = 0;
  for await (const batch of slidingWindows(source, options)) {
    if (signal?.aborted) throw evaluationCancelled();
    if (batch.targetCount > 0) {
      executor.submit(plan, tokenPass(batch, length, vocabSize, {}));
      const [metrics, tokenRank] = await Promise.all([
        executor.readOutput(plan, 'metrics'),
        executor.readOutput(plan, 'tokenRank'),
      ]);
      const ranks = new Uint32Array(tokenRank);
      lossSum += new Float32Array(metrics)[metricIndex.lossSum]!;
      tokenCount += batch.targetCount;
      firstCount += countWithin(ranks, 1);
      topCount += countWithin(ranks, topK);
      bytes.push(batch.targets.filter((target) => target !== ignoreIndex));
    }
    onProgress?.(++passesDone / passes);
  }
  if (tokenCount === 0) throw noTrainedTokens('held-out');
  const loss = lossSum / tokenCount;
  if (!Number.isFinite(perplexity(loss))) throw lossNotFinite(loss);
  const byteCount = bytes.finish();
  return {
    loss,
    perplexity: perplexity(loss),
    tokenCount,
    byteCount,
    bitsPerByte: bitsPerByte(lossSum, byteCount),
    tokenAccuracy: firstCount / tokenCount,
    topKAccuracy: topCount / tokenCount,
    topK,
    length,
    stride,
  };
}

/** The error of an evaluation that nobody wants any more. */
export function evaluationCancelled(): EngineError {
  return new EngineError('operation-cancelled', 'The evaluation was cancelled; it has no figures.', {
    hint: 'Start it again when you want them.',
  });
}

function lossNotFinite(loss: number): EngineError {
  return new EngineError('loss-not-finite', `The loss on this text is ${loss}, which gives no perplexity.`, {
    hint: 'The weights of this checkpoint may be damaged or diverged; measure an earlier one.',
  });
}
