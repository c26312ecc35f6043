// The settings that a run on one of the samples begins with: the smallest preset of its task, or the model that
// it continues, with what the sample's card changes. Pure; nothing of Vue.

import type { ModelType, RunSettings } from '../../engine/config.ts';
import type { Preset, SampleDataset } from '../../preload/contract.ts';
import { withForm, withTask, withValues, type SettingValue } from './draft-changes.ts';
import { presetsFor, smallestPreset } from './draft.ts';

type Card = Pick<SampleDataset, 'task' | 'settings'>;

/** From nothing; null where there is no preset to begin with. */
export function settingsFromScratch(presets: readonly Preset[], card: Card): RunSettings | null {
  const preset = smallestPreset(presetsFor(presets, card.task));
  return preset && settingsOnto(preset.settings, card);
}

/** On top of settings that are there, as of a model that is begun with. */
export function settingsOnto(settings: RunSettings, { task, settings: changes }: Card): RunSettings {
  const { modelType = settings.model.modelType, ...model } = changes['model'] ?? {};
  const formed = withForm(withTask(settings, task), modelType as ModelType);
  const sections = { model, training: changes['training'] ?? {}, data: changes['data'] ?? {} };
  const values = Object.entries(sections).flatMap(([section, part]) =>
    Object.entries(part).map(([name, value]): [string, SettingValue] => [`${section}.${name}`, value]),
  );
  return withValues(formed, Object.fromEntries(values));
}
