// The figures of a checkpoint on data: measured, kept, read again, compared.

import { z } from 'zod';
import { checkpointReferenceSchema, checkpointSchema } from './checkpoints.ts';
import { deviceChoiceSchema } from './device.ts';
import { taskSchema } from './tasks.ts';
import { id, nothing, operationId, stepNumber } from './words.ts';

/** What can be measured; which of them fit is decided by the task. */
export const evaluationMetricSchema = z.enum([
  'loss',
  'perplexity',
  'bits_per_byte',
  'token_accuracy',
  'top_k_accuracy',
  'accuracy',
  'precision',
  'recall',
  'f1',
  'bleu',
  'chrf',
  'rouge1',
  'rouge2',
  'rougeL',
  'exact_match',
]);
export type MetricName = z.infer<typeof evaluationMetricSchema>;

/** One example of an evaluation. */
export const scoredExampleSchema = z.strictObject({
  index: stepNumber,
  input: z.string(),
  target: z.string(),
  output: z.string(),
  /** From 0 to 1, the higher the better: chrF of texts, 1 or 0 of classes. */
  score: z.number(),
});
export type ScoredExample = z.infer<typeof scoredExampleSchema>;

export const evaluationSchema = z.strictObject({
  id,
  createdAtMs: z.number(),
  checkpoint: checkpointSchema,
  /** For reading: "amber-loom, step 500"; it outlives what it names. */
  label: z.string(),
  task: taskSchema,
  datasetId: id.nullable(),
  datasetName: z.string(),
  /** Each from its usual range: BLEU and chrF from 0 to 100, shares from 0 to 1, loss in nats a token. */
  metrics: z.partialRecord(evaluationMetricSchema, z.number()),
  /** Tokens or examples that were measured, each once. */
  tokenCount: stepNumber,
  exampleCount: stepNumber,
  /** Bytes of text that the tokens stand for; 0 for tasks other than text. */
  byteCount: stepNumber,
  topK: z.int(),
  /** Tokens of one window, and from one window's start to the next. */
  length: z.int(),
  stride: z.int(),
  /** How BLEU and chrF were computed, in sacreBLEU's form. */
  signatures: z.record(z.string(), z.string()),
  /** `counts[i][j]`: examples of class i that were taken for class j. */
  confusion: z.strictObject({ labels: z.array(z.string()), counts: z.array(z.array(stepNumber)) }).nullable(),
  durationMs: z.number(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

const interval = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

export const evaluationCalls = {
  /** Measures a checkpoint on the held-out part of a dataset, or on all of it, and keeps the figures. */
  'evaluation.run': {
    input: z.strictObject({
      checkpoint: checkpointReferenceSchema,
      /** That of the checkpoint's run unless named. */
      datasetId: id.optional(),
      part: z.enum(['held-out', 'all']).default('held-out'),
      inputColumn: z.string().max(200).optional(),
      targetColumn: z.string().max(200).optional(),
      /** All that fit the task unless named. */
      metrics: z.array(evaluationMetricSchema).default([]),
      /** At most so many examples, spread evenly over the data. */
      maxExamples: z.int().min(1).max(1_000_000).default(1_000),
      numBeams: z.int().min(1).max(16).default(1),
      maxNewTokens: z.int().min(1).max(10_000).optional(),
      /** BLEU's tokenizer, as sacreBLEU names it. */
      bleuTokenizer: z.enum(['13a', 'char', 'none', 'intl']).default('13a'),
      /** Tokens from one window to the next, at most a window: the less, the more context each token has. */
      stride: z.int().min(1).optional(),
      /** The k of top-k accuracy. */
      topK: z.int().min(1).max(1_000).default(5),
      device: deviceChoiceSchema,
      operationId,
    }),
    output: evaluationSchema,
  },
  'evaluation.list': { input: nothing, output: z.array(evaluationSchema), isRepeatable: true },
  /** Examples of a kept evaluation from the worst to the best. */
  'evaluation.examples': {
    input: z.strictObject({
      evaluationId: id,
      offset: stepNumber.default(0),
      limit: z.int().min(1).max(1_000).default(100),
      order: z.enum(['worst', 'best']).default('worst'),
    }),
    output: z.strictObject({ examples: z.array(scoredExampleSchema), total: stepNumber }),
    isRepeatable: true,
  },
  /** Two evaluations on the same examples by a paired bootstrap. */
  'evaluation.compare': {
    input: z.strictObject({ evaluationIds: z.tuple([id, id]), metric: evaluationMetricSchema }),
    output: z.strictObject({
      metric: evaluationMetricSchema,
      /** With the bounds that 95 % of resamplings lie in. */
      scores: z.tuple([interval, interval]),
      pValue: z.number(),
      resamplings: stepNumber,
      exampleCount: stepNumber,
    }),
    isRepeatable: true,
  },
  'evaluation.remove': { input: z.strictObject({ evaluationId: id }), output: nothing },
  /** Puts a removed one back with its examples, as long as the studio that removed it is open. */
  'evaluation.restore': { input: z.strictObject({ evaluationId: id }), output: evaluationSchema },
} as const;
