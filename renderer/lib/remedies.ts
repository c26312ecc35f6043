// What to do about a problem with settings, as changes that a button makes. Pure; nothing of Vue.

import type { RunSettings } from '../../engine/config.ts';
import type { Problem } from '../../preload/contract.ts';
import { fieldAt, valueAt, type SettingValue } from './draft-changes.ts';
import { formatInteger } from './format.ts';
import { choiceWords } from './setting-words.ts';

export interface Remedy {
  readonly words: string;
  readonly changes: Readonly<Record<string, SettingValue>>;
}

/**
 * The nearest change that solves a problem, or null where only the user can know. A model that is not there yet
 * can grow.
 */
export function remedyFor(problem: Problem, settings: RunSettings, canGrow = false): Remedy | null {
  const told = toldMend(problem, settings, canGrow);
  if (told) return told;
  const { path } = problem;
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

/** What the studio says would put it right, named by the setting that matters most. */
function toldMend({ mend }: Problem, settings: RunSettings, canGrow: boolean): Remedy | null {
  const [first] = Object.entries(mend ?? {});
  if (!mend || !first) return null;
  if (!canGrow && Object.keys(mend).some((path) => path.startsWith('model.'))) return null;
  const [path, value] = first;
  if (valueAt(settings, path) === value) return null;
  const shown = typeof value === 'number' ? formatInteger(value) : choiceWords(String(value));
  return { words: `${fieldAt(settings, path)?.label ?? path} ${shown}`, changes: mend };
}
