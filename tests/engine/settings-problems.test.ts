// Settings as someone types them: each thing that is wrong is said at its setting, in words, and all at once.

import { expect, it } from 'vitest';
import { checkSettings } from '../../engine/settings-problems.ts';
import { presets } from '../../engine/models/presets.ts';

const { settings } = presets[1]!;
const pathsOf = (value: unknown): string[] => checkSettings(value).problems.map(({ path }) => path);

it('finds nothing wrong with the presets', () => {
  for (const preset of presets) {
    expect(checkSettings(preset.settings)).toEqual({ settings: preset.settings, problems: [] });
  }
});

it('names each setting that is out of range, of the wrong type or unknown', () => {
  const value = {
    ...settings,
    model: { ...settings.model, numHiddenLayers: 0, hiddenAct: 'sine' },
    training: { ...settings.training, learningRate: 'fast', batch: 3 },
  };
  const { settings: whole, problems } = checkSettings(value);
  expect(whole).toBeNull();
  expect(Object.fromEntries(problems.map(({ path, message }) => [path, message]))).toEqual({
    'model.numHiddenLayers': 'Layers must be a whole number from 1 to 256 layers.',
    'model.hiddenAct': 'Activation must be one of gelu, gelu_new, relu, silu.',
    'training.learningRate': 'Learning rate must be a number from 0 to 100.',
    'training.batch': 'There is no setting "batch" in training.',
  });
});

it('names settings that contradict each other', () => {
  const model = { ...settings.model, hiddenSize: 130 };
  const training = { ...settings.training, numTrainEpochs: 1, maxLength: 65 };
  expect(pathsOf({ ...settings, model, training })).toEqual([
    'model.hiddenSize',
    'training.maxSteps',
    'training.maxLength',
  ]);
});

it.each([null, 7, 'x', [], {}, { model: { modelType: 'rnn' } }, { schemaVersion: 99 }])(
  'throws for nothing, not for %j',
  (value) => {
    const { settings: whole, problems } = checkSettings(value);
    expect(whole).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
    for (const { message } of problems) expect(message).not.toBe('');
  },
);
