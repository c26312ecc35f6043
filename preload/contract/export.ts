// Exports: a checkpoint's model in the form of another program, read back before it counts as written.

import { z } from 'zod';
import { checkpointReferenceSchema } from './checkpoints.ts';
import { operationId, place, stepNumber, writtenSchema } from './words.ts';

export const exportFormatSchema = z.enum(['huggingface', 'safetensors', 'pth', 'marian', 'peft']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/** The number format of exported weights. */
export const elementTypeSchema = z.enum(['f32', 'f16', 'bf16']);
export type ElementType = z.infer<typeof elementTypeSchema>;

export const exportCalls = {
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
