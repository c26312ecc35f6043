// What to do about a problem with settings, as changes that a button makes. Pure; nothing of Vue.

import { flagOf, type RunSettings } from '../../engine/config.ts';
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
  const named = namedInHint(problem, settings, canGrow);
  if (named) return named;
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

const lengthPaths = ['training.maxLength', 'training.maxTargetLength'];

/** A hint may say which number would do: `--max-length 73 keeps all`, `The longest needs 285 tokens`. */
function namedInHint({ path, hint }: Problem, settings: RunSettings, canGrow: boolean): Remedy | null {
  const field = fieldAt(settings, path);
  const name = path.split('.')[1];
  if (!field || name === undefined) return null;
  if (field.type === 'choice') {
    const [, word = ''] = new RegExp(`${flagOf(name)} ([\\w.-]+)`).exec(hint) ?? [];
    const isOther = field.choices!.includes(word) && valueAt(settings, path) !== word;
    return isOther ? { words: `${field.label} ${choiceWords(word)}`, changes: { [path]: word } } : null;
  }
  if (field.type !== 'integer') return null;
  const [, digits] = new RegExp(`(?:${flagOf(name)}|needs) (\\d+)`).exec(hint) ?? [];
  if (digits === undefined) return null;
  const value = Number(digits);
  const isBeyond = lengthPaths.includes(path) && value > settings.model.maxPositionEmbeddings;
  if (!isBeyond) return { words: `${field.label} ${formatInteger(value)}`, changes: { [path]: value } };
  if (!canGrow) return null;
  // The sequences are as long as the context where nothing else is said.
  const changes = { 'model.maxPositionEmbeddings': value, [path]: 0 };
  return { words: `Context length ${formatInteger(value)}`, changes };
}
