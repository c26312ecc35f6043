// Every event: what it carries. A page that missed some asks again.

import { z } from 'zod';
import { checkpointSchema, weightsSchema } from './checkpoints.ts';
import { id } from './words.ts';
import { datasetSchema } from './datasets.ts';
import { evaluationSchema } from './evaluation.ts';
import { preferencesSchema } from './health.ts';
import { metricPointSchema, runEventSchema, runSummarySchema, sampleSchema } from './runs.ts';
import { tokenizerSchema } from './tokenizers.ts';

export const events = {
  'run.updated': runSummarySchema,
  'run.removed': z.strictObject({ runId: id }),
  'run.metrics': z.strictObject({ runId: id, points: z.array(metricPointSchema) }),
  'run.sample': z.strictObject({ runId: id, sample: sampleSchema }),
  'run.checkpoint': checkpointSchema,
  'run.checkpointRemoved': z.strictObject({ runId: id, step: z.number() }),
  'run.event': z.strictObject({ runId: id, event: runEventSchema }),
  'queue.changed': z.strictObject({ runIds: z.array(id) }),
  'dataset.updated': datasetSchema,
  'dataset.removed': z.strictObject({ datasetId: id }),
  'tokenizer.updated': tokenizerSchema,
  'tokenizer.removed': z.strictObject({ tokenizerId: id }),
  'weights.updated': weightsSchema,
  'weights.removed': z.strictObject({ weightsId: id }),
  'evaluation.updated': evaluationSchema,
  'evaluation.removed': z.strictObject({ evaluationId: id }),
  'preferences.changed': preferencesSchema,
  'generation.text': z.strictObject({ generationId: id, text: z.string() }),
  progress: z.strictObject({
    /** Null where the call that causes it gave none. */
    operationId: id.nullable(),
    /** What is going on, in words: "Importing stories.txt". */
    title: z.string(),
    /** Share done from 0 to 1, or null where it cannot be known. */
    value: z.number().min(0).max(1).nullable(),
  }),
} as const;
