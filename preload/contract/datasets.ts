// Datasets: looked at before they are imported, imported, read, counted, renamed, removed, taken out again.

import { z } from 'zod';
import { dataFields, taskNames } from '../../engine/config.ts';
import { bytes, hubInput, id, nothing, operationId, place, stepNumber, writtenSchema } from './words.ts';
import { tokenizerChoiceSchema } from './tokenizers.ts';

/** What a dataset can be written out as: its text, JSON lines, or a table with commas. */
export const datasetFormatSchema = z.enum(['txt', 'jsonl', 'csv']);
export type DatasetFormat = z.infer<typeof datasetFormatSchema>;

const { validationFraction, splitBy } = dataFields;
/** How runs on a dataset begin to hold a part of it out, where that was chosen at its import. */
export const splitSchema = z.strictObject({
  validationFraction: z.number().min(validationFraction.minimum!).max(validationFraction.maximum!),
  splitBy: z.enum(splitBy.choices as readonly (typeof splitBy.default)[]),
});
export type Split = z.infer<typeof splitSchema>;

export const datasetSchema = z.strictObject({
  id,
  name: z.string(),
  /** `text` is one long text; `table` has named columns. */
  kind: z.enum(['text', 'table']),
  columns: z.array(z.string()),
  /** The column that text runs train on. */
  textColumn: z.string(),
  rowCount: stepNumber,
  characterCount: stepNumber,
  sizeBytes: bytes,
  contentHash: z.string(),
  sourceName: z.string(),
  split: splitSchema.optional(),
  createdAtMs: z.number(),
});
export type Dataset = z.infer<typeof datasetSchema>;

/** A text or table that comes with Heddle. */
export const sampleDatasetSchema = z.strictObject({
  id,
  title: z.string(),
  kind: z.enum(['text', 'table']),
  /** What a model can learn from it, and the goal on held-out items. */
  teaches: z.string(),
  goal: z.string(),
  /** What a run on it learns, and whether from nothing or from the base model. */
  task: z.enum(taskNames),
  startsFrom: z.enum(['scratch', 'base']),
  /** Settings by section beside those of the task's smallest preset. */
  settings: z.record(z.string(), z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]))),
  sizeBytes: bytes,
  /** Set once it has been imported. */
  datasetId: id.nullable(),
});
export type SampleDataset = z.infer<typeof sampleDatasetSchema>;

/** What files are and how they are to be read. */
export const importInputSchema = z.strictObject({
  /** Files and folders; folders stand for the files in them. */
  sources: z.array(place).min(1).max(10_000),
  name: z.string().min(1).max(200).optional(),
  textColumn: z.string().max(200).optional(),
  hasHeader: z.boolean().optional(),
  /** Exactly two text files whose lines belong together: one table with a column for each. */
  isAligned: z.boolean().optional(),
  operationId,
});

/** Something in the files that a user should know of: where, and what it was. */
export const troubleSchema = z.strictObject({
  file: z.string(),
  line: stepNumber.nullable(),
  message: z.string(),
});

export const importPreviewSchema = z.strictObject({
  files: z.array(z.strictObject({ name: z.string(), format: z.string(), sizeBytes: bytes })),
  kind: z.enum(['text', 'table']),
  columns: z.array(z.string()),
  textColumn: z.string(),
  /** How columns and header were found, in words. */
  guess: z.string(),
  /** The first rows, cells by column, each cut at 2,000 characters; for a text its first lines. */
  rows: z.array(z.array(z.string())).max(200),
  /** The beginning of what would be trained on, at most 20,000 characters. */
  text: z.string(),
  rowCount: stepNumber,
  characterCount: stepNumber,
  /** Rows (of a text: lines of 20 characters or more) that occur before. */
  duplicateCount: stepNumber,
  troubles: z.array(troubleSchema).max(100),
  /** Counts are of the first part only: the files are larger than what a preview reads. */
  isPartial: z.boolean(),
  /** Set when two aligned files can make a translation set, or why they cannot. */
  aligned: z.strictObject({ lineCounts: z.array(stepNumber), isPossible: z.boolean() }).nullable(),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const datasetStatisticsSchema = z.strictObject({
  characterCount: stepNumber,
  wordCount: stepNumber,
  lineCount: stepNumber,
  rowCount: stepNumber,
  duplicateCount: stepNumber,
  distinctCharacterCount: stepNumber,
  tokenCount: stepNumber,
  vocabSize: stepNumber,
  bytesPerToken: z.number(),
  /** Lengths of rows (of a text: of its lines), `counts[i]` between `edges[i]` and `edges[i + 1]`. */
  lengths: z.strictObject({
    unit: z.enum(['characters', 'tokens']),
    edges: z.array(z.number()),
    counts: z.array(z.number()),
  }),
  /** The most frequent tokens, most frequent first. */
  topTokens: z.array(z.strictObject({ id: stepNumber, text: z.string(), count: stepNumber })).max(100),
  /** Large data is counted on its first part. */
  isPartial: z.boolean(),
});
export type DatasetStatistics = z.infer<typeof datasetStatisticsSchema>;

const datasetInput = z.strictObject({ datasetId: id });

export const datasetCalls = {
  'datasets.list': { input: nothing, output: z.array(datasetSchema), isRepeatable: true },
  'datasets.preview': { input: importInputSchema, output: importPreviewSchema, isRepeatable: true },
  'datasets.import': {
    /** With the split that runs on it begin with. */
    input: importInputSchema.extend({ split: splitSchema.optional() }),
    output: datasetSchema,
  },
  /** Loads the training part of a dataset of the Hugging Face Hub, then imports it. */
  'datasets.hub': { input: hubInput, output: datasetSchema },
  'datasets.samples': { input: nothing, output: z.array(sampleDatasetSchema), isRepeatable: true },
  /** A sample that comes with Heddle, imported once, then found; the stories unless another is named. */
  'datasets.sample': {
    input: z.strictObject({ sampleId: id.default('stories'), operationId }),
    output: datasetSchema,
    isRepeatable: true,
  },
  /** Part of a dataset: rows of a table from row `offset`, or characters of a text from character `offset`. */
  'datasets.read': {
    input: z.strictObject({ datasetId: id, offset: stepNumber, limit: z.number().int().min(1).max(100_000) }),
    output: z.strictObject({ text: z.string(), rows: z.array(z.array(z.string())), total: stepNumber }),
    isRepeatable: true,
  },
  'datasets.statistics': {
    input: z.strictObject({ datasetId: id, tokenizer: tokenizerChoiceSchema, operationId }),
    output: datasetStatisticsSchema,
    isRepeatable: true,
  },
  'datasets.rename': {
    input: z.strictObject({ datasetId: id, name: z.string().min(1).max(200) }),
    output: datasetSchema,
    isRepeatable: true,
  },
  'datasets.remove': { input: datasetInput, output: nothing },
  /** Writes a dataset out; into `<home>/exports` unless a folder is named. */
  'datasets.export': {
    input: z.strictObject({
      datasetId: id,
      format: datasetFormatSchema,
      outPath: place.optional(),
      operationId,
    }),
    output: writtenSchema,
  },
} as const;
