// What evaluation costs beside training: the same model on the same text, all figures of `heddle eval` against
// whole training steps.

import type { Measure } from './measure.ts';
import { race, type Racer } from './race.ts';
import { nodeSubject } from './subject.ts';
import { settingsOf } from './workload.ts';

/** The model and the batch that both ways take. */
export const evaluated = settingsOf('tinystories-15m');

export const evaluation: Measure = {
  name: 'evaluation',
  title:
    'tokens a second evaluated on the CPU, against trained on: tinystories-15m, 4 sequences of 512 tokens',
  async run(context) {
    const threads = String(context.threads);
    const racers = await race(
      [
        nodeSubject(null, 'heddle-evaluation.ts', [threads, 'evaluate']),
        nodeSubject('Heddle training', 'heddle-evaluation.ts', [threads, 'train']),
      ],
      { isSlow: true },
    );
    const [own, training] = racers as [Racer, Racer];
    if (!(Math.abs(own.losses[0]! - training.losses[0]!) <= 1e-4 * training.losses[0]!)) {
      throw new Error(
        `the loss is ${own.losses[0]} evaluated and ${training.losses[0]} before the first step.`,
      );
    }
    const speed = ({ medianMs }: Racer): number => (1000 * evaluated.batchSize * evaluated.length) / medianMs;
    context.report.rows(
      this.title,
      racers.map((racer) => ({
        name: this.name,
        value: speed(racer),
        unit: 'tokens/s',
        peer: racer.peer,
        ratio: racer.peer === null ? null : speed(own) / speed(racer),
      })),
    );
  },
};
