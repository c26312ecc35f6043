// Text from a checkpoint.

import { z } from 'zod';
import { generationConfigSchema } from '../../engine/config.ts';
import { checkpointReferenceSchema, checkpointSchema } from './checkpoints.ts';
import { id, nothing, stepNumber } from './words.ts';
import { deviceChoiceSchema } from './device.ts';

export const generationCalls = {
  /** Streams `generation.text` events that carry `generationId`; answers with the whole text. */
  'generation.run': {
    input: z.strictObject({
      generationId: id,
      checkpoint: checkpointReferenceSchema,
      /** A model that was tuned on conversations takes it for what its user says. */
      prompt: z.string().max(1_000_000),
      /** What was said before, for such a model; the template of its tokenizer lays it out. */
      messages: z
        .array(
          z.strictObject({
            role: z.enum(['system', 'user', 'assistant']),
            content: z.string().max(1_000_000),
          }),
        )
        .max(1_000)
        .default([]),
      config: generationConfigSchema,
      device: deviceChoiceSchema,
    }),
    output: z.strictObject({
      text: z.string(),
      tokenCount: stepNumber,
      checkpoint: checkpointSchema,
      /** Of the messages so many, the oldest beside the system's, did not fit into what the model reads. */
      leftOutCount: stepNumber,
    }),
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
} as const;
