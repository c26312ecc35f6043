// The settings of a run beside those of its preset, and what its result can be traced to.

import { expect, it } from 'vitest';
import { learningRateOf } from '../../../renderer/lib/run-figures.ts';
import { factsText, provenanceFacts } from '../../../renderer/lib/run-facts.ts';
import { settingGroups } from '../../../renderer/lib/setting-rows.ts';
import { presets } from '../fake-studio.ts';

const { settings } = presets[0]!;

it('says of each setting what the preset has, where that is something else', () => {
  const changed = { ...settings, training: { ...settings.training, learningRate: 0.01, warmupSteps: 1 } };
  const rows = settingGroups(changed, settings).flatMap((group) => group.rows);
  const differing = rows.filter(({ presetValue }) => presetValue !== null);
  expect(differing.map(({ key, value, presetValue }) => [key, value, presetValue])).toEqual([
    ['learningRate', '0.01', '0.002'],
    ['warmupSteps', '1 step', '50 steps'],
  ]);
});

it('calls a vocabulary that was made for the run no difference', () => {
  const preset = { ...settings, model: { ...settings.model, vocabSize: 0 } };
  const rows = settingGroups(settings, preset).flatMap((group) => group.rows);
  expect(rows.every(({ presetValue }) => presetValue === null)).toBe(true);
});

it('takes the learning rate from the last change, else from the settings', () => {
  const change = (value: string) => ({ step: 5, timeMs: 0, key: 'learningRate', value });
  expect(learningRateOf({ settings, events: [] })).toBe(0.002);
  expect(learningRateOf({ settings, events: [change('0.001'), change('0.0005')] })).toBe(0.0005);
});

it('names what a result can be traced to, and keeps names it does not know', () => {
  expect(factsText(provenanceFacts({ dataset: 'abc', commit: 'def' }))).toBe(
    'Dataset, SHA-256: abc\ncommit: def',
  );
});
