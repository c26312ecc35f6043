// The run that is being designed: what it begins from and its settings, changed step by step with a way back,
// kept by the studio so that a reload loses nothing. What it comes to is asked of the estimate store.

import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import {
  canDo,
  presetsFor,
  smallestPreset,
  tasks,
  withTask,
  type ModelType,
  type RunSettings,
  type Task,
} from '../../engine/config.ts';
import type { Failure, Preset, Problem, RunStart } from '../../preload/contract.ts';
import {
  differences,
  fieldAt,
  settledSettings,
  withColumnsOf,
  withForm,
  withValue,
  withValues,
  type SettingValue,
} from '../lib/draft-changes.ts';
import {
  draftFromPreset,
  draftFromSource,
  presetToBegin,
  readDraft,
  type DeviceKind,
  type Draft,
} from '../lib/draft.ts';
import { failureOf, StudioError } from '../lib/failure.ts';
import { isTask } from '../lib/task-words.ts';
import { useCheckpointsStore } from './checkpoints.ts';
import { useDatasetsStore } from './datasets.ts';
import { usePreferencesStore } from './preferences.ts';
import { usePresetsStore } from './presets.ts';
import { useRunsStore } from './runs.ts';
import { useTokenizersStore } from './tokenizers.ts';
import { useUndoStore } from './undo.ts';

const pageName = 'new-run';
const saveAfterMs = 300;
/** Changes of one setting within this time are undone as one. */
const togetherMs = 1_500;

/** What an address asks for: `/new?from=…&mode=…&task=…&dataset=…&preset=…`. */
export interface DraftWish {
  readonly from?: string | undefined;
  readonly mode?: string | undefined;
  readonly task?: string | undefined;
  readonly dataset?: string | undefined;
  readonly preset?: string | undefined;
}

