// Which figures events bring, by their keys.

import { expect, it } from 'vitest';
import { metricsOf } from '../../../main/engine-host/metric-points.ts';
import { parseRecord, recordName, RecordKeeper } from '../../../main/engine-host/run-record.ts';

it('the figures of a task have keys beside loss and perplexity', () => {
  const event = { type: 'eval', step: 3, epoch: 1, loss: 2, perplexity: 7.4, isBest: true } as const;
  expect(metricsOf({ ...event, metrics: { accuracy: 0.5, bleu: 21 } })).toEqual({
    step: 3,
    epoch: 1,
    values: { 'eval/loss': 2, 'eval/perplexity': 7.4, 'eval/accuracy': 0.5, 'eval/bleu': 21 },
  });
  expect(Object.keys(metricsOf({ ...event, metrics: {} })!.values)).toEqual(['eval/loss', 'eval/perplexity']);
});

it('what a checkpoint keeps of a sample holds its examples', () => {
  const keeper = new RecordKeeper('cpu');
  const examples = [{ input: 'loom', target: 'Webstuhl', output: 'Stuhl' }];
  keeper.hear({ type: 'sample', step: 3, prompt: '', text: '', examples });
  keeper.hear({ type: 'sample', step: 4, prompt: 'Once', text: ' upon' });
  const record = parseRecord(keeper.files(4)[recordName]!);
  expect(record?.samples).toMatchObject([
    { step: 3, examples },
    { step: 4, examples: [] },
  ]);
});
