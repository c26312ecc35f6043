// Exports: a checkpoint's model in the form of another program, read back before it counts as written.

import { z } from 'zod';
import { checkpointReferenceSchema } from './checkpoints.ts';
import { failureSchema, operationId, place, stepNumber, writtenSchema } from './words.ts';

export const exportFormatSchema = z.enum([
  'huggingface',
  'safetensors',
  'pth',
  'gguf',
  'onnx',
  'marian',
  'peft',
  'torchrun',
]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/** The number format of exported weights; which of them a form holds, `export.forms` says. */
export const elementTypeSchema = z.enum(['f32', 'f16', 'bf16', 'q8_0']);
export type ElementType = z.infer<typeof elementTypeSchema>;

export const fittingFormsSchema = z.strictObject({
  /** What the model is, for whoever says how an export is opened. */
  modelType: z.string(),
  isClassifier: z.boolean(),
  /** Every form in the order in which they are offered. */
  forms: z.array(
    z.strictObject({
      format: exportFormatSchema,
      /** The number formats that it holds of this model; empty where it does not fit. */
      elementTypes: z.array(elementTypeSchema),
      /** Why it does not fit, with what does instead; null where it does. */
      refusal: failureSchema.nullable(),
    }),
  ),
});
export type FittingForms = z.infer<typeof fittingFormsSchema>;

export const exportCalls = {
  /** In which forms a checkpoint can be exported: the exports themselves decide, without writing. */
  'export.forms': {
    input: z.strictObject({ checkpoint: checkpointReferenceSchema }),
    output: fittingFormsSchema,
    isRepeatable: true,
  },
  'export.run': {
    input: z.strictObject({
      checkpoint: checkpointReferenceSchema,
      format: exportFormatSchema,
      elementType: elementTypeSchema.default('f32'),
      /** A folder; `<home>/exports/<run>-<step>-<format>` unless named. */
      outPath: place.optional(),
      operationId,
    }),
    output: writtenSchema.extend({
      /** Tensors read back from the files and compared with the checkpoint's, bit for bit after rounding. */
      verifiedTensorCount: stepNumber,
    }),
  },
} as const;
