// What to do about a problem with settings, as changes that a button makes. Pure; nothing of Vue.

import type { RunSettings } from '../../engine/config.ts';
import type { Problem } from '../../preload/contract.ts';
import type { SettingValue } from './draft-changes.ts';

export interface Remedy {
  readonly words: string;
  readonly changes: Readonly<Record<string, SettingValue>>;
}

/** The nearest change that solves a problem, or null where only the user can know. */
export function remedyFor({ path }: Problem, settings: RunSettings): Remedy | null {
  const { model, training } = settings;
  const { hiddenSize, numAttentionHeads: heads } = model;
  switch (path) {
    case 'model.hiddenSize': {
      const width = Math.max(1, Math.round(hiddenSize / heads)) * heads;
      return width === hiddenSize
        ? null
        : { words: `Width ${width}`, changes: { 'model.hiddenSize': width } };
    }
    case 'model.numKeyValueHeads':
      return { words: `As many as heads, ${heads}`, changes: { 'model.numKeyValueHeads': heads } };
    case 'model.headDim': {
      const size = 'headDim' in model ? model.headDim + 1 : 0;
      return size > 0 ? { words: `Head size ${size}`, changes: { 'model.headDim': size } } : null;
    }
    case 'training.maxLength':
      return training.maxLength > model.maxPositionEmbeddings
        ? { words: 'As long as the context', changes: { 'training.maxLength': 0 } }
        : null;
    case 'training.maxSteps':
      return training.maxSteps === 0 && training.numTrainEpochs === 0
        ? { words: 'One pass over the data', changes: { 'training.numTrainEpochs': 1 } }
        : null;
    default:
      return null;
  }
}
