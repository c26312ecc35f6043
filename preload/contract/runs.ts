// Runs: made, queued, paused, resumed, forked, changed while they run, read, labelled, removed.

import { z } from 'zod';
import { runSettingsSchema, taskNames } from '../../engine/config.ts';
import { checkpointReferenceSchema, checkpointSchema } from './checkpoints.ts';
import { bytes, failureSchema, id, nothing, stepNumber } from './words.ts';
import { deviceChoiceSchema } from './device.ts';

export const runStateSchema = z.enum([
  'queued',
  'running',
  'paused',
  'finished',
  'stopped',
  'failed',
  'crashed',
]);
export type RunState = z.infer<typeof runStateSchema>;

export const runKindSchema = z.enum(['pretrain', 'fine-tune', 'adapter']);
export type RunKind = z.infer<typeof runKindSchema>;

/** Where a run's first weights came from. */
export const runParentSchema = z.strictObject({
  /** Null when the weights were opened from files. */
  runId: id.nullable(),
  weightsId: id.nullable(),
  step: stepNumber,
  /** For reading: "amber-loom, step 500". It outlives what it names. */
  label: z.string(),
  /** A fork goes on from all of the parent's state; a fine-tune begins anew with its weights. */
  isFork: z.boolean(),
});
export type RunParent = z.infer<typeof runParentSchema>;

export const runSummarySchema = z.strictObject({
  id,
  name: z.string(),
  kind: runKindSchema,
  parent: runParentSchema.nullable(),
  state: runStateSchema,
  /** What a running run is doing: "preparing data", "compiling", "training", "evaluating", "saving". */
  phase: z.string(),
  datasetId: id,
  datasetName: z.string(),
  preset: z.string().nullable(),
  /** Position in the palette of run colours. */
  color: z.number().int().nonnegative(),
  isStarred: z.boolean(),
  isPinned: z.boolean(),
  isArchived: z.boolean(),
  tags: z.array(z.string()),
  note: z.string(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  finishedAtMs: z.number().nullable(),
  /** Time spent with the device, pauses left out. */
  activeMs: z.number(),
  step: stepNumber,
  totalSteps: stepNumber,
  epoch: z.number(),
  totalEpochs: z.number(),
  parameterCount: stepNumber,
  memoryBytes: bytes,
  tokensPerSecond: z.number().nullable(),
  etaMs: z.number().nullable(),
  trainLoss: z.number().nullable(),
  evalLoss: z.number().nullable(),
  bestEvalLoss: z.number().nullable(),
  bestStep: stepNumber.nullable(),
  task: z.enum(taskNames),
  method: z.enum(['full', 'layers', 'lora']),
  /** The device that ran the last step, in words. */
  deviceKind: z.enum(['cpu', 'webgpu']).nullable(),
  deviceName: z.string(),
  /** The version of Heddle that made the run. */
  appVersion: z.string(),
  error: failureSchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const metricPointSchema = z.strictObject({
  step: stepNumber,
  epoch: z.number(),
  timeMs: z.number(),
  /** By metric key: `train/loss`, `eval/loss`, `eval/perplexity`, `train/grad_norm`, … */
  values: z.record(z.string(), z.number()),
});
export type MetricPoint = z.infer<typeof metricPointSchema>;

/** One metric of one run, reduced to at most so many buckets; columns of equal length. */
export const metricSeriesSchema = z.strictObject({
  key: z.string(),
  /** The last step of each bucket, with its epoch and its wall-clock time. */
  steps: z.array(z.number()),
  epochs: z.array(z.number()),
  timesMs: z.array(z.number()),
  minimums: z.array(z.number()),
  maximums: z.array(z.number()),
  means: z.array(z.number()),
  /** Whether every point is there by itself. */
  isWhole: z.boolean(),
});
export type MetricSeries = z.infer<typeof metricSeriesSchema>;

/** A held-out example with what a model made of it. */
export const sampledExampleSchema = z.strictObject({
  input: z.string(),
  target: z.string(),
  output: z.string(),
});
export type SampledExample = z.infer<typeof sampledExampleSchema>;

export const sampleSchema = z.strictObject({
  step: stepNumber,
  prompt: z.string(),
  text: z.string(),
  /** For tasks that have examples: translations beside their references, classes, answers. */
  examples: z.array(sampledExampleSchema).default([]),
  timeMs: z.number(),
});
export type Sample = z.infer<typeof sampleSchema>;

export const runEventSchema = z.strictObject({
  step: stepNumber,
  timeMs: z.number(),
  /** `started`, `resumed`, `paused`, `stopped`, `finished`, `failed`, `crashed`, `restarted`, … */
  key: z.string(),
  value: z.string(),
});
export type RunEvent = z.infer<typeof runEventSchema>;

export const runDetailSchema = z.strictObject({
  summary: runSummarySchema,
  settings: runSettingsSchema,
  checkpoints: z.array(checkpointSchema),
  samples: z.array(sampleSchema),
  events: z.array(runEventSchema),
  /** The keys that have figures, such as `train/loss`. */
  metricKeys: z.array(z.string()),
  /** What the result can be traced to, by name: dataset hash, tokenizer hash, split, seed, version, device. */
  provenance: z.record(z.string(), z.string()),
  /** The forks' ancestors, nearest first, with the step each was left at. */
  ancestors: z.array(z.strictObject({ runId: id, name: z.string(), step: stepNumber })),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** How a run gets its first weights. */
export const runStartSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('scratch') }),
  /** Weights and tokenizer of a checkpoint or of opened weights; everything else begins anew. */
  z.strictObject({ mode: z.literal('weights'), checkpoint: checkpointReferenceSchema }),
  /** All of a checkpoint's state: a new run that goes on where another was, with changed training settings. */
  z.strictObject({ mode: z.literal('fork'), checkpoint: checkpointReferenceSchema }),
]);
export type RunStart = z.infer<typeof runStartSchema>;

/** What a user may change about the record of a run. */
export const runLabelsSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  color: z.number().int().min(0).max(63).optional(),
  isStarred: z.boolean().optional(),
  isPinned: z.boolean().optional(),
  isArchived: z.boolean().optional(),
  tags: z.array(z.string().min(1).max(40)).max(20).optional(),
  note: z.string().max(20_000).optional(),
});
export type RunLabels = z.infer<typeof runLabelsSchema>;

