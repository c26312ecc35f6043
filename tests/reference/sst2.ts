// SST-2, praise or complaint in film reviews, by an encoder of less than 2 million parameters: hidden words of the
// training sentences first, their classes then; judged on the development sentences.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figureOf, type ReferenceRun } from './reference-run.ts';

const hidden = 'reference-sst2-hidden';
const classes = 'reference-sst2';
const model = {
  'num-hidden-layers': 2,
  'max-position-embeddings': 64,
  'hidden-dropout': 0.2,
  'attention-dropout': 0.1,
  'tokenizer-vocab-size': 8_192,
};
const common = { 'validation-fraction': 0.02, 'per-device-train-batch-size': 32, 'warmup-steps': 200 };

export const sst2: ReferenceRun = {
  name: 'sst2',
  title: 'SST-2: an encoder of less than 2 million parameters, 6,000 steps of hidden words, 1,000 of classes',
  data: {
    files: ['sst2/train.tsv', 'sst2/dev.tsv'],
    foundAt:
      'the Stanford Sentiment Treebank at nlp.stanford.edu/sentiment, sentences alone; text TAB 0 or 1',
  },
  async run(context) {
    const sentences = join(context.folder, 'sentences.jsonl');
    const rows = readFileSync(context.data('sst2/train.tsv'), 'utf8').trimEnd().split('\n');
    writeFileSync(sentences, rows.map((row) => `${JSON.stringify({ text: row.split('\t')[0] })}\n`).join(''));
    await context.train({
      task: 'mask',
      name: hidden,
      data: sentences,
      ...model,
      ...common,
      'max-steps': 6_000,
      'learning-rate': 0.001,
      'eval-steps': 1_000,
    });
    const { events } = await context.train({
      task: 'classify',
      from: hidden,
      name: classes,
      data: context.data('sst2/train.tsv'),
      header: false,
      'split-by': 'hash',
      ...common,
      'max-steps': 1_000,
      'learning-rate': 0.0003,
      'eval-steps': 250,
      'metric-for-best-model': 'accuracy',
    });
    const judged = await context.evaluate({
      run: classes,
      data: context.data('sst2/dev.tsv'),
      header: false,
      part: 'all',
      metric: ['accuracy', 'f1'],
      'max-examples': 2_000,
    });
    const parameters = events.find(({ event }) => event === 'start')?.parameters as number;
    return {
      figures: [
        { name: 'parameters', value: parameters, unit: '' },
        {
          name: 'accuracy on the development sentences',
          value: 100 * figureOf(judged, 'accuracy'),
          unit: '%',
          goal: 78,
        },
        { name: 'macro-F1', value: 100 * figureOf(judged, 'f1'), unit: '%' },
      ],
    };
  },
};