export const useDraftStore = defineStore('draft', () => {
  const preferences = usePreferencesStore();
  const presets = usePresetsStore();
  const datasets = useDatasetsStore();
  const checkpoints = useCheckpointsStore();
  const tokenizers = useTokenizersStore();
  const runs = useRunsStore();
  const undoStore = useUndoStore();

  const draft = shallowRef<Draft | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const isBeginning = ref(false);
  /** How many different characters datasets have, where someone has looked. */
  const characterCounts = shallowReactive(new Map<string, number>());
  /** Texts in fields that mean no value, by path. */
  const typed = shallowReactive(new Map<string, string>());
  /** The step that a fork goes on from. */
  const startStep = ref(0);
  /** The user wants to begin with something of a kind that nothing is chosen of yet. */
  const isSourceMissing = ref(false);

  const kept = computed(() => tokenizers.byId.get(draft.value?.tokenizerId ?? '') ?? null);
  const dataset = computed(() => datasets.byId.get(draft.value?.datasetId ?? '') ?? null);
  const characterCount = computed(() => characterCounts.get(draft.value?.datasetId ?? '') ?? null);
  const settled = computed(
    () => draft.value && settledSettings(draft.value, kept.value, characterCount.value),
  );
  const changedPaths = computed(() => {
    if (!draft.value) return [];
    const found = differences(draft.value.settings, draft.value.reference);
    return draft.value.tokenizerId === null ? found : [...new Set([...found, 'data.tokenizer'])];
  });
  const doneSteps = computed(() => (draft.value?.start.mode === 'fork' ? startStep.value : 0));
  /** What is wrong before the studio is asked. */
  const ownProblems = computed<Problem[]>(() => {
    const maxSteps = draft.value?.settings.training.maxSteps ?? 0;
    if (draft.value?.start.mode !== 'fork' || maxSteps === 0 || maxSteps > startStep.value) return [];
    const message = `The checkpoint has ${startStep.value} steps already; they count from the beginning.`;
    return [{ path: 'training.maxSteps', message, hint: `Set more than ${startStep.value} steps.` }];
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  let isSaved = true;
  let lastChange = { key: '', atMs: 0 };
  const takeOffStack: (() => void)[] = [];

  /** Keeps the draft now. */
  function save(): void {
    clearTimeout(timer);
    if (isSaved || !draft.value) return;
    isSaved = true;
    void preferences.rememberPage(pageName, draft.value);
  }

  function show(next: Draft, step: number): void {
    draft.value = next;
    startStep.value = step;
    isSourceMissing.value = false;
    isSaved = false;
    clearTimeout(timer);
    timer = setTimeout(save, saveAfterMs);
  }

  /** Changes the draft; changes with the same key that follow quickly are undone together. */
  function change(label: string, next: Draft, key = '', step = startStep.value): void {
    const before = draft.value;
    const stepBefore = startStep.value;
    const now = Date.now();
    const isSame = key !== '' && key === lastChange.key && now - lastChange.atMs < togetherMs;
    lastChange = { key, atMs: now };
    if (before && !isSame) {
      const undo = (): void => {
        lastChange = { key: '', atMs: 0 };
        show(before, stepBefore);
      };
      takeOffStack.push(undoStore.push({ label, undo }));
    }
    show(next, step);
  }

  /** Changes one setting and what is bound to it. */
  function set(path: string, value: SettingValue): void {
    if (!draft.value) return;
    const { settings } = draft.value;
    const label = `${fieldAt(settings, path)?.label ?? path} changed`;
    change(label, { ...draft.value, settings: withValue(settings, path, value) }, path);
  }

  /** Changes several settings at once, as a suggestion does. */
  function apply(words: string, changes: Readonly<Record<string, SettingValue>>): void {
    if (draft.value) change(words, { ...draft.value, settings: withValues(draft.value.settings, changes) });
  }

  function setForm(form: ModelType): void {
    if (draft.value)
      change('Model form changed', { ...draft.value, settings: withForm(draft.value.settings, form) });
  }

  /** Everything as in the preset, or as the model it begins with was trained. */
  function reset(): void {
    if (!draft.value) return;
    const settings = withColumnsOf(draft.value.reference, draft.value.settings);
    change('Settings reset', { ...draft.value, settings, tokenizerId: null });
  }

  /** Begins from nothing with a preset's settings; dataset, name and device stay, and columns for its task. */
  function choosePreset(preset: Preset, label = `Preset ${preset.label} chosen`): void {
    const { datasetId = null, name = '', device = null, settings: before } = draft.value ?? {};
    const made = draftFromPreset(preset);
    const isSameTask = before?.task === preset.settings.task;
    const settings = isSameTask ? withColumnsOf(made.settings, before) : made.settings;
    change(label, { ...made, settings: withSplitOf(settings, datasetId), datasetId, name, device }, '', 0);
  }

  /**
   * What the model is to learn. From nothing a preset for it is chosen; a model that is there already keeps its
   * form, and does only what that can.
   */
  function chooseTask(task: Task): void {
    if (!draft.value || draft.value.settings.task === task) return;
    const { settings, reference, start } = draft.value;
    const label = `${tasks[task].label} chosen`;
    if (start.mode !== 'scratch') {
      if (!canDo(settings.model.modelType, task)) return;
      return change(label, {
        ...draft.value,
        settings: withTask(settings, task),
        reference: withTask(reference, task),
      });
    }
    beginTask(task, label);
  }

  /** Begins from nothing with a preset for a task. */
  function beginTask(task: Task, label: string): void {
    const fitting = presetsFor(presets.presets, task);
    const preset = presetToBegin(fitting, presets.estimates) ?? smallestPreset(fitting);
    if (preset) return choosePreset(preset, label);
    const now = draft.value!;
    const made = { ...withTask(now.settings, task), preset: null };
    change(label, { ...now, start: { mode: 'scratch' }, settings: made, reference: made }, '', 0);
  }

  /**
   * What an address asks for is done whatever was kept: a model that goes on or cannot do the task makes way for a
   * new one, unless the same address names it.
   */
  function followTask(task: Task, isModelNamed: boolean): void {
    const now = draft.value;
    if (!now || now.settings.task === task) return;
    const { mode } = now.start;
    const isKept =
      mode === 'scratch' || isModelNamed || (mode === 'weights' && canDo(now.settings.model.modelType, task));
    if (isKept) chooseTask(task);
    else beginTask(task, `${tasks[task].label} chosen`);
  }

  /** The settings as they are become what is compared with: they were saved under a name. */
  function adopt(preset: Preset): void {
    if (draft.value)
      show({ ...draft.value, settings: preset.settings, reference: preset.settings }, startStep.value);
  }

  /** What was chosen for a dataset at its import is what a run on it begins with. */
  function withSplitOf(settings: RunSettings, datasetId: string | null): RunSettings {
    const split = datasets.byId.get(datasetId ?? '')?.split;
    return split ? { ...settings, data: { ...settings.data, ...split } } : settings;
  }

  function chooseDataset(datasetId: string | null): void {
    if (!draft.value || draft.value.datasetId === datasetId) return;
    const { settings } = draft.value;
    const data = { ...settings.data, inputColumn: '', targetColumn: '' };
    const chosen = withSplitOf({ ...settings, data }, datasetId);
    change('Dataset chosen', { ...draft.value, settings: chosen, datasetId });
  }

  /** Characters or pieces made for the run, or a kept tokenizer by its id. */
  function chooseTokenizer(choice: 'characters' | 'byte-level-bpe' | { id: string }): void {
    if (!draft.value) return;
    if (typeof choice === 'object')
      return change('Tokenizer chosen', { ...draft.value, tokenizerId: choice.id });
    const settings = withValue(draft.value.settings, 'data.tokenizer', choice);
    change('Tokenizer chosen', { ...draft.value, settings, tokenizerId: null });
  }

  const setName = (name: string): void => {
    if (draft.value) change('Name changed', { ...draft.value, name }, 'name');
  };
  const setDevice = (device: DeviceKind | null): void => {
    if (draft.value) change('Device changed', { ...draft.value, device });
  };

  /** What the text in a field is missing, or null once it means a value. */
  function report(path: string, problem: string | null): void {
    if (problem === null) typed.delete(path);
    else typed.set(path, problem);
  }

  /** Begins with a model; rejects as the calls do. */
  async function chooseSource(start: Exclude<RunStart, { mode: 'scratch' }>): Promise<void> {
    const checkpoint = await checkpoints.resolve(start.checkpoint);
    const told = await checkpoints.settings(checkpoint.reference);
    const kind = runs.byId.get(checkpoint.runId ?? '')?.kind ?? 'pretrain';
    const isFineTuned = kind !== 'pretrain';
    const made = draftFromSource(
      { ...told, isFineTuned },
      { ...start, checkpoint: checkpoint.reference },
      checkpoint,
    );
    const { datasetId = null, name = '', device = null } = draft.value ?? {};
    const next = { ...made, datasetId: made.datasetId ?? datasetId, name, device };
    const label = start.mode === 'fork' ? 'Fork begun' : 'Fine-tuning begun';
    change(label, next, '', checkpoint.step);
  }

  /** What was kept, else the preset to begin with; then what the address asks for. */
  async function begin(wish: DraftWish): Promise<void> {
    isBeginning.value = true;
    failure.value = null;
    try {
      await Promise.all([
        presets.loadList(),
        preferences.isLoaded ? null : preferences.load(),
        datasets.isLoaded ? null : datasets.load(),
        tokenizers.isLoaded ? null : tokenizers.load(),
        runs.isLoaded ? null : runs.load(),
      ]);
      if (!draft.value) await restore(wish.dataset ?? null);
      await follow(wish);
    } catch (error) {
      failure.value = failureOf(error);
    } finally {
      isBeginning.value = false;
    }
  }

  async function restore(wishedDatasetId: string | null): Promise<void> {
    const read = readDraft(preferences.page(pageName));
    if (read) {
      const isThere = datasets.byId.has(read.datasetId ?? '');
      const step = read.start.mode === 'scratch' ? 0 : await stepOf(read.start.checkpoint);
      if (step !== null) {
        draft.value = { ...read, datasetId: isThere ? read.datasetId : null };
        startStep.value = step;
        return;
      }
    }
    const datasetId = wishedDatasetId ?? datasets.datasets[0]?.id ?? null;
    if (presets.failure) throw new StudioError(presets.failure);
    await presets.estimateAll(datasetId, null);
    const forText = presetsFor(presets.presets, 'text');
    const chosen = presetToBegin(forText, presets.estimates);
    const first = chosen ?? presets.first;
    if (!first) return;
    const made = draftFromPreset(first, chosen !== null);
    show({ ...made, settings: withSplitOf(made.settings, datasetId), datasetId }, 0);
  }

  /** The step of what a draft begins from, or null where it is gone. */
  const stepOf = (reference: string): Promise<number | null> =>
    checkpoints.resolve(reference).then(
      ({ step }) => step,
      () => null,
    );

  async function follow({ from, mode, task, dataset: datasetId, preset: name }: DraftWish): Promise<void> {
    if (from) {
      const wished = { mode: mode === 'fork' ? ('fork' as const) : ('weights' as const), checkpoint: from };
      const now = draft.value?.start;
      const isThere = now?.mode === wished.mode && now.checkpoint === from;
      if (!isThere) await chooseSource(wished);
    }
    if (isTask(task)) followTask(task, from !== undefined);
    const preset = presets.byName(name ?? null);
    if (preset && draft.value?.settings.preset !== preset.name) choosePreset(preset);
    if (datasetId && datasetId !== draft.value?.datasetId && draft.value?.start.mode !== 'fork')
      chooseDataset(datasetId);
  }

  /** Takes this page's changes off the undo stack: they would be undone out of sight. */
  function leave(): void {
    save();
    for (const take of takeOffStack.splice(0)) take();
  }

  return {
    draft,
    failure,
    isBeginning,
    characterCount,
    characterCounts,
    typed,
    kept,
    dataset,
    settled,
    changedPaths,
    doneSteps,
    startStep,
    isSourceMissing,
    ownProblems,
    begin,
    set,
    apply,
    setForm,
    reset,
    choosePreset,
    chooseTask,
    adopt,
    chooseDataset,
    chooseTokenizer,
    chooseSource,
    setName,
    setDevice,
    report,
    save,
    leave,
  };
});
