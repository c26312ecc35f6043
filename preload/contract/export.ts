// Exports: a checkpoint's model in the form of another program, read back before it counts as written.

import { z } from 'zod';
import { checkpointReferenceSchema } from './checkpoints.ts';
import { operationId, place, stepNumber, writtenSchema } from './words.ts';

export const exportFormatSchema = z.enum(['huggingface', 'safetensors', 'pth']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

export const exportCalls = {
  'export.run': {
    input: z.strictObject({
      checkpoint: checkpointReferenceSchema,
      format: exportFormatSchema,
      elementType: z.enum(['f32', 'f16', 'bf16']).default('f32'),
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
