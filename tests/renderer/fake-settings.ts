// Settings before a run exists, as the invented studio answers: presets that can be kept, problems as the engine
// finds them, and figures that follow from layers, batch and steps in a way that tests can foretell.

import { checkSettings } from '../../engine/settings-problems.ts';
import { presets as shippedPresets } from '../../engine/models/presets.ts';
import type { CallInput, CallOutput, Checkpoint, Estimate, Preset } from '../../preload/contract.ts';

/** The shipped presets, the first at sizes of its own, so that tuning it changes no test of the page. */
export const presets: Preset[] = shippedPresets.map((preset, index) => {
  if (index > 0) return { ...preset, isOwn: false };
  const { settings } = preset;
  const model = { ...settings.model, hiddenSize: 128, numHiddenLayers: 4, intermediateSize: 512 };
  const pace = { maxSteps: 700, evalSteps: 100, warmupSteps: 50, learningRate: 2e-3, minLearningRate: 2e-4 };
  return {
    ...preset,
    isOwn: false,
    settings: { ...settings, model, training: { ...settings.training, ...pace } },
  };
});

/** Opened weights as a reference finds them, and what they tell of themselves: a model, no training. */
export const openedWeights: Omit<Checkpoint, 'reference' | 'path'> = {
  runId: null,
  step: 0,
  evalLoss: null,
  isBest: false,
  isMarked: false,
  sizeBytes: 548e6,
  createdAtMs: 0,
};
const openedModel = presets.find(({ name }) => name === 'gpt2-124m')!.settings.model;
export const openedSettings = { model: openedModel, data: presets[0]!.settings.data };

/** Of the first preset. */
const estimate: Estimate = {
  parameterCount: 804_096,
  parameterBytes: 3_216_384,
  gradientBytes: 3_216_384,
  optimizerBytes: 6_432_768,
  activationBytes: 48e6,
  totalBytes: 61e6,
  availableBytes: 8e9,
  fits: true,
  trainTokens: 65_080,
  tokensPerParameter: 0.081,
  totalSteps: 700,
  epochs: 5.8,
  totalFlops: 2.6e12,
  stepMs: { low: 40, high: 60 },
  durationMs: { low: 28_000, high: 42_000 },
  measuredFrom: 'product',
};

/** Answers by call name; one home's own presets are kept in it. */
export function createFakeSettings(): Record<string, (input: never) => unknown> {
  const own = new Map<string, Preset>();
  return {
    'presets.list': () => [...presets, ...own.values()],
    'presets.save': ({ label, settings }: { label: string; settings: Preset['settings'] }) => {
      const saved = { name: label, label, help: 'Saved by you.', settings: { ...settings, preset: label } };
      own.set(label, { ...saved, isOwn: true });
      return own.get(label)!;
    },
    'presets.remove': ({ name }: { name: string }) => {
      own.delete(name);
      return {};
    },
    'settings.estimate': ({ settings: given }: CallInput<'settings.estimate'>) => estimateOf(given),
    'settings.asCommand': () => ({ text: 'npm run heddle -- train' }),
    'settings.asPyTorch': () => ({ text: 'import torch' }),
  };
}

function estimateOf(given: unknown): CallOutput<'settings.estimate'> {
  const { settings, problems } = checkSettings(given);
  if (!settings || problems.length > 0) return { problems: [...problems], estimate: null, suggestions: [] };
  const { model, training } = settings;
  const batch = training.perDeviceTrainBatchSize;
  const totalSteps = training.maxSteps || 700;
  const totalBytes = (estimate.totalBytes * batch) / 12;
  const fits = estimate.availableBytes === null || totalBytes <= estimate.availableBytes;
  const durationMs = { low: 40 * totalSteps, high: 60 * totalSteps };
  const parameterCount = (estimate.parameterCount / 4) * model.numHiddenLayers;
  const changes = {
    'training.perDeviceTrainBatchSize': 12,
    'training.gradientAccumulationSteps': batch / 12,
  };
  const suggestions = fits ? [] : [{ words: 'Batches of 12', changes }];
  return {
    problems: [],
    estimate: { ...estimate, parameterCount, totalBytes, fits, totalSteps, durationMs },
    suggestions,
  };
}
