// Batches of texts with hidden tokens: which rows they name to be scored, and that there is room for all of them.

import { describe, expect, it } from 'vitest';
import { bertFields, dataFields, defaultsOf, trainingFields, tuningFields } from '../../../engine/config.ts';
import { batchShapes } from '../../../engine/data/batch-shapes.ts';
import { collateMasked } from '../../../engine/data/collate-masked.ts';
import { ignoreIndex } from '../../../engine/ignore-index.ts';
import { randomKey } from '../../../engine/random.ts';

const filling = { padTokenId: 0, vocabSize: 100, maxPositions: 128 };
const masking = { probability: 0.15, maskTokenId: 3, specialTokenIds: new Set([0, 1, 2, 3]) };
const examples = [40, 12, 64].map((length) => ({
  ids: Uint32Array.from({ length }, (_, i) => 4 + ((i * 37) % 96)),
  trainedOn: new Uint8Array(length).fill(1),
}));
const key = randomKey(7, 'masking', 0);
const collate = (side: 'left' | 'right', scoredRows?: number) =>
  collateMasked(examples, { batch: 3, length: 64, scoredRows }, { ...filling, side }, masking, key);

describe('collateMasked', () => {
  it.each(['left', 'right'] as const)('names the rows of the hidden tokens in order, padded %s', (side) => {
    const all = collate(side);
    const targets = all.inputs.targets!;
    const rows = [...targets.keys()].filter((row) => targets[row] !== ignoreIndex);
    const scored = collate(side, 60);
    expect(scored.targetCount).toBe(all.targetCount);
    expect(scored.targetCount).toBe(rows.length);
    expect(scored.inputs.ids).toEqual(all.inputs.ids);
    const none = Array.from({ length: 60 - rows.length }, () => ignoreIndex);
    expect([...scored.inputs.scoredRows!]).toEqual([...rows, ...none]);
    expect([...scored.inputs.targets!]).toEqual([...rows.map((row) => targets[row]!), ...none]);
  });

  it('counts no more than there is room for', () => {
    const whole = collate('right', 60);
    const few = collate('right', 5);
    expect(few.targetCount).toBe(5);
    expect(few.inputs.targets).toEqual(whole.inputs.targets!.subarray(0, 5));
    expect(few.inputs.ids).toEqual(whole.inputs.ids);
  });
});

describe('the rows that masked batches score', () => {
  it.each([
    { batch: 1, length: 8, share: 1 },
    { batch: 4, length: 32, share: 0.5 },
    { batch: 32, length: 128, share: 0.2 },
  ])('have room for what chance hides: $batch texts of $length', ({ batch, length, share }) => {
    const shapes = batchShapes({
      schemaVersion: 1,
      task: 'mask',
      preset: null,
      model: { modelType: 'bert', ...defaultsOf(bertFields), vocabSize: 100, maxPositionEmbeddings: length },
      training: {
        ...defaultsOf(trainingFields),
        perDeviceTrainBatchSize: batch,
        maxLength: 0,
        padding: 'max_length',
      },
      data: defaultsOf(dataFields),
      tuning: defaultsOf(tuningFields),
      labels: [],
    });
    const scoredRows = shapes[0]!.scoredRows!;
    const texts = Array.from({ length: batch }, () => ({
      ...examples[2]!,
      ids: new Uint32Array(length).fill(9),
    }));
    let most = 0;
    for (let time = 0; time < 40; time++) {
      const shape = { batch, length, scoredRows: batch * length };
      const at = randomKey(7, 'masking', time);
      const { targetCount } = collateMasked(texts, shape, { ...filling, side: 'right' }, masking, at);
      most = Math.max(most, targetCount);
    }
    expect(scoredRows).toBeGreaterThan(most);
    // Of a large batch little more than the share that is hidden.
    expect(scoredRows).toBeLessThanOrEqual(share * batch * length);
  });
});
