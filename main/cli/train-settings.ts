// Which settings a training command means: a preset or what the run begins from, changed by the card of the sample
// where no data is named, by a settings file, by flags.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { presets, settingsOfCard, type RunPreset, type RunSettings, type Task } from '../../engine/index.ts';
import { projectRoot } from '../launcher/project.mjs';
import { Samples } from '../studio/samples.ts';
import { text, type CommandContext } from './command.ts';
import { nearest } from './nearest.ts';
import { presetOf, sampleOfTask } from './presets.ts';
import {
  changeSettings,
  fixedNames,
  kebab,
  settingsFromFile,
  settingsFromFlags,
  settingsOfOrigin,
} from './setting-flags.ts';
import { UsageError } from './usage-error.ts';

/** Settings from --preset, the sample's card, --config and flags, later ones winning; throws UsageError. */
export async function trainSettings({ values }: Pick<CommandContext, 'values'>): Promise<RunSettings> {
  const changes = await changesOf(values);
  const { settings } = findPreset(values, changes);
  const base = isDataNamed(values) || values.has('preset') ? settings : await onSample(settings, 'scratch');
  return changeSettings(base, changes);
}

/** What a run begins with, as `checkpoints.settings` tells it. */
export interface TrainOrigin {
  readonly settings: unknown;
  readonly datasetId: string | null;
}

/** The dataset that a run begins with which names none: that of its model, or null for the sample of its task. */
export function datasetOfOrigin({ settings, datasetId }: TrainOrigin, task: Task): string | null {
  return (settings as Partial<RunSettings>).task === task ? datasetId : null;
}

/**
 * Settings of a run that begins with a model, once that is known: the model's own, with the training settings
 * of its run or, where it has none or --preset is given, of a preset, changed as above. Throws UsageError
 * before the model is looked for.
 */
export async function settingsFrom({
  values,
}: Pick<CommandContext, 'values'>): Promise<(origin: TrainOrigin) => Promise<RunSettings>> {
  const changes = await changesOf(values);
  const fixed = Object.keys(changes).find((name) => fixedNames.has(name));
  if (fixed !== undefined) {
    throw new UsageError(
      `--${kebab(fixed)} cannot be changed with --from: model and tokenizer come with the weights.`,
      'Leave it out, or train from scratch.',
    );
  }
  const { settings: preset } = findPreset(values, changes);
  const isPresetWanted = values.has('preset');
  const isFork = values.get('fork') === true;
  return async (origin) => {
    const { task } = origin.settings as Partial<RunSettings>;
    const wanted = (changes.task as Task | undefined) ?? task ?? 'text';
    const isOtherData = !isFork && (wanted !== (task ?? 'text') || isDataNamed(values));
    const base = settingsOfOrigin(origin.settings, { preset, isPresetWanted, isOtherData });
    const isOnSample =
      !isFork && !isPresetWanted && !isDataNamed(values) && datasetOfOrigin(origin, wanted) === null;
    const begun = isOnSample ? await onSample({ ...base, task: wanted }, 'base') : base;
    return changeSettings(begun, changes);
  };
}

function isDataNamed(values: CommandContext['values']): boolean {
  return values.has('data') || values.has('dataset');
}

/** Settings as the card of their task's sample changes them, if it is meant for such a beginning. */
async function onSample(settings: RunSettings, startsFrom: 'scratch' | 'base'): Promise<RunSettings> {
  const samples = new Samples(join(projectRoot(), 'resources', 'samples'));
  const card = await samples.get(sampleOfTask[settings.task]);
  return card.startsFrom === startsFrom ? settingsOfCard(settings, settings.task, card.settings) : settings;
}

/** The preset that is named, else the one that fits the task. */
function findPreset(
  values: CommandContext['values'],
  { task }: Readonly<Record<string, unknown>>,
): RunPreset {
  const name = text(values, 'preset');
  if (name === undefined) return presetOf((task as Task | undefined) ?? 'text');
  const preset = presets.find((one) => one.name === name);
  if (!preset) {
    const names = presets.map((one) => one.name);
    const near = nearest(name, names);
    throw new UsageError(
      `There is no preset "${name}".`,
      near ? `Did you mean ${near}?` : `There are ${names.join(', ')}.`,
    );
  }
  return preset;
}

/** Changes by --config and by flags, flags winning. */
async function changesOf(values: CommandContext['values']): Promise<Record<string, unknown>> {
  const file = text(values, 'config');
  const fromFile = file === undefined ? {} : settingsFromFile(await readJson(file), file);
  const fromFlags = settingsFromFlags(values);
  const lengths = ['maxSteps', 'numTrainEpochs'];
  // A length that a flag gives takes the place of the one in the file, whichever that is.
  if (lengths.some((name) => name in fromFlags)) for (const name of lengths) delete fromFile[name];
  return { ...fromFile, ...fromFlags };
}

async function readJson(file: string): Promise<unknown> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`The settings file ${file} cannot be read.`);
  }
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}.`);
  }
}
