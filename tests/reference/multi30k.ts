// Multi30k, English to German, by an encoder-decoder of 3.3 million parameters, judged by sacreBLEU's measure on the
// validation sentences, of which training sees none.

import { figureOf, type Flags, type ReferenceRun } from './reference-run.ts';

const name = 'reference-multi30k';
const settings: Flags = {
  task: 'translate',
  'norm-first': true,
  'max-steps': 8_000,
  'per-device-train-batch-size': 32,
  'group-by-length': true,
  'hidden-size': 192,
  'num-hidden-layers': 3,
  'num-attention-heads': 4,
  'intermediate-size': 512,
  'max-position-embeddings': 64,
  'max-length': 48,
  dropout: 0.1,
  'attention-dropout': 0.1,
  'activation-dropout': 0.1,
  'tokenizer-vocab-size': 4_000,
  'validation-fraction': 0.02,
  'learning-rate': 0.0012,
  'lr-scheduler-type': 'cosine',
  'warmup-steps': 400,
  'adam-beta2': 0.98,
  'label-smoothing-factor': 0.1,
  'eval-steps': 1_000,
  'predict-examples': 200,
  'metric-for-best-model': 'bleu',
};

export const multi30k: ReferenceRun = {
  name: 'multi30k',
  title:
    'Multi30k, English to German: an encoder-decoder of 3.3 million parameters, 8,000 steps of 32 sentences',
  data: {
    files: ['multi30k/train.en', 'multi30k/train.de', 'multi30k/val.en', 'multi30k/val.de'],
    foundAt:
      'Multi30k, task 1 (Elliott et al. 2016): the repository multi30k/dataset on GitHub, data/task1/raw',
  },
  async run(context) {
    const pair = (part: string): Flags => ({
      data: context.data(`multi30k/${part}.en`),
      target: context.data(`multi30k/${part}.de`),
    });
    const { events } = await context.train({ name, ...pair('train'), ...settings });
    const judged = await context.evaluate({
      run: name,
      ...pair('val'),
      part: 'all',
      metric: ['bleu', 'chrf'],
      beams: 4,
      'max-examples': 2_000,
    });
    const parameters = events.find(({ event }) => event === 'start')?.parameters as number;
    process.stdout.write(`    ${Object.values(judged.signatures).join('; ')}\n`);
    return {
      figures: [
        { name: 'parameters', value: parameters, unit: '' },
        { name: 'BLEU on the validation sentences', value: figureOf(judged, 'bleu'), unit: '', goal: 30 },
        { name: 'chrF', value: figureOf(judged, 'chrf'), unit: '' },
      ],
    };
  },
};
