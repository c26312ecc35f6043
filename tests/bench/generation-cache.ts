// What the key-value cache saves while 512 tokens are written: Heddle with it against Heddle that reads the
// whole text again for every token.

import { isDecoder } from '../../engine/config.ts';
import { presets } from '../../engine/models/presets.ts';
import type { Measure } from './measure.ts';
import { race, type Racer } from './race.ts';
import { nodeSubject } from './subject.ts';

/** Tokens that are written. */
export const cacheContext = 512;

/** The lengths at which a token is measured: the middles of 16 equal parts of the context. */
export const cacheLengths = Array.from({ length: 16 }, (_, i) => (cacheContext / 16) * (i + 0.5));

/** The model that writes. */
export const cacheModel = (() => {
  const model = presets.find(({ name }) => name === 'tinystories-15m')?.settings.model;
  if (!model || !isDecoder(model)) throw new Error('the preset of the generation bench is missing');
  return model;
})();

export const generationCache: Measure = {
  name: 'generation-cache',
  title: `tokens a second over ${cacheContext} tokens written with a key-value cache, against none`,
  async run(context) {
    const threads = String(context.threads);
    const racers = await race(
      [
        nodeSubject(null, 'heddle-generation.ts', [threads, 'cached']),
        nodeSubject('Heddle without cache', 'heddle-generation.ts', [threads, 'whole']),
      ],
      { isSlow: true },
    );
    const [own, without] = racers as [Racer, Racer];
    if (!(Math.abs(own.losses[0]! - without.losses[0]!) <= 1e-4 * without.losses[0]!)) {
      throw new Error(`with the cache the logits sum to ${own.losses[0]}, without to ${without.losses[0]}.`);
    }
    const speed = ({ medianMs }: Racer): number => (1000 * cacheLengths.length) / medianMs;
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
