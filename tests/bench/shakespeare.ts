// nanoGPT's shakespeare-char-small from text to its last step, as a user runs it: 2,000 iterations on Tiny
// Shakespeare, evaluations and checkpoints included. nanoGPT's README publishes the loss this reaches there.

import { join } from 'node:path';
import { runHeddle } from './heddle-command.ts';
import type { Measure } from './measure.ts';

const preset = 'shakespeare-char-small';
const publishedLoss = 1.88;

export const shakespeare: Measure = {
  name: 'shakespeare',
  title: `${preset}, 2,000 iterations on the text of --data: held-out loss, and minutes from start to end`,
  async run({ report, dataPath, folder, threads }) {
    if (dataPath === null) {
      report.note('SKIPPED the shakespeare measure: give Tiny Shakespeare (input.txt) with --data FILE.');
      return;
    }
    const args = ['train', '--preset', preset, '--data', dataPath, '--device', 'cpu'];
    const { events, durationMs } = await runHeddle(
      [...args, '--threads', String(threads)],
      join(folder, 'home'),
    );
    const last = events.findLast(({ event }) => event === 'eval') as
      | { loss: number; step: number }
      | undefined;
    const done = events.findLast(({ event }) => event === 'done') as { step: number } | undefined;
    if (last?.step !== 2_000 || done?.step !== 2_000) throw new Error('the run did not reach step 2,000.');
    const { loss } = last;
    const name = `${this.name}-loss`;
    report.rows(this.title, [
      { name, value: loss, unit: 'nats', peer: null, ratio: null },
      { name, value: publishedLoss, unit: 'nats', peer: 'nanoGPT, published', ratio: publishedLoss / loss },
      {
        name: `${this.name}-time`,
        value: durationMs / 60_000,
        unit: 'minutes',
        peer: null,
        ratio: null,
      },
    ]);
  },
};
