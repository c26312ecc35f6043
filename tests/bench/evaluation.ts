// What evaluation costs beside training: the same model on the same text, all figures of `heddle eval` against
// whole training steps.

import type { Measure } from './measure.ts';
import { raceOwnWays } from './own-race.ts';
import { speedRows } from './step-rows.ts';
import { settingsOf } from './workload.ts';

/** The model and the batch that both ways take. */
export const evaluated = settingsOf('tinystories-15m');

export const evaluation: Measure = {
  name: 'evaluation',
  title:
    'tokens a second evaluated on the CPU, against trained on: tinystories-15m, 4 sequences of 512 tokens',
  async run(context) {
    const ways = await raceOwnWays(context, {
      file: 'heddle-evaluation.ts',
      word: 'evaluate',
      other: { word: 'train', peer: 'Heddle training' },
      figure: 'loss',
    });
    const tokens = evaluated.batchSize * evaluated.length;
    context.report.rows(this.title, speedRows(this.name, 'tokens', ways, tokens));
  },
};
