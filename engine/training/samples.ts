// What is written at each evaluation for people to read: a text, or answers to held-out questions.

import type { RunSettings } from '../config.ts';
import type { BatchSource } from '../data/batch.ts';
import { taskTokens } from '../data/task-tokens.ts';
import { textOf } from '../evaluation/write-pairs.ts';
import { generate, generateFrom } from '../generation/generate.ts';
import type { Executor } from '../graph/executor.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { SampledExample, TrainingSample } from './events.ts';
import type { TrainingPlans } from './plans.ts';

export interface Sampled {
  readonly executor: Executor;
  readonly plans: TrainingPlans;
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly batches: BatchSource;
  readonly signal: AbortSignal;
}

/** How daring samples are; answers are the likeliest. */
const temperature = 0.8;
/** Held-out questions that are answered. */
const answered = 3;

/** Whether a run of these settings writes samples. */
export function writesSamples({ training }: RunSettings, { generation }: TrainingPlans): boolean {
  return training.sampleTokens > 0 && generation !== null;
}

/** A sample of the weights as they are, with the examples that were measured already. */
export async function writeSample(
  run: Sampled,
  examples: readonly SampledExample[],
): Promise<TrainingSample> {
  const { executor, plans, settings, tokenizer, signal } = run;
  const { sampleTokens, samplePrompt, seed } = settings.training;
  if (!plans.generation || sampleTokens === 0) return { prompt: '', text: '', examples };
  const { generation } = plans;
  const config = {
    maxNewTokens: sampleTokens,
    topK: 0,
    topP: 1,
    repetitionPenalty: 1,
    seed,
    stopStrings: [],
  };
  if (settings.task === 'text') {
    const writing = { executor, plans: generation, tokenizer, signal, config: { ...config, temperature } };
    const { text } = await generate({ ...writing, prompt: samplePrompt });
    return { prompt: samplePrompt, text };
  }
  const answers: SampledExample[] = [];
  const tokens = taskTokens(settings.task, settings.model, tokenizer);
  for (const { ids, trainedOn } of await run.batches.heldOut(answered)) {
    const begin = trainedOn.indexOf(1);
    if (begin <= 0 || signal.aborted) continue;
    const writing = { executor, plans: generation, tokenizer, signal, config: { ...config, temperature: 0 } };
    const { text } = await generateFrom(writing, ids.subarray(0, begin));
    answers.push({
      input: textOf(ids.subarray(0, begin), tokenizer, tokens),
      target: textOf(
        ids.filter((_, index) => trainedOn[index] === 1),
        tokenizer,
        tokens,
      ),
      output: text.trim(),
    });
  }
  return { prompt: '', text: '', examples: answers };
}
