// Tokenizers kept by themselves: trained from a dataset, looked at, chosen for a run.

import { z } from 'zod';
import { id, nothing, operationId, stepNumber } from './words.ts';

/** How a tokenizer is made from a text. */
export const tokenizerRecipeSchema = z.strictObject({
  kind: z.enum(['characters', 'byte-level-bpe']),
  vocabSize: z.number().int().min(257).max(1_000_000).default(1_024),
  splitPattern: z.enum(['gpt2', 'gpt4']).default('gpt2'),
});
export type TokenizerRecipe = z.output<typeof tokenizerRecipeSchema>;

/** A kept tokenizer, or one to be made from a dataset for the question alone. */
export const tokenizerChoiceSchema = z.union([z.strictObject({ tokenizerId: id }), tokenizerRecipeSchema]);
export type TokenizerChoice = z.input<typeof tokenizerChoiceSchema>;

export const tokenizerSchema = z.strictObject({
  id,
  name: z.string(),
  kind: z.enum(['characters', 'byte-level-bpe', 'other']),
  vocabSize: stepNumber,
  /** UTF-8 bytes of its dataset's text a token, or null when it was not made from a dataset. */
  bytesPerToken: z.number().nullable(),
  datasetId: id.nullable(),
  hash: z.string(),
  createdAtMs: z.number(),
});
export type TokenizerRecord = z.infer<typeof tokenizerSchema>;

export const tokenizerCalls = {
  'tokenizers.list': { input: nothing, output: z.array(tokenizerSchema), isRepeatable: true },
  'tokenizers.train': {
    input: tokenizerRecipeSchema.extend({
      datasetId: id,
      name: z.string().min(1).max(200).optional(),
      operationId,
    }),
    output: tokenizerSchema,
  },
  'tokenizers.remove': { input: z.strictObject({ tokenizerId: id }), output: nothing },
  /**
   * The tokens of a text, for showing; `datasetId` is what a tokenizer that is not kept is made from. Making one
   * from a large dataset takes long: it is told of, and ended, by its operation.
   */
  'tokenizers.encode': {
    input: z.strictObject({
      tokenizer: tokenizerChoiceSchema,
      datasetId: id.optional(),
      text: z.string().max(100_000),
      operationId,
    }),
    output: z.strictObject({
      tokens: z.array(z.strictObject({ id: stepNumber, text: z.string() })),
      vocabSize: stepNumber,
    }),
    isRepeatable: true,
  },
} as const;
