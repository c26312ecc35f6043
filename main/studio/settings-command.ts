// The command line that starts the run that settings describe: only what differs from the preset, quoted for
// a POSIX shell.

import { flagOf, presets, type RunSettings } from '../../engine/index.ts';
import { changeSettings, defaultPreset, fixedNames, settingsOfOrigin } from '../cli/setting-flags.ts';

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
  words.push(...changedFlags(settingsOfOrigin(origin.settings), settings, ['training', 'data']));
  return words.join(' ');
}

/** `npm run heddle -- train …` for settings and the dataset with this name or id. */
export function trainCommand(settings: RunSettings, dataset: string | null): string {
  const preset = presets.find(({ name }) => name === settings.preset) ?? defaultPreset;
  const words = [program];
  if (dataset !== null) words.push('--dataset', quoted(dataset));
  if (preset !== defaultPreset) words.push('--preset', preset.name);
  // Another form changes which settings there are: what it brings along is not named again.
  const { modelType } = settings.model;
  const isOtherForm = modelType !== preset.settings.model.modelType;
  if (isOtherForm) words.push('--model-type', modelType);
  const base = isOtherForm ? changeSettings(preset.settings, { modelType }) : preset.settings;
  return [...words, ...changedFlags(base, settings, ['model', 'training', 'data'])].join(' ');
}

/** Flags for what settings say otherwise than those that a command begins with. */
function changedFlags(
  base: RunSettings,
  settings: RunSettings,
  sections: readonly ('model' | 'training' | 'data')[],
): string[] {
  const comesWithModel = (name: string): boolean => !sections.includes('model') && fixedNames.has(name);
  return sections.flatMap((section) => {
    const before = base[section] as Readonly<Record<string, unknown>>;
    return Object.entries(settings[section]).flatMap(([name, value]) => {
      // The tokenizer decides the vocabulary.
      if (value === before[name] || name === 'vocabSize' || isOtherLength(name, value)) return [];
      return comesWithModel(name) ? [] : flagWords(name, value);
    });
  });
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
