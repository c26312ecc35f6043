// Which settings a training command means: a preset, changed by a settings file, changed by flags.

import { readFile } from 'node:fs/promises';
import { presets, type RunSettings } from '../../engine/index.ts';
import { text, type CommandContext } from './command.ts';
import { nearest } from './nearest.ts';
import { changeSettings, settingsFromFile, settingsFromFlags } from './setting-flags.ts';
import { UsageError } from './usage-error.ts';

/** The preset of a run when none is named. */
const defaultPreset = 'stories';

/** Settings from --preset, --config and flags, later ones winning; throws UsageError. */
export async function trainSettings({ values }: Pick<CommandContext, 'values'>): Promise<RunSettings> {
  const name = text(values, 'preset') ?? defaultPreset;
  const preset = presets.find((one) => one.name === name);
  if (!preset) {
    const names = presets.map((one) => one.name);
    const near = nearest(name, names);
    throw new UsageError(
      `There is no preset "${name}".`,
      near ? `Did you mean ${near}?` : `There are ${names.join(', ')}.`,
    );
  }
  const file = text(values, 'config');
  const fromFile = file === undefined ? {} : settingsFromFile(await readJson(file), file);
  return changeSettings(changeSettings(preset.settings, fromFile), settingsFromFlags(values));
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
