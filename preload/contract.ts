// The whole wire: every call the page, the terminal or another process may make, and every event it may
// hear, each with a schema. Desktop IPC, the WebSocket and the owner socket are transports of this file;
// what is not named here cannot be asked of the machine.

import { z } from 'zod';
import { generationConfigSchema, runSettingsSchema } from '../engine/config.ts';

const id = z.string().min(1).max(64);
const stepNumber = z.number().int().nonnegative();
const bytes = z.number().nonnegative();

export const failureSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});
export type Failure = z.infer<typeof failureSchema>;

export const deviceChoiceSchema = z.strictObject({
  /** `auto` takes a hardware adapter where there is one, else the CPU. */
  device: z.enum(['auto', 'cpu', 'webgpu']).default('auto'),
  /** Part of an adapter's name, or empty. */
  adapter: z.string().max(200).default(''),
  /** 0 means one thread a core. */
  threads: z.number().int().min(0).max(1024).default(0),
});
export type DeviceChoice = z.infer<typeof deviceChoiceSchema>;

export const deviceReportSchema = z.strictObject({
  chosen: z.strictObject({ kind: z.enum(['cpu', 'webgpu']), name: z.string(), reason: z.string() }),
  adapters: z.array(
    z.strictObject({
      name: z.string(),
      vendor: z.string(),
      architecture: z.string(),
      driver: z.string(),
      isSoftware: z.boolean(),
      features: z.array(z.string()),
      limits: z.record(z.string(), z.number()),
    }),
  ),
  cpu: z.strictObject({ model: z.string(), cores: z.number(), threads: z.number(), memoryBytes: bytes }),
  /** Measured 512x512x512 f32 matrix product on the chosen device. */
  matmulGflops: z.number().nullable(),
  /** What to install or change, a sentence each. */
  advice: z.array(z.string()),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;

export const datasetSchema = z.strictObject({
  id,
  name: z.string(),
  /** `text` is one long text; `table` has named columns. */
  kind: z.enum(['text', 'table']),
  columns: z.array(z.string()),
  /** The column that text runs train on. */
  textColumn: z.string(),
  rowCount: stepNumber,
  characterCount: stepNumber,
  sizeBytes: bytes,
  contentHash: z.string(),
  sourceName: z.string(),
  createdAtMs: z.number(),
});
export type Dataset = z.infer<typeof datasetSchema>;

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

export const runSummarySchema = z.strictObject({
  id,
  name: z.string(),
  state: runStateSchema,
  /** What a running run is doing: "preparing data", "compiling", "training", "evaluating", "saving". */
  phase: z.string(),
  datasetId: id,
  datasetName: z.string(),
  preset: z.string().nullable(),
  /** Position in the palette of run colours. */
  color: z.number().int().nonnegative(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  finishedAtMs: z.number().nullable(),
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
  /** The device that ran the last step, in words. */
  deviceKind: z.enum(['cpu', 'webgpu']).nullable(),
  deviceName: z.string(),
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

export const sampleSchema = z.strictObject({
  step: stepNumber,
  prompt: z.string(),
  text: z.string(),
  timeMs: z.number(),
});
export type Sample = z.infer<typeof sampleSchema>;

export const checkpointSchema = z.strictObject({
  runId: id,
  step: stepNumber,
  path: z.string(),
  evalLoss: z.number().nullable(),
  isBest: z.boolean(),
  isMarked: z.boolean(),
  sizeBytes: bytes,
  createdAtMs: z.number(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

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
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const presetSchema = z.strictObject({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  settings: runSettingsSchema,
});
export type Preset = z.infer<typeof presetSchema>;

export const estimateSchema = z.strictObject({
  parameterCount: stepNumber,
  parameterBytes: bytes,
  gradientBytes: bytes,
  optimizerBytes: bytes,
  activationBytes: bytes,
  totalBytes: bytes,
});
export type Estimate = z.infer<typeof estimateSchema>;

/** `RUN` (its best), `RUN@best`, `RUN@last`, `RUN@STEP`, `last`, or a checkpoint folder. */
export const checkpointReferenceSchema = z.string().min(1).max(4_096);

export const evaluationSchema = z.strictObject({
  checkpoint: checkpointSchema,
  loss: z.number(),
  perplexity: z.number(),
  tokenCount: stepNumber,
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const exportFormatSchema = z.enum(['huggingface', 'pth']);

/** Files that leave or enter the studio by path; only transports that may name paths offer these calls. */
const path = z.string().min(1).max(4_096);

const nothing = z.strictObject({});
const runInput = z.strictObject({ runId: id });

/** Every call: what it takes and what it gives. */
export const calls = {
  'device.report': { input: deviceChoiceSchema, output: deviceReportSchema },
  'presets.list': { input: nothing, output: z.array(presetSchema) },
  'settings.estimate': { input: z.strictObject({ settings: z.unknown() }), output: estimateSchema },
  'datasets.list': { input: nothing, output: z.array(datasetSchema) },
  'datasets.import': {
    input: z.strictObject({
      paths: z.array(path).min(1).max(10_000),
      name: z.string().max(200).optional(),
      textColumn: z.string().max(200).optional(),
      hasHeader: z.boolean().optional(),
    }),
    output: datasetSchema,
  },
  /** The sample stories that come with Heddle; imported once, then found. */
  'datasets.sample': { input: nothing, output: datasetSchema },
  'datasets.remove': { input: z.strictObject({ datasetId: id }), output: nothing },
  'runs.list': { input: nothing, output: z.array(runSummarySchema) },
  'runs.get': { input: runInput, output: runDetailSchema },
  'runs.metrics': {
    input: z.strictObject({ runId: id, afterStep: z.number().int().min(-1).default(-1) }),
    output: z.array(metricPointSchema),
  },
  'runs.create': {
    input: z.strictObject({
      datasetId: id,
      name: z.string().max(100).optional(),
      settings: runSettingsSchema,
      device: deviceChoiceSchema,
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
  'runs.pause': { input: runInput, output: runSummarySchema },
  /** End the run: saved first, or at once without saving. */
  'runs.stop': { input: z.strictObject({ runId: id, save: z.boolean() }), output: runSummarySchema },
  'runs.rename': {
    input: z.strictObject({ runId: id, name: z.string().min(1).max(100) }),
    output: runSummarySchema,
  },
  'runs.remove': { input: runInput, output: nothing },
  'checkpoints.resolve': {
    input: z.strictObject({ checkpoint: checkpointReferenceSchema }),
    output: checkpointSchema,
  },
  'checkpoints.mark': {
    input: z.strictObject({ runId: id, step: stepNumber, isMarked: z.boolean() }),
    output: checkpointSchema,
  },
  /** Streams `generation.text` events that carry `generationId`; answers with the whole text. */
  'generation.run': {
    input: z.strictObject({
      generationId: id,
      checkpoint: checkpointReferenceSchema,
      prompt: z.string().max(1_000_000),
      config: generationConfigSchema,
      device: deviceChoiceSchema,
    }),
    output: z.strictObject({ text: z.string(), tokenCount: stepNumber, checkpoint: checkpointSchema }),
  },
  'generation.cancel': { input: z.strictObject({ generationId: id }), output: nothing },
  'evaluation.run': {
    input: z.strictObject({ checkpoint: checkpointReferenceSchema, device: deviceChoiceSchema }),
    output: evaluationSchema,
  },
  'export.run': {
    input: z.strictObject({
      checkpoint: checkpointReferenceSchema,
      format: exportFormatSchema,
      outPath: path,
    }),
    output: z.strictObject({ path, files: z.array(z.string()), sizeBytes: bytes }),
  },
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>;
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>;

/** Every event: what it carries. A page that missed some asks `runs.get` and `runs.metrics` again. */
export const events = {
  'run.updated': runSummarySchema,
  'run.removed': z.strictObject({ runId: id }),
  'run.metrics': z.strictObject({ runId: id, points: z.array(metricPointSchema) }),
  'run.sample': z.strictObject({ runId: id, sample: sampleSchema }),
  'run.checkpoint': checkpointSchema,
  'run.event': z.strictObject({ runId: id, event: runEventSchema }),
  'dataset.updated': datasetSchema,
  'generation.text': z.strictObject({ generationId: id, text: z.string() }),
  progress: z.strictObject({
    /** What is going on, in words: "Importing stories.txt". */
    title: z.string(),
    /** Share done from 0 to 1, or null where it cannot be known. */
    value: z.number().min(0).max(1).nullable(),
  }),
} as const;

export type Events = typeof events;
export type EventName = keyof Events;
export type EventData<N extends EventName> = z.output<Events[N]>;

/** What travels on a stream transport (WebSocket, owner socket), one JSON text each. */
export type ClientMessage = { id: number; call: CallName; input: unknown };
export type ServerMessage =
  | { id: number; ok: true; output: unknown }
  | { id: number; ok: false; error: Failure }
  | { event: EventName; data: unknown };

/** The studio as any caller sees it, whatever carries the words. */
export interface Studio {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
  /** Hears every event of one name until the returned function is called. */
  on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void;
}
