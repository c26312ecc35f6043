// What a look into a model shows in words and numbers: bits, cells, axes, places, shapes, colours.

import { describe, expect, it } from 'vitest';
import type { InspectedToken, Stage } from '../../../preload/contract.ts';
import { heatPixels, heatRamp, shadeOf } from '../../../renderer/lib/heat-colours.ts';
import {
  axesOf,
  bitsOf,
  cellWords,
  decodeFloats,
  fittingPlace,
  movedCell,
  stageRows,
  surpriseHeat,
  tokenTitle,
  weightAt,
} from '../../../renderer/lib/inspection.ts';

const token = (text: string, loss: number | null = null): InspectedToken => ({
  id: 1,
  text,
  isSpecial: false,
  loss,
});

describe('surprise', () => {
  it('is told in bits, and not where nothing foretold the token', () => {
    expect(bitsOf(token('a', Math.LN2 * 3))).toBeCloseTo(3, 12);
    expect(tokenTitle(token('␣loom', Math.LN2 * 6.5), 4)).toBe('4: “␣loom”, 6.50 bits');
    expect(tokenTitle(token('a'), 0)).toBe('0: “a”, nothing foretells it');
  });

  it('colours the more the higher it is, up to a bound', () => {
    expect([null, 0, 4, 8, 40].map(surpriseHeat)).toEqual([0, 0, 21, 42, 42]);
  });
});

describe('a map', () => {
  const table = { rows: 2, columns: 3, weights: Float32Array.of(0.1, 0.2, 0.7, 0.5, 0.25, 0.25) };
  const source = [token('der'), token('alte'), token('Turm')];
  const tokens = [token('<s>'), token('the')];

  it('has the tokens of its kind at its sides', () => {
    const names = (kind: 'encoder' | 'decoder' | 'cross', from = { source, tokens }) => {
      const { rows, columns } = axesOf(from, kind);
      return [rows.map(({ text }) => text).join(' '), columns.map(({ text }) => text).join(' ')];
    };
    expect(names('encoder')).toEqual(['der alte Turm', 'der alte Turm']);
    expect(names('decoder')).toEqual(['<s> the', '<s> the']);
    expect(names('cross')).toEqual(['<s> the', 'der alte Turm']);
    expect(names('encoder', { source: [], tokens })).toEqual(['<s> the', '<s> the']);
  });

  it('tells the weight of a cell in a sentence', () => {
    expect(weightAt(table, { row: 1, column: 0 })).toBe(0.5);
    expect(cellWords(table, { row: 1, column: 2 }, axesOf({ source, tokens }, 'cross'))).toBe(
      '“the” (1) looks at “Turm” (2): 0.250',
    );
  });

  it('is walked by the arrows and not left', () => {
    const from = { row: 1, column: 1 };
    const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'Enter'];
    expect(keys.map((key) => movedCell(from, key, table))).toEqual([
      { row: 0, column: 1 },
      { row: 1, column: 1 },
      { row: 1, column: 0 },
      { row: 1, column: 2 },
      { row: 1, column: 0 },
      { row: 1, column: 2 },
      null,
    ]);
  });

  it('reads weights as the studio writes them', () => {
    const bytes = Buffer.from(table.weights.buffer).toString('base64');
    expect(decodeFloats(bytes)).toEqual(table.weights);
  });
});

describe('the place of a head', () => {
  const attention = [
    { kind: 'encoder' as const, numLayers: 2, numHeads: 2 },
    { kind: 'cross' as const, numLayers: 4, numHeads: 8 },
  ];
  it('is kept where the model has it, else the nearest is taken', () => {
    const placeOf = (wanted: Parameters<typeof fittingPlace>[0]) => fittingPlace(wanted, attention)?.place;
    expect(placeOf({ kind: 'encoder', layer: 1, head: 1 })).toEqual({ kind: 'encoder', layer: 1, head: 1 });
    expect(placeOf({ kind: 'encoder', layer: 9, head: 9 })).toEqual({ kind: 'encoder', layer: 1, head: 1 });
    expect(placeOf({ kind: 'decoder', layer: 3, head: 5 })).toEqual({ kind: 'cross', layer: 3, head: 5 });
    expect(placeOf(null)).toEqual({ kind: 'cross', layer: 0, head: 0 });
    expect(fittingPlace(null, [])).toBeNull();
  });
});

describe('the rows of the shapes', () => {
  const stage = (
    part: Stage['part'],
    layer: number | null,
    operation: string,
    rest: Partial<Stage> = {},
  ): Stage => ({
    stack: 'decoder',
    part,
    layer,
    operation,
    parameters: [],
    takes: [{ name: 'norm(x)', shape: [9, 16] }],
    gives: [9, 16],
    ...rest,
  });

  it('are those outside the layers and those of one layer', () => {
    const weight = (layer: number) => [{ name: `transformer.h.${layer}.mlp.c_fc.weight`, shape: [16, 40] }];
    const rows = stageRows(
      [
        stage('embedding', null, 'embedding', { takes: [{ name: 'ids', shape: [9] }] }),
        stage('feed-forward', 0, 'matmul', { parameters: weight(0) }),
        stage('feed-forward', 0, 'matmul', { parameters: weight(0) }),
        stage('feed-forward', 1, 'matmul', { parameters: weight(1) }),
        stage('output', null, 'crossEntropy', { gives: [9] }),
      ],
      0,
    );
    expect(
      rows.map(({ place, operation, takes, parameters, gives }) => [
        place,
        operation,
        takes,
        parameters,
        gives,
      ]),
    ).toEqual([
      ['Embedding', 'Embedding', 'ids 9', '', '9 × 16'],
      ['Feed-forward, layer 0', 'Linear', '9 × 16', 'mlp.c_fc.weight 16 × 40', '9 × 16'],
      ['', 'Linear', '9 × 16', 'mlp.c_fc.weight 16 × 40', '9 × 16'],
      ['Output', 'Loss', '9 × 16', '', '9'],
    ]);
  });
});

describe('the colours of weights', () => {
  it('go from the paper over a hue towards the ink, small weights apart', () => {
    const ramp = heatRamp('#000000', '#0000ff', '#ffffff');
    expect(shadeOf(0.25)).toBe(0.5);
    const [none, small, all] = [0, 0.01, 1].map((weight) => [...heatPixels([weight], ramp)]);
    expect(none).toEqual([0, 0, 0, 255]);
    expect(small![2]).toBeGreaterThan(30);
    expect(all).toEqual([191, 191, 255, 255]);
  });
});
