// Text from a checkpoint, and the figures of one on held-out text.

import { z } from 'zod';
import { generationConfigSchema } from '../../engine/config.ts';
import { checkpointReferenceSchema, checkpointSchema } from './checkpoints.ts';
import { id, nothing, operationId, stepNumber } from './words.ts';
import { deviceChoiceSchema } from './device.ts';

export const evaluationSchema = z.strictObject({
  checkpoint: checkpointSchema,
  /** Mean, in nats a token. */
  loss: z.number(),
  perplexity: z.number(),
  /** Tokens that were predicted, each once. */
  tokenCount: stepNumber,
  /** Bytes of text that these tokens stand for. */
  byteCount: stepNumber,
  /** Null where they stand for none. */
  bitsPerByte: z.number().nullable(),
  /** Share of tokens that the model held likeliest, from 0 to 1. */
  tokenAccuracy: z.number(),
  /** Share of tokens among the `topK` likeliest, from 0 to 1. */
  topKAccuracy: z.number(),
  topK: z.int(),
  /** Tokens of one window, and from one window's start to the next. */
  length: z.int(),
  stride: z.int(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const generationCalls = {
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
  /** What a prompt is for a checkpoint's tokenizer, while it is typed. */
  'generation.countTokens': {
    input: z.strictObject({ checkpoint: checkpointReferenceSchema, text: z.string().max(1_000_000) }),
    output: z.strictObject({
      /** Null where the tokenizer does not know all of the text. */
      tokenCount: stepNumber.nullable(),
      /** The first character that it does not know, and where it stands. */
      unknownCharacter: z.strictObject({ character: z.string(), index: stepNumber }).nullable(),
    }),
    isRepeatable: true,
  },
  'generation.cancel': { input: z.strictObject({ generationId: id }), output: nothing, isRepeatable: true },
  'evaluation.run': {
    input: z.strictObject({
      checkpoint: checkpointReferenceSchema,
      /** The held-out part of this dataset; that of the checkpoint's run unless named. */
      datasetId: id.optional(),
      /** Tokens from one window to the next, at most a window: the less, the more context each token has. */
      stride: z.int().min(1).optional(),
      /** The k of top-k accuracy. */
      topK: z.int().min(1).max(1_000).default(5),
      device: deviceChoiceSchema,
      operationId,
    }),
    output: evaluationSchema,
    isRepeatable: true,
  },
} as const;
