// The command line that starts the run that settings describe: only what differs from the preset, quoted for
// a POSIX shell.

import { flagOf, presets, type RunSettings } from '../../engine/index.ts';
import { changeSettings } from '../cli/setting-flags.ts';

const program = 'npm run heddle -- train';
/** The preset of a command that names none. */
const defaultPreset = presets[0]!;

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
  for (const section of ['model', 'training', 'data'] as const) {
    const before = base[section] as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(settings[section])) {
      // The tokenizer decides the vocabulary.
      if (value === before[name] || name === 'vocabSize' || isOtherLength(name, value)) continue;
      words.push(...flagWords(name, value));
    }
  }
  return words.join(' ');
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
