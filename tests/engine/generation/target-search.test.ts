// Greedy and beam search on models that are tables: against transformers' `generate`, and against the best of
// all sequences there are.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BeamSearch, type BeamSettings } from '../../../engine/generation/beam-search.ts';
import { GreedySearch } from '../../../engine/generation/greedy-search.ts';
import type { TargetSearch } from '../../../engine/generation/target-search.ts';
import { testValues } from '../run-tape.ts';

type Table = readonly (readonly number[])[];

interface Golden {
  readonly start: number;
  readonly end: number;
  readonly forbidden: readonly number[];
  readonly tables: readonly Table[];
  readonly cases: readonly (Pick<
    BeamSettings,
    'numBeams' | 'lengthPenalty' | 'earlyStopping' | 'maxNewTokens'
  > & {
    readonly table: number;
    readonly tokens: readonly number[];
  })[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../golden/generation/beams.json', import.meta.url), 'utf8'),
) as Golden;

/** Runs a search on a model whose logits are the table's row of the last token; counts its steps. */
function searchTable(
  search: TargetSearch,
  table: Table,
  start: number,
  beams: number,
): { tokens: readonly number[]; steps: number } {
  let last: readonly number[] = Array.from({ length: beams }, () => start);
  let steps = 0;
  while (!search.isDone) {
    last = search.step(Float32Array.from(last.flatMap((token) => table[token]!))).tokens;
    steps++;
  }
  return { tokens: search.best(), steps };
}

function beamSettings(given: Partial<BeamSettings>): BeamSettings {
  return {
    numBeams: 4,
    maxNewTokens: 8,
    endTokenId: 1,
    knownTokens: Infinity,
    neverWritten: [],
    lengthPenalty: 1,
    earlyStopping: false,
    ...given,
  };
}

describe('search', () => {
  it.each(golden.cases)(
    'writes what transformers writes: table $table, $numBeams beams, penalty $lengthPenalty, early $earlyStopping',
    ({ table, tokens, ...options }) => {
      const { start, end, forbidden, tables } = golden;
      const settings = beamSettings({ ...options, endTokenId: end, neverWritten: forbidden });
      const search = options.numBeams === 1 ? new GreedySearch(settings) : new BeamSearch(settings);
      expect(searchTable(search, tables[table]!, start, options.numBeams).tokens).toEqual(tokens);
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    'finds the best of all sequences with beams enough for them: seed %i',
    (seed) => {
      const vocabSize = 3;
      const maxNewTokens = 4;
      const values = testValues(vocabSize ** 2, seed, 2);
      const table = Array.from({ length: vocabSize }, (_, row) => [
        ...values.subarray(row * vocabSize, (row + 1) * vocabSize),
      ]);
      const search = new BeamSearch(
        beamSettings({ numBeams: vocabSize ** maxNewTokens, maxNewTokens, lengthPenalty: 0.7 }),
      );
      const { tokens } = searchTable(search, table, 0, vocabSize ** maxNewTokens);
      expect(tokens).toEqual(bestSequence(table, 0, 1, maxNewTokens, 0.7));
    },
  );

  it('never chooses a token that the tokenizer does not know, nor one that is not to be written', () => {
    const table = Array.from({ length: 6 }, () => [0, 0.5, 1, 2, 3, 4]);
    const limits = { knownTokens: 4, neverWritten: [3], maxNewTokens: 3 };
    expect(searchTable(new BeamSearch(beamSettings(limits)), table, 0, 4).tokens).toEqual([2, 2, 2]);
    expect(searchTable(new GreedySearch(beamSettings(limits)), table, 0, 1).tokens).toEqual([2, 2, 2]);
  });

  it('stops at as many hypotheses as beams when that is asked for', () => {
    const { start, end, tables } = golden;
    const steps = (earlyStopping: BeamSettings['earlyStopping']): number => {
      const settings = beamSettings({ earlyStopping, endTokenId: end, maxNewTokens: 40, lengthPenalty: 3 });
      return searchTable(new BeamSearch(settings), tables[2]!, start, 4).steps;
    };
    expect(steps(true)).toBeLessThan(steps('never'));
  });

  it('says which beam each token goes on from', () => {
    const search = new BeamSearch(beamSettings({ numBeams: 2, endTokenId: 0 }));
    const first = search.step(Float32Array.of(-9, 1, 0.9, -9, -9, 1, 0.9, -9));
    expect(first).toEqual({ tokens: [1, 2], parents: [0, 0] });
    // The second beam has both of the best ways to go on.
    const second = search.step(Float32Array.of(2, 2, 2, 2, -9, -9, 5, 5.1));
    expect(second).toEqual({ tokens: [3, 2], parents: [1, 1] });
  });
});

/** The sequence with the highest score of all, its end token left out. */
function bestSequence(
  table: Table,
  start: number,
  end: number,
  maxNewTokens: number,
  lengthPenalty: number,
): number[] {
  let best: number[] = [];
  let highest = -Infinity;
  const visit = (tokens: readonly number[], score: number): void => {
    const row = table[tokens.at(-1) ?? start]!;
    const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
    row.forEach((value, token) => {
      const sum = score + value - total;
      const length = tokens.length + 1;
      if (token !== end && length < maxNewTokens) visit([...tokens, token], sum);
      else if (sum / length ** lengthPenalty > highest) {
        highest = sum / length ** lengthPenalty;
        best = token === end ? [...tokens] : [...tokens, token];
      }
    });
  };
  visit([], 0);
  return best;
}
