// Settings before a run exists: presets, what settings will need and take, and the same as a command or script.

import { z } from 'zod';
import { runSettingsSchema } from '../../engine/config.ts';
import { bytes, id, nothing, stepNumber } from './words.ts';
import { deviceChoiceSchema } from './device.ts';
import { runStartSchema } from './runs.ts';

export const presetSchema = z.strictObject({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  settings: runSettingsSchema,
  /** Saved by this user, and so removable. */
  isOwn: z.boolean(),
});
export type Preset = z.infer<typeof presetSchema>;

/** What is wrong with one setting. */
export const problemSchema = z.strictObject({
  /** Such as `model.hiddenSize`, or empty where no one setting is to blame. */
  path: z.string(),
  message: z.string(),
  hint: z.string(),
  /** Values by path that put it right, the one that matters first; absent where only the user can know. */
  mend: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const estimateSchema = z.strictObject({
  parameterCount: stepNumber,
  parameterBytes: bytes,
  gradientBytes: bytes,
  optimizerBytes: bytes,
  activationBytes: bytes,
  totalBytes: bytes,
  /** What the chosen device can hold; null where it does not say, as a graphics card does not. */
  availableBytes: bytes.nullable(),
  /** False only where it is known not to be enough. */
  fits: z.boolean(),
  /** Of the training part of the dataset, or null without a dataset. */
  trainTokens: stepNumber.nullable(),
  tokensPerParameter: z.number().nullable(),
  totalSteps: stepNumber.nullable(),
  epochs: z.number().nullable(),
  /** Floating-point operations of the whole run. */
  totalFlops: z.number().nullable(),
  /** From the device's measured product, or from real steps of like runs here. */
  stepMs: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
  durationMs: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
  measuredFrom: z.enum(['product', 'steps']).nullable(),
});
export type Estimate = z.infer<typeof estimateSchema>;

const settingsInput = z.strictObject({
  /** Unchecked: what is wrong comes back as problems. */
  settings: z.unknown(),
  datasetId: id.optional(),
  device: deviceChoiceSchema.optional(),
});

export const settingsCalls = {
  'presets.list': { input: nothing, output: z.array(presetSchema), isRepeatable: true },
  /** Saves settings under a name of the user's own; the same name replaces. */
  'presets.save': {
    input: z.strictObject({ label: z.string().min(1).max(100), settings: runSettingsSchema }),
    output: presetSchema,
  },
  'presets.remove': { input: z.strictObject({ name: z.string().min(1).max(100) }), output: nothing },
  /** Answers while the user types; nothing is allocated. */
  'settings.estimate': {
    input: settingsInput,
    output: z.strictObject({
      problems: z.array(problemSchema),
      /** Null while a problem keeps it from being known. */
      estimate: estimateSchema.nullable(),
      /** Changes by path that would make it fit, the mildest first. */
      suggestions: z.array(
        z.strictObject({
          words: z.string(),
          changes: z.record(z.string(), z.union([z.number(), z.string()])),
        }),
      ),
    }),
    isRepeatable: true,
  },
  /** The command line that starts the same run; of one that begins with a model, what differs from that model's. */
  'settings.asCommand': {
    input: z.strictObject({
      settings: runSettingsSchema,
      datasetId: id.optional(),
      start: runStartSchema.default({ mode: 'scratch' }),
      /** A kept tokenizer in place of one made from the dataset; only from scratch. */
      tokenizerId: id.optional(),
    }),
    output: z.strictObject({ text: z.string() }),
    isRepeatable: true,
  },
  /** The same model and loop as a short PyTorch script. */
  'settings.asPyTorch': {
    input: z.strictObject({ settings: runSettingsSchema, datasetId: id.optional() }),
    output: z.strictObject({ text: z.string() }),
    isRepeatable: true,
  },
} as const;
