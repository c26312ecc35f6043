// What a preset comes to, as a few facts for someone who has not trained a model before.

import type { RunSettings } from '../../engine/config.ts';
import type { Estimate } from '../../preload/contract.ts';
import { formatBytes, formatCount, formatFixed, formatInteger } from './format.ts';

export interface PresetFact {
  readonly label: string;
  readonly value: string;
}

/** `estimate` is null until the studio has counted. */
export function presetFacts({ model, training, data }: RunSettings, estimate: Estimate | null): PresetFact[] {
  const length =
    training.maxSteps > 0
      ? `${formatInteger(training.maxSteps)} steps`
      : `${formatFixed(training.numTrainEpochs, 1)} epochs`;
  const reads = data.tokenizer === 'characters' ? 'characters' : 'pieces of words';
  return [
    { label: 'Model', value: `${model.numHiddenLayers} layers, ${formatInteger(model.hiddenSize)} wide` },
    ...(estimate
      ? [
          { label: 'Parameters', value: formatCount(estimate.parameterCount) },
          { label: 'Memory', value: formatBytes(estimate.totalBytes) },
        ]
      : []),
    { label: 'Reads', value: `${formatInteger(model.maxPositionEmbeddings)} ${reads} at once` },
    { label: 'Length', value: length },
    { label: 'Writes a sample', value: `every ${formatInteger(training.evalSteps)} steps` },
  ];
}
