// A run that is being designed: what it begins from, its data, its settings and what they are compared with.
// Made from a preset or from a model that is there, and read back from what was kept. Nothing of Vue.

import {
  defaultsOf,
  fineTuningLength,
  fineTuningValues,
  runSettingsSchema,
  settingsSchemaVersion,
  smallestPreset,
  trainingFields,
  type ModelConfig,
  type RunSettings,
  type TrainingConfig,
} from '../../engine/config.ts';
import { runStartSchema, type Checkpoint, type Preset, type RunStart } from '../../preload/contract.ts';

export type DeviceKind = 'auto' | 'cpu' | 'webgpu';

export interface Draft {
  readonly start: RunStart;
  readonly datasetId: string | null;
  /** A kept tokenizer in place of one made for the run; only from scratch. */
  readonly tokenizerId: string | null;
  readonly settings: RunSettings;
  /** The preset, or what the model was trained with: what differs from it is marked. */
  readonly reference: RunSettings;
  /** Null for the one that the user prefers. */
  readonly device: DeviceKind | null;
  /** Empty for two words that the studio finds. */
  readonly name: string;
}

/** A model to begin with, as `checkpoints.settings` tells it. */
export interface ToldSource {
  readonly settings: unknown;
  readonly datasetId: string | null;
  /** The run was fine-tuned itself, at a rate that suits fine-tuning. */
  readonly isFineTuned?: boolean | undefined;
}

/** Presets that take longer than this are not chosen for someone. */
const longestChosenMs = 600_000;

/** The smallest preset that fits and is predicted to be done soon, or null. */
export function presetToBegin(
  presets: readonly Preset[],
  estimates: ReadonlyMap<string, { fits: boolean; durationMs: { high: number } | null }>,
): Preset | null {
  const isQuick = ({ name }: Preset): boolean => {
    const estimate = estimates.get(name);
    return (
      estimate?.fits === true && estimate.durationMs !== null && estimate.durationMs.high <= longestChosenMs
    );
  };
  // Before the device is measured nothing is predicted.
  const isAnyKnown = [...estimates.values()].some(({ durationMs }) => durationMs !== null);
  return smallestPreset(isAnyKnown ? presets.filter(isQuick) : presets);
}

/** A draft from nothing with a preset's settings, or with the first one's and no preset chosen. */
export function draftFromPreset(preset: Preset, isChosen = true): Draft {
  const settings = isChosen ? preset.settings : { ...preset.settings, preset: null };
  return {
    start: { mode: 'scratch' },
    datasetId: null,
    tokenizerId: null,
    settings,
    reference: settings,
    device: null,
    name: '',
  };
}

/** A draft that begins with a model: its weights alone, or all of a checkpoint's state. */
export function draftFromSource(
  told: ToldSource,
  start: Exclude<RunStart, { mode: 'scratch' }>,
  checkpoint: Pick<Checkpoint, 'step'> | null,
): Draft {
  const parts = told.settings as Partial<RunSettings>;
  const before = runSettingsSchema.parse({
    schemaVersion: settingsSchemaVersion,
    task: parts.task ?? 'text',
    preset: parts.preset ?? null,
    model: parts.model,
    data: parts.data,
    // A model that is begun with is whole: how it was tuned before is not how it is tuned now.
    tuning: start.mode === 'fork' ? parts.tuning : {},
    labels: parts.labels ?? [],
    training: parts.training ?? trainingFor(parts.model!),
  });
  const base = { start, datasetId: told.datasetId, tokenizerId: null, device: null, name: '' };
  if (start.mode === 'fork') {
    return { ...base, settings: goneOn(before, checkpoint?.step ?? 0), reference: before };
  }
  const isGentle = parts.training === undefined || told.isFineTuned === true;
  const training = isGentle ? before.training : gentler(before.training);
  const settings = {
    ...before,
    preset: null,
    training,
    data: expectedData(before, parts.training !== undefined),
  };
  return { ...base, settings, reference: settings };
}

function trainingFor({ maxPositionEmbeddings }: ModelConfig): TrainingConfig {
  const maxLength = maxPositionEmbeddings > fineTuningLength ? fineTuningLength : 0;
  return { ...defaultsOf(trainingFields), ...fineTuningValues, maxLength };
}

/** Fine-tuning moves weights that are good already: a tenth of the rate keeps what they know. */
function gentler(training: TrainingConfig): TrainingConfig {
  const tenth = (rate: number): number => Number((rate / 10).toPrecision(3));
  return {
    ...training,
    learningRate: tenth(training.learningRate),
    minLearningRate: tenth(training.minLearningRate),
  };
}

/** Opened weights do not tell how their tokens were made; a large vocabulary is one of pieces. */
function expectedData({ data, model }: RunSettings, isTold: boolean): RunSettings['data'] {
  if (isTold || model.vocabSize < 257) return data;
  return { ...data, tokenizer: 'byte-level-bpe', tokenizerVocabSize: model.vocabSize };
}

/** A run that has reached its end needs a later one to go on. */
function goneOn(settings: RunSettings, step: number): RunSettings {
  const { training } = settings;
  if (training.maxSteps === 0 || training.maxSteps > step) return settings;
  return { ...settings, training: { ...training, maxSteps: step + training.maxSteps } };
}

/** What was kept of a draft, or null where it cannot be read any more. */
export function readDraft(kept: unknown): Draft | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const { start, datasetId, tokenizerId, settings, reference, device, name } = kept as Record<
    string,
    unknown
  >;
  const parsed = {
    start: runStartSchema.safeParse(start),
    settings: runSettingsSchema.safeParse(settings),
    reference: runSettingsSchema.safeParse(reference),
  };
  if (!parsed.start.success || !parsed.settings.success || !parsed.reference.success) return null;
  const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    start: parsed.start.data,
    datasetId: textOrNull(datasetId),
    tokenizerId: textOrNull(tokenizerId),
    settings: parsed.settings.data,
    reference: parsed.reference.data,
    device: device === 'auto' || device === 'cpu' || device === 'webgpu' ? device : null,
    name: textOrNull(name) ?? '',
  };
}
