// A look into a model: the tokens of a text with the surprise of each, the shapes at each stage, and the attention
// weights, a head or a layer of small pictures at a time.

import { z } from 'zod';
import { taskNames } from '../../engine/config.ts';
import { checkpointReferenceSchema, checkpointSchema } from './checkpoints.ts';
import { deviceChoiceSchema } from './device.ts';
import { stepNumber } from './words.ts';

export const attentionKindSchema = z.enum(['encoder', 'decoder', 'cross']);
export type AttentionKind = z.infer<typeof attentionKindSchema>;

export const inspectedTokenSchema = z.strictObject({
  id: stepNumber,
  /** With spaces and control characters made visible. */
  text: z.string(),
  isSpecial: z.boolean(),
  /** Nats, given the tokens before it; null for what nothing foretold. */
  loss: z.number().nullable(),
});
export type InspectedToken = z.infer<typeof inspectedTokenSchema>;

const namedShape = z.strictObject({ name: z.string(), shape: z.array(stepNumber) });

export const stageSchema = z.strictObject({
  stack: z.enum(['encoder', 'decoder']),
  part: z.enum(['embedding', 'attention', 'feed-forward', 'output']),
  /** Null outside the layers. */
  layer: stepNumber.nullable(),
  /** What computes it: `matmul`, `norm`, `attention`. */
  operation: z.string(),
  parameters: z.array(namedShape),
  takes: z.array(namedShape),
  gives: z.array(stepNumber),
});
export type Stage = z.infer<typeof stageSchema>;

export const attentionLayersSchema = z.strictObject({
  kind: attentionKindSchema,
  numLayers: stepNumber,
  numHeads: stepNumber,
});
export type AttentionLayers = z.infer<typeof attentionLayersSchema>;

export const inspectionSchema = z.strictObject({
  checkpoint: checkpointSchema,
  task: z.enum(taskNames),
  /** The text that is read, of a model that reads one text and writes another; else empty. */
  source: z.array(inspectedTokenSchema),
  /** What is read, or was written behind a start token. */
  tokens: z.array(inspectedTokenSchema),
  /** What was written for the text: that which was given, or else the model's own. */
  target: z.string(),
  /** Whether the text goes on beyond what the model or a picture can hold. */
  isCut: z.boolean(),
  /** Mean nats a token; null where nothing is foretold. */
  loss: z.number().nullable(),
  attention: z.array(attentionLayersSchema),
  stages: z.array(stageSchema),
});
export type InspectedText = z.infer<typeof inspectionSchema>;

const longestText = 100_000;

/** What is looked at; the same words again find the same weights at once. */
const looked = z.strictObject({
  checkpoint: checkpointReferenceSchema,
  text: z.string().max(longestText),
  /** For a model that reads one text and writes another: what it shall have written; its own unless given. */
  target: z.string().max(longestText).optional(),
  device: deviceChoiceSchema,
});

const size = { rows: stepNumber, columns: stepNumber };

export const inspectionCalls = {
  'inspection.look': { input: looked, output: inspectionSchema, isRepeatable: true },
  /** One head's weights: rows are tokens that look, columns those looked at. */
  'inspection.attention': {
    input: looked.extend({ kind: attentionKindSchema, layer: stepNumber, head: stepNumber }),
    output: z.strictObject({
      ...size,
      /** (rows, columns) float32, little-endian, in base64. */
      weights: z.string(),
    }),
    isRepeatable: true,
  },
  /** All heads of a layer as small pictures: the largest weight of each of at most 64 by 64 fields, in 255ths. */
  'inspection.heads': {
    input: looked.extend({ kind: attentionKindSchema, layer: stepNumber }),
    output: z.strictObject({
      ...size,
      /** Bytes of (rows, columns) fields in base64, a picture a head. */
      heads: z.array(z.string()),
    }),
    isRepeatable: true,
  },
} as const;
