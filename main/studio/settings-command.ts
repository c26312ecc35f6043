// The command line that starts the run that settings describe: only what differs from the preset, quoted for
// a POSIX shell.

import { flagOf, presets, type RunSettings } from '../../engine/index.ts';
import { presetOf } from '../cli/presets.ts';
import { changeSettings, fixedNames, settingsOfOrigin } from '../cli/setting-flags.ts';
import { encoderLayers } from '../cli/setting-synonyms.ts';

const program = 'npm run heddle -- train';
/** A model that a run begins with. */
export interface CommandOrigin {
  /** As a user writes it: RUN@STEP, weights:ID or a folder. */
  readonly checkpoint: string;
  readonly isFork: boolean;
  /** As `checkpoints.settings` tells them. */
  readonly settings: unknown;
}

/**
 * `npm run heddle -- train --from …` for settings that begin with a model: what the model brings along is not
 * named. Without a dataset it trains on the one that the model was trained on.
 */
export function continueCommand(
  settings: RunSettings,
  dataset: string | null,
  origin: CommandOrigin,
): string {
  const words = [program, '--from', quoted(origin.checkpoint)];
  if (origin.isFork) words.push('--fork');
  if (dataset !== null) words.push('--dataset', quoted(dataset));
  const { task } = origin.settings as RunSettings;
  if (task !== settings.task) words.push('--task', settings.task);
  const isOtherData = !origin.isFork && (dataset !== null || task !== settings.task);
  const base = settingsOfOrigin(origin.settings, { preset: presetOf(settings.task).settings, isOtherData });
  words.push(...changedFlags(base, settings, ['training', 'data', 'tuning']));
  return words.join(' ');
}

/** `npm run heddle -- train …` for settings and the dataset and the kept tokenizer with this name or id. */
export function trainCommand(
  settings: RunSettings,
  dataset: string | null,
  tokenizer: string | null = null,
): string {
  const { task } = settings;
  const fitting = presetOf(task);
  const named = presets.find(({ name }) => name === settings.preset);
  // Without data and preset a command takes what the card of the task's sample says.
  const isOwn = named === undefined || named.name === fitting.name;
  const isNamed = !isOwn || (dataset === null && task !== 'text');
  const preset = isOwn ? fitting : named;
  const words = [program];
  if (dataset !== null) words.push('--dataset', quoted(dataset));
  const shipped = presets.find(({ name }) => name === preset.name);
  if (task !== (isNamed ? shipped?.settings.task : 'text')) words.push('--task', task);
  if (isNamed) words.push('--preset', preset.name);
  // Another form changes which settings there are: what it brings along is not named again.
  const { modelType } = settings.model;
  const isOtherForm = modelType !== preset.settings.model.modelType;
  if (isOtherForm) words.push('--model-type', modelType);
  const base = isOtherForm ? changeSettings(preset.settings, { modelType }) : preset.settings;
  if (tokenizer !== null) words.push('--kept-tokenizer', quoted(tokenizer));
  // What a kept tokenizer is made of it says itself.
  const data = tokenizer === null ? settings.data : { ...settings.data, ...recipeOf(base) };
  const changed = { ...settings, data };
  return [...words, ...changedFlags(base, changed, ['model', 'training', 'data', 'tuning'])].join(' ');
}

function recipeOf({
  data: { tokenizer, tokenizerVocabSize, splitPattern },
}: RunSettings): Pick<RunSettings['data'], 'tokenizer' | 'tokenizerVocabSize' | 'splitPattern'> {
  return { tokenizer, tokenizerVocabSize, splitPattern };
}

/** Flags for what settings say otherwise than those that a command begins with. */
function changedFlags(
  base: RunSettings,
  settings: RunSettings,
  sections: readonly ('model' | 'training' | 'data' | 'tuning')[],
): string[] {
  const comesWithModel = (name: string): boolean => !sections.includes('model') && fixedNames.has(name);
  return sections.flatMap((section) => {
    const before = base[section] as Readonly<Record<string, unknown>>;
    return Object.entries(settings[section]).flatMap(([name, value]) => {
      // The tokenizer decides the vocabulary.
      if (value === before[name] || name === 'vocabSize' || isOtherLength(name, value)) return [];
      return comesWithModel(name) ? [] : flagWords(flagNameOf(name, settings), value);
    });
  });
}

/** The number of layers of one stack alone, where a form has two: its own flag would set both. */
function flagNameOf(name: string, { model }: RunSettings): string {
  return name === 'numHiddenLayers' && 'numDecoderLayers' in model ? encoderLayers : name;
}

/** A run's length is steps or epochs; the one that is 0 follows from the other. */
function isOtherLength(name: string, value: unknown): boolean {
  return (name === 'maxSteps' || name === 'numTrainEpochs') && value === 0;
}

function flagWords(name: string, value: number | boolean | string): string[] {
  if (typeof value === 'boolean') return [value ? flagOf(name) : flagOf(name).replace('--', '--no-')];
  // A value that looks like a flag must not be taken for one.
  const text = String(value);
  return text.startsWith('-') ? [quoted(`${flagOf(name)}=${text}`)] : [flagOf(name), quoted(text)];
}

/** A word as a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
