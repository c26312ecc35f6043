// What is measured at each evaluation of a run: the loss, the figures of its task, and a few examples to look at.

import type { RunSettings } from '../config.ts';
import type { BatchSource } from '../data/batch.ts';
import { taskTokens } from '../data/task-tokens.ts';
import { evaluateBatches, type ClassDecision } from '../evaluation/evaluate-batches.ts';
import { textOf, writePairs } from '../evaluation/write-pairs.ts';
import type { Executor } from '../graph/executor.ts';
import { corpusBleu } from '../metrics/bleu.ts';
import { scoreClasses } from '../metrics/classification.ts';
import { tasks, type EvaluationMetric } from '../tasks.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { EvaluationValues } from './best.ts';
import type { SampledExample } from './events.ts';
import type { TrainingPlans } from './plans.ts';

export interface Measured {
  readonly executor: Executor;
  readonly plans: TrainingPlans;
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly batches: BatchSource;
  readonly evaluation: NonNullable<BatchSource['evaluation']>;
  readonly signal: AbortSignal;
}

export interface Measurement extends EvaluationValues {
  readonly examples: readonly SampledExample[];
}

/** Examples that are shown. */
const shownExamples = 4;

/** The figures of the weights as they are; throws `no-trained-tokens`. */
export async function measure(run: Measured): Promise<Measurement> {
  const { executor, plans, settings, evaluation } = run;
  const planOf = ({ shapeIndex }: { shapeIndex: number }) => plans.shapes[shapeIndex]!.evaluation;
  const { loss, accuracy, classes } = await evaluateBatches(executor, planOf, evaluation());
  const metrics: Partial<Record<EvaluationMetric, number>> = {};
  if (accuracy !== null && tasks[settings.task].metrics.includes('accuracy')) metrics.accuracy = accuracy;
  if (classes.length > 0) {
    const labels = [...settings.labels.keys()];
    metrics.f1 = scoreClasses(
      classes.map(({ target }) => target),
      classes.map(({ predicted }) => predicted),
      labels,
    ).macro.f1;
    return { loss, metrics, examples: classExamples(classes, run) };
  }
  const examples = await pairExamples(run);
  if (examples.length > 0) {
    metrics.bleu = corpusBleu(
      examples.map(({ output }) => output),
      examples.map(({ target }) => [target]),
    ).score;
  }
  return { loss, metrics, examples: examples.slice(0, shownExamples) };
}

function classExamples(
  classes: readonly ClassDecision[],
  { settings, tokenizer }: Measured,
): SampledExample[] {
  const tokens = taskTokens(settings.task, settings.model, tokenizer);
  const stride = Math.max(1, Math.floor(classes.length / shownExamples));
  return classes
    .filter((_, index) => index % stride === 0)
    .slice(0, shownExamples)
    .map(({ ids, target, predicted }) => ({
      input: textOf(ids, tokenizer, tokens),
      target: settings.labels[target] ?? String(target),
      output: settings.labels[predicted] ?? String(predicted),
    }));
}

/** Held-out sources with what is written for them; none where the model does not write targets. */
async function pairExamples(run: Measured): Promise<SampledExample[]> {
  const { executor, plans, settings, tokenizer, batches, signal } = run;
  const { predictExamples, numBeams } = settings.training;
  if (!plans.targets || predictExamples === 0) return [];
  const examples = await batches.heldOut(predictExamples);
  const tokens = taskTokens(settings.task, settings.model, tokenizer);
  const maxNewTokens = plans.targets.maxLength;
  return writePairs(
    { executor, plans: plans.targets, tokenizer, tokens, numBeams, maxNewTokens, signal },
    examples,
  );
}
