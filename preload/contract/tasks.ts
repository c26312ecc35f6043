// What a dataset is for a task before a run exists, and what a model makes of inputs once it is trained for one.

import { z } from 'zod';
import { runSettingsSchema, taskNames } from '../../engine/config.ts';
import { checkpointReferenceSchema, checkpointSchema } from './checkpoints.ts';
import { deviceChoiceSchema } from './device.ts';
import { problemSchema } from './settings.ts';
import { tokenizerChoiceSchema } from './tokenizers.ts';
import { id, operationId, stepNumber } from './words.ts';

export const taskSchema = z.enum(taskNames);

export const taskColumnsSchema = z.strictObject({
  /** Every column with the beginning of its first value. */
  columns: z.array(z.strictObject({ name: z.string(), sample: z.string() })),
  /** The columns that the task would read and learn; empty where none fits or the task has none. */
  inputColumn: z.string(),
  targetColumn: z.string(),
  /** What was found, in words: "Alpaca: instruction and input, answered by output". */
  guess: z.string(),
  /** The classes of the target column of a classification, the most frequent first; at most 1,000. */
  labels: z.array(z.strictObject({ name: z.string(), count: stepNumber })),
  /** Why the dataset does not suit the task, with what would help. */
  problems: z.array(problemSchema),
});
export type TaskColumns = z.infer<typeof taskColumnsSchema>;

/** One token of an example as a run will see it. */
export const seenTokenSchema = z.strictObject({
  id: stepNumber,
  text: z.string(),
  /** Whether it is learned: counted in the loss. */
  isLearned: z.boolean(),
  isSpecial: z.boolean(),
  /** Whether it ends a turn, a text or an answer. */
  isEnd: z.boolean(),
  /** Whether it is cut off, because the example is longer than the sequences. */
  isCut: z.boolean(),
  /** On which side of a pair it stands; `read` for tasks with one side. */
  side: z.enum(['read', 'written']),
});
export type SeenToken = z.infer<typeof seenTokenSchema>;

export const seenExampleSchema = z.strictObject({
  index: stepNumber,
  exampleCount: stepNumber,
  tokens: z.array(seenTokenSchema).max(20_000),
  tokenCount: stepNumber,
  learnedCount: stepNumber,
  /** The class of a classification. */
  label: z.string().nullable(),
});
export type SeenExample = z.infer<typeof seenExampleSchema>;

/** What a model makes of one input. */
export const answerSchema = z.strictObject({
  /** What it writes: a translation, an answer; the input with its hidden tokens filled in. */
  text: z.string(),
  /** The classes with their probabilities, the likeliest first; empty for other tasks. */
  classes: z.array(z.strictObject({ label: z.string(), probability: z.number() })),
  /** For each hidden token its likeliest fillings. */
  fillings: z.array(z.array(z.strictObject({ text: z.string(), probability: z.number() }))),
});
export type Answer = z.infer<typeof answerSchema>;

export const taskCalls = {
  'tasks.columns': {
    input: z.strictObject({
      datasetId: id,
      task: taskSchema,
      /** Columns that were chosen; empty for the likeliest. */
      inputColumn: z.string().max(200).default(''),
      targetColumn: z.string().max(200).default(''),
      operationId,
    }),
    output: taskColumnsSchema,
    isRepeatable: true,
  },
  /** What the model sees of one example of a dataset under settings; with a checkpoint its tokenizer. */
  'tasks.sees': {
    input: z.strictObject({
      datasetId: id,
      settings: runSettingsSchema,
      tokenizer: tokenizerChoiceSchema,
      /** Its tokenizer takes the place of the one that is chosen. */
      checkpoint: checkpointReferenceSchema.optional(),
      index: stepNumber.default(0),
      operationId,
    }),
    output: seenExampleSchema,
    isRepeatable: true,
  },
  /**
   * Whether a dataset can be learned under settings: all labels masked, ends never trained, answers cut; each
   * problem names rows and offers a mend.
   */
  'tasks.check': {
    input: z.strictObject({
      datasetId: id,
      settings: runSettingsSchema,
      tokenizer: tokenizerChoiceSchema,
      checkpoint: checkpointReferenceSchema.optional(),
      operationId,
    }),
    output: z.strictObject({
      /** A run does not start with a fatal one; the others are to be known. */
      problems: z.array(problemSchema.extend({ isFatal: z.boolean() })),
      exampleCount: stepNumber,
      cutCount: stepNumber,
    }),
    isRepeatable: true,
  },
  /** Translates, classifies or fills in, by what the checkpoint's model is for. */
  'tasks.answer': {
    input: z.strictObject({
      checkpoint: checkpointReferenceSchema,
      texts: z.array(z.string().max(100_000)).min(1).max(1_000),
      numBeams: z.int().min(1).max(16).default(1),
      maxNewTokens: z.int().min(1).max(10_000).optional(),
      device: deviceChoiceSchema,
      operationId,
    }),
    output: z.strictObject({
      task: taskSchema,
      answers: z.array(answerSchema),
      checkpoint: checkpointSchema,
    }),
    isRepeatable: true,
  },
} as const;
