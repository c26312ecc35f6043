// What the key-value cache saves while 512 tokens are written: Heddle with it against Heddle that reads the
// whole text again for every token.

import { isDecoder } from '../../engine/config.ts';
import { presets } from '../../engine/models/presets.ts';
import type { Measure } from './measure.ts';
import { raceOwnWays } from './own-race.ts';
import { speedRows } from './step-rows.ts';

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
    const ways = await raceOwnWays(context, {
      file: 'heddle-generation.ts',
      word: 'cached',
      other: { word: 'whole', peer: 'Heddle without cache' },
      figure: 'sum of the logits',
    });
    context.report.rows(this.title, speedRows(this.name, 'tokens', ways, cacheLengths.length));
  },
};
