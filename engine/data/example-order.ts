// In which order examples are visited: permuted anew in each epoch, and within stretches of it grouped by length,
// so that a batch holds examples of like length. Everything follows from seed and place.

import { permuted, randomKey } from '../random.ts';

/** Batches within which examples are sorted by length. */
const batchesPerStretch = 32;

export interface ExampleOrder {
  /** Sequences in an epoch: whole batches, where there are enough examples for one. */
  readonly sequencesPerEpoch: number;
  /** The example at a place counted from the start of the run. */
  at(place: number): number;
}

/** The order of `count` examples; `lengthOf` groups by length where it is given. */
export function exampleOrder(
  count: number,
  batchSize: number,
  seed: number,
  lengthOf: ((index: number) => number) | null,
): ExampleOrder {
  // What is left over is another part of the data in each epoch.
  const sequencesPerEpoch = count < batchSize ? count : count - (count % batchSize);
  const plain = (epoch: number, place: number): number =>
    permuted(place, count, randomKey(seed, 'order', epoch));
  if (!lengthOf || count < batchSize) {
    return {
      sequencesPerEpoch,
      at: (place) => plain(Math.floor(place / sequencesPerEpoch), place % sequencesPerEpoch),
    };
  }
  const stretchLength = batchSize * batchesPerStretch;
  let known = { epoch: -1, stretch: -1, order: [] as number[] };
  return {
    sequencesPerEpoch,
    at(place) {
      const epoch = Math.floor(place / sequencesPerEpoch);
      const within = place % sequencesPerEpoch;
      const stretch = Math.floor(within / stretchLength);
      if (known.epoch !== epoch || known.stretch !== stretch) {
        const first = stretch * stretchLength;
        const size = Math.min(stretchLength, sequencesPerEpoch - first);
        const indexes = Array.from({ length: size }, (_, i) => plain(epoch, first + i));
        indexes.sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
        const batches = size / batchSize;
        const key = randomKey(seed, 'order', epoch * 65_536 + stretch + 1);
        const order = Array.from({ length: batches }, (_, i) => permuted(i, batches, key)).flatMap((batch) =>
          indexes.slice(batch * batchSize, (batch + 1) * batchSize),
        );
        known = { epoch, stretch, order };
      }
      return known.order[within % stretchLength]!;
    },
  };
}
