// Checkpoints: found by reference, listed, kept, removed; and weights opened from files of other programs.

import { z } from 'zod';
import { bytes, hubInput, id, nothing, operationId, place, stepNumber } from './words.ts';

/**
 * `RUN` (its best), `RUN@best`, `RUN@last`, `RUN@STEP`, `last`, `weights:ID` (opened weights), or a folder:
 * a checkpoint's, or a Hugging Face one.
 */
export const checkpointReferenceSchema = z.string().min(1).max(4_096);

export const checkpointSchema = z.strictObject({
  /** `RUN@STEP` by id, `weights:ID`, or the folder: what finds it again. */
  reference: z.string(),
  /** Null for opened weights and for folders that no run of this home owns. */
  runId: id.nullable(),
  step: stepNumber,
  path: z.string(),
  evalLoss: z.number().nullable(),
  isBest: z.boolean(),
  isMarked: z.boolean(),
  sizeBytes: bytes,
  createdAtMs: z.number(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** Weights of another program, copied into the home. */
export const weightsSchema = z.strictObject({
  id,
  name: z.string(),
  modelType: z.string(),
  parameterCount: stepNumber,
  sizeBytes: bytes,
  sourceName: z.string(),
  createdAtMs: z.number(),
});
export type Weights = z.infer<typeof weightsSchema>;

/** The checkpoint of a run by its step. */
const stepInput = z.strictObject({ runId: id, step: stepNumber });

export const checkpointCalls = {
  'checkpoints.list': { input: nothing, output: z.array(checkpointSchema), isRepeatable: true },
  'checkpoints.resolve': {
    input: z.strictObject({ checkpoint: checkpointReferenceSchema }),
    output: checkpointSchema,
    isRepeatable: true,
  },
  /** Marked checkpoints are never thinned out. */
  'checkpoints.mark': {
    input: stepInput.extend({ isMarked: z.boolean() }),
    output: checkpointSchema,
    isRepeatable: true,
  },
  'checkpoints.remove': { input: stepInput, output: nothing },
  /** Settings of a model to begin another run with: model, and training settings where the source has them. */
  'checkpoints.settings': {
    input: z.strictObject({ checkpoint: checkpointReferenceSchema }),
    output: z.strictObject({ settings: z.unknown(), datasetId: id.nullable() }),
    isRepeatable: true,
  },
  'weights.list': { input: nothing, output: z.array(weightsSchema), isRepeatable: true },
  /** Opens a Hugging Face folder of a supported family, or an export of Heddle. */
  'weights.open': {
    input: z.strictObject({
      sources: z.array(place).min(1).max(1_000),
      name: z.string().min(1).max(200).optional(),
      operationId,
    }),
    output: weightsSchema,
  },
  /** Loads a model of the Hugging Face Hub, then opens it; what broke off goes on the next time. */
  'weights.hub': { input: hubInput, output: weightsSchema },
  /** The base model that comes with Heddle, opened once, then found. */
  'weights.base': { input: nothing, output: weightsSchema, isRepeatable: true },
  'weights.remove': { input: z.strictObject({ weightsId: id }), output: nothing },
} as const;
