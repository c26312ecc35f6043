// The files of a part of tokens: what is read back, at any place, is what was written, and files that say
// nothing new are not written.

import { existsSync, mkdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainingBatch } from '../../../engine/data/windows.ts';
import { ignoreIndex } from '../../../engine/ignore-index.ts';
import {
  isPartWhole,
  openPart,
  writePart,
  type BytesPerToken,
} from '../../../main/engine-host/shard-part.ts';
import type { TokenPiece } from '../../../main/engine-host/token-piece.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();

interface Token {
  readonly id: number;
  readonly isTrainedOn: boolean;
}

function newFolder(): string {
  const folder = temp.path('part');
  mkdirSync(folder);
  return folder;
}

/** Rows cut into pieces of at most `most` tokens; pieces that are trained on as a whole say so by null. */
async function* pieces(rows: readonly (readonly Token[])[], most = 3): AsyncGenerator<TokenPiece> {
  for (const row of rows) {
    yield { ids: new Uint32Array(0), startsExample: true, trainedOn: null };
    for (let start = 0; start < row.length; start += most) {
      const some = row.slice(start, start + most);
      yield {
        ids: Uint32Array.from(some, ({ id }) => id),
        startsExample: false,
        trainedOn: some.every(({ isTrainedOn }) => isTrainedOn)
          ? null
          : Uint8Array.from(some, ({ isTrainedOn }) => Number(isTrainedOn)),
      };
    }
  }
}

const rowsOf = (largestId: number): fc.Arbitrary<Token[][]> => {
  const token = fc.record({ id: fc.nat(largestId), isTrainedOn: fc.boolean() });
  const whole = fc.record({ id: fc.nat(largestId), isTrainedOn: fc.constant(true) });
  return fc.array(fc.oneof(fc.array(token, { maxLength: 21 }), fc.array(whole, { maxLength: 40 })), {
    minLength: 1,
    maxLength: 12,
  });
};

const cases = fc.oneof(
  fc.record({ bytesPerToken: fc.constant<BytesPerToken>(2), rows: rowsOf(0xffff) }),
  fc.record({ bytesPerToken: fc.constant<BytesPerToken>(4), rows: rowsOf(0xfffffffe) }),
);

describe('a part of tokens', () => {
  it('is read back as it was written, at any place', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), fc.nat(), async ({ bytesPerToken, rows }, a, b) => {
        const folder = newFolder();
        const all = rows.flat();
        const counts = await writePart(folder, 'train', bytesPerToken, pieces(rows));
        expect(counts).toEqual({
          tokens: all.length,
          examples: rows.length,
          trainedOn: all.filter(({ isTrainedOn }) => isTrainedOn).length,
        });
        expect(await isPartWhole(folder, 'train', bytesPerToken, counts)).toBe(true);
        const { tokens, close } = await openPart(folder, 'train', bytesPerToken, counts);
        const start = a % (all.length + 1);
        const count = b % (all.length - start + 1);
        const slice = all.slice(start, start + count);
        expect([...(await tokens.read(start, count))]).toEqual(slice.map(({ id }) => id));
        const flags = (await tokens.readTrainedOn?.(start, count)) ?? new Uint8Array(count).fill(1);
        expect([...flags]).toEqual(slice.map(({ isTrainedOn }) => Number(isTrainedOn)));
        expect(tokens.readTrainedOn === undefined).toBe(counts.trainedOn === all.length);
        let next = 0;
        const starts = rows.map((row) => (next += row.length) - row.length);
        expect(tokens.exampleCount).toBe(rows.length);
        const first = a % rows.length;
        expect(await tokens.readExampleStarts(first, rows.length - first)).toEqual(starts.slice(first));
        await close();
      }),
      { numRuns: 60 },
    );
  });

  it('gives batches whose targets are the next tokens, hidden where these are not trained on', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 1, max: 9 }), fc.nat(99), async (made, length, seed) => {
        const { bytesPerToken, rows } = made;
        const all = rows.flat();
        fc.pre(all.length > length);
        const folder = newFolder();
        const counts = await writePart(folder, 'train', bytesPerToken, pieces(rows, 5));
        const { tokens, close } = await openPart(folder, 'train', bytesPerToken, counts);
        // Every place where a window may begin, the edges of rows included, comes up as a token's own index.
        const places = {
          ...tokens,
          read: (start: number, count: number) => Promise.resolve(range(start, count)),
        };
        const [batch, where] = await Promise.all(
          [tokens, places].map((source) => trainingBatch(source, 0, 4, length, seed)),
        );
        const expected = [...where!.ids].map((at) => all[at + 1]!);
        expect([...batch!.ids]).toEqual([...where!.ids].map((at) => all[at]!.id));
        expect([...batch!.targets]).toEqual(
          expected.map(({ id, isTrainedOn }) => (isTrainedOn ? id : ignoreIndex)),
        );
        expect(batch!.targetCount).toBe(expected.filter(({ isTrainedOn }) => isTrainedOn).length);
        await close();
      }),
      { numRuns: 60 },
    );
  });

  it('keeps no flags where every token is trained on, and one bit a token elsewhere', async () => {
    const folder = newFolder();
    const row = Array.from({ length: 1_001 }, (_, id) => ({ id, isTrainedOn: true }));
    await writePart(folder, 'all', 2, pieces([row], 100));
    expect(existsSync(join(folder, 'all.flags.bin'))).toBe(false);
    const some = row.map((token, i) => (i === 1_000 ? { ...token, isTrainedOn: false } : token));
    await writePart(folder, 'some', 2, pieces([some], 100));
    const bits = readFileSync(join(folder, 'some.flags.bin'));
    expect(bits).toHaveLength(126);
    expect([...bits.subarray(0, 125)].every((byte) => byte === 0xff)).toBe(true);
    expect(bits[125]).toBe(0);
    expect(statSync(join(folder, 'some.bin')).size).toBe(2_002);
  });

  it('that lost a byte is not whole', async () => {
    const folder = newFolder();
    const row = Array.from({ length: 20 }, (_, id) => ({ id, isTrainedOn: id > 3 }));
    const counts = await writePart(folder, 'train', 2, pieces([row]));
    for (const name of ['train.bin', 'train.starts.bin', 'train.flags.bin']) {
      const file = join(folder, name);
      const bytes = readFileSync(file);
      truncateSync(file, bytes.length - 1);
      expect(await isPartWhole(folder, 'train', 2, counts), name).toBe(false);
      truncateSync(file, bytes.length);
      expect(await isPartWhole(folder, 'train', 2, counts), name).toBe(true);
    }
  });
});

function range(start: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => start + i);
}
