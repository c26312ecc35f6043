// Rotary frequencies against those that transformers computes, of every kind that is supported.

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { RotaryConfig } from '../../engine/config.ts';
import { readHfConfig } from '../../engine/formats/hf-config.ts';
import { inverseFrequencies } from '../../engine/rotary-frequencies.ts';

// A bit of the last place here and there is what two libraries' powers differ by.
const tolerance = 2.5e-7;

const path = new URL('../golden/models/rotary.json', import.meta.url);
const goldens = JSON.parse(await readFile(path, 'utf8')) as {
  config: { head_dim: number; rope_scaling: { rope_type: string } | null };
  inverseFrequencies: number[];
}[];

it.each(goldens)(
  'of $config.rope_scaling, $config.head_dim to a head',
  ({ config, inverseFrequencies: expected }) => {
    const { model } = readHfConfig(JSON.stringify(config));
    expect(model).toMatchObject({ ropeType: config.rope_scaling?.rope_type ?? 'default' });
    const actual = inverseFrequencies(model as RotaryConfig);
    expect(actual.length).toBe(config.head_dim / 2);
    for (const [i, frequency] of expected.entries()) {
      expect(Math.abs(actual[i]! / frequency - 1), `frequency ${i}`).toBeLessThan(tolerance);
    }
  },
);

it('are of all kinds in the golden file', () => {
  const kinds = new Set(goldens.map(({ config }) => config.rope_scaling?.rope_type ?? 'default'));
  expect([...kinds].sort()).toEqual(['default', 'linear', 'llama3']);
});
