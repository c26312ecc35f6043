// What is marked in the charts of a run, and which marks have room for their words.

import { expect, it } from 'vitest';
import { marksOf, sidesOfMarks } from '../../../../renderer/lib/charts/marks.ts';
import type { Checkpoint, RunEvent } from '../../../../preload/contract.ts';

const event = (step: number, key: string, value = ''): RunEvent => ({ step, timeMs: 0, key, value });
const checkpoint: Checkpoint = {
  reference: 'a@40',
  runId: 'a',
  step: 40,
  path: '/a/40',
  evalLoss: null,
  isBest: false,
  isMarked: false,
  sizeBytes: 1,
  createdAtMs: 0,
};

it('marks where a run went on, was changed, was saved and failed, in order; not its start', () => {
  const run = { step: 90, error: { code: 'non-finite', message: '', hint: '' } };
  const events = [event(0, 'started'), event(70, 'learningRate', '0.0005'), event(50, 'resumed')];
  expect(marksOf(run, events, [checkpoint])).toEqual([
    { step: 40, kind: 'checkpoint', label: 'checkpoint at step 40' },
    { step: 50, kind: 'resumed', label: 'resumed' },
    { step: 70, kind: 'change', label: 'rate 0.0005' },
    { step: 90, kind: 'trouble', label: 'not a number' },
  ]);
});

it('writes words beside a mark where they touch no others and stay in the plot', () => {
  const words = (x: number): { x: number; label: string } => ({ x, label: 'resumed' });
  const range = { from: 0, to: 100 };
  expect(sidesOfMarks([words(0), words(10), words(95)], range, 400)).toEqual(['after', 'none', 'before']);
});