const runInput = z.strictObject({ runId: id });

export const runCalls = {
  'runs.list': { input: nothing, output: z.array(runSummarySchema), isRepeatable: true },
  'runs.get': { input: runInput, output: runDetailSchema, isRepeatable: true },
  'runs.metrics': {
    input: z.strictObject({
      runId: id,
      afterStep: z.number().int().min(-1).default(-1),
      /** At most so many points, the oldest first. */
      limit: z.number().int().min(1).max(100_000).default(100_000),
    }),
    output: z.array(metricPointSchema),
    isRepeatable: true,
  },
  /** Figures reduced in the store: a run of a million points answers like a small one. */
  'runs.series': {
    input: z.strictObject({
      runId: id,
      /** All keys when empty. */
      keys: z.array(z.string().min(1).max(200)).max(100).default([]),
      bucketCount: z.number().int().min(10).max(5_000).default(800),
      fromStep: stepNumber.optional(),
      toStep: stepNumber.optional(),
    }),
    output: z.array(metricSeriesSchema),
    isRepeatable: true,
  },
  'runs.create': {
    input: z.strictObject({
      datasetId: id,
      name: z.string().max(100).optional(),
      settings: runSettingsSchema,
      device: deviceChoiceSchema,
      start: runStartSchema.default({ mode: 'scratch' }),
      /** A kept tokenizer in place of one made from the dataset; only from scratch. */
      tokenizerId: id.optional(),
      /** Save and stop after this step without changing the schedule. */
      stopAtStep: stepNumber.optional(),
    }),
    output: runSummarySchema,
  },
  'runs.resume': {
    input: z.strictObject({ runId: id, device: deviceChoiceSchema, stopAtStep: stepNumber.optional() }),
    output: runSummarySchema,
  },
  /** Save and free the device. */
  'runs.pause': { input: runInput, output: runSummarySchema, isRepeatable: true },
  /** End the run: saved first, or at once without saving. */
  'runs.stop': {
    input: z.strictObject({ runId: id, save: z.boolean() }),
    output: runSummarySchema,
    isRepeatable: true,
  },
  /**
   * Changes a setting of a run that is not finished: from the next step on, or from where the run will go on.
   * An event that is kept and replayed.
   */
  'runs.change': {
    input: z.strictObject({
      runId: id,
      key: z.literal('learningRate'),
      value: z.number().positive().max(10),
    }),
    output: runSummarySchema,
  },
  /** Evaluates, or saves, at the next step's end. */
  'runs.evaluateNow': { input: runInput, output: nothing },
  'runs.checkpointNow': { input: runInput, output: nothing },
  /** Changes names, labels and notes. */
  'runs.label': {
    input: z.strictObject({ runId: id, labels: runLabelsSchema }),
    output: runSummarySchema,
    isRepeatable: true,
  },
  /** Moves a waiting run to a place in the queue; 0 is next. */
  'runs.moveInQueue': {
    input: z.strictObject({ runId: id, position: stepNumber }),
    output: z.strictObject({ runIds: z.array(id) }),
  },
  /** The waiting runs in order. */
  'runs.queue': { input: nothing, output: z.strictObject({ runIds: z.array(id) }), isRepeatable: true },
  'runs.remove': { input: runInput, output: nothing },
} as const;
