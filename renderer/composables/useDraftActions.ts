// What is done with the run that is being designed: it is started or queued, its settings are copied or kept.
// Says why it cannot be started yet.

import { computed, ref, type ComputedRef, type Ref } from 'vue';
import { useRouter } from 'vue-router';
import type { CallInput } from '../../preload/contract.ts';
import { fieldAt } from '../lib/draft-changes.ts';
import { remedyFor, type Remedy } from '../lib/remedies.ts';
import { useDraftStore } from '../stores/draft.ts';
import { useEstimateStore } from '../stores/estimate.ts';
import { usePreferencesStore } from '../stores/preferences.ts';
import { useRunsStore } from '../stores/runs.ts';
import { useSettingsTextStore } from '../stores/settings-text.ts';
import { useTaskDataStore } from '../stores/task-data.ts';
import { useToastsStore } from '../stores/toasts.ts';
import { useAction, type Action } from './useAction.ts';

export interface DraftActions {
  /** Why the run cannot start, or null. */
  readonly hindrance: ComputedRef<string | null>;
  /** What would put right that the dataset cannot be learned from, or null. */
  readonly mend: ComputedRef<Remedy | null>;
  readonly startLabel: ComputedRef<string>;
  readonly starting: Action<[]>;
  /** Why there is no script for it, or null. */
  readonly scriptHindrance: ComputedRef<string | null>;
  /** Why there is no command for it, or null. */
  readonly commandHindrance: ComputedRef<string | null>;
  readonly isSaving: Ref<boolean>;
  command(): Promise<string>;
  pyTorch(): Promise<string>;
  /** Copies one of them and says so. */
  copy(what: 'command' | 'pyTorch'): Promise<void>;
}

export function useDraftActions(): DraftActions {
  const router = useRouter();
  const store = useDraftStore();
  const estimates = useEstimateStore();
  const runs = useRunsStore();
  const texts = useSettingsTextStore();
  const toasts = useToastsStore();
  const isSaving = ref(false);
  const data = useTaskDataStore();

  const hindrance = computed(() => {
    const { draft } = store;
    if (!draft) return 'The settings are being read.';
    const [path] = store.typed.keys();
    if (path) return `${fieldAt(draft.settings, path)?.label ?? path}: ${store.typed.get(path)}`;
    if (store.isSourceMissing) return 'Choose what it begins with first.';
    if (!store.dataset) return 'Choose a dataset first.';
    const unfit = unfitWords();
    if (unfit) return unfit;
    if (store.ownProblems.length + estimates.problems.length > 0)
      return 'Some settings contradict each other.';
    if (estimates.estimate?.fits === false) return 'It does not fit into the memory that is there.';
    return null;
  });
  const fatal = computed(() => {
    if (!store.draft || store.draft.settings.task === 'text') return null;
    return data.check.answer?.problems.find(({ isFatal }) => isFatal) ?? null;
  });
  const mend = computed(() => {
    if (!store.draft || !fatal.value) return null;
    return remedyFor(fatal.value, store.draft.settings, store.draft.start.mode === 'scratch');
  });
  /** Why the dataset cannot be learned from for the task, or null. */
  function unfitWords(): string | null {
    if (store.draft!.settings.task === 'text') return null;
    const [columns] = data.columns.answer?.problems ?? [];
    if (columns) return `${columns.message} ${columns.hint}`;
    const found = fatal.value;
    return found ? `${found.message} ${found.hint}` : null;
  }
  const startLabel = computed(() => (runs.running ? 'Queue the run' : 'Start training'));

  const starting = useAction(async () => {
    const { draft, settled } = store;
    if (!draft || !settled || !draft.datasetId || hindrance.value) return;
    const preferred = usePreferencesStore().device;
    const input: CallInput<'runs.create'> = {
      datasetId: draft.datasetId,
      settings: settled,
      device: draft.device ? { ...preferred, device: draft.device } : preferred,
      start: draft.start,
      ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
      ...(draft.tokenizerId === null ? {} : { tokenizerId: draft.tokenizerId }),
    };
    const { id } = await runs.create(input);
    store.setName('');
    await router.push({ name: 'run', params: { runId: id } });
  });

  const scriptHindrance = computed(() =>
    store.draft && store.draft.start.mode !== 'scratch'
      ? 'For runs from scratch: the text would not hold the weights this one begins with'
      : null,
  );
  const commandHindrance = computed(() =>
    store.isSourceMissing ? 'Choose what it begins with first' : null,
  );
  const input = (): CallInput<'settings.asPyTorch'> => {
    const dataset = store.dataset ? { datasetId: store.dataset.id } : {};
    return { settings: store.settled!, ...dataset };
  };
  const command = (): Promise<string> => {
    const { start, tokenizerId } = store.draft!;
    return texts.command({ ...input(), start, ...(tokenizerId === null ? {} : { tokenizerId }) });
  };
  const pyTorch = (): Promise<string> => texts.pyTorch(input());

  async function copy(what: 'command' | 'pyTorch'): Promise<void> {
    await navigator.clipboard.writeText(await (what === 'command' ? command() : pyTorch()));
    toasts.notify({ title: what === 'command' ? 'Copied the command' : 'Copied the script', kind: 'good' });
  }

  return {
    hindrance,
    mend,
    startLabel,
    starting,
    scriptHindrance,
    commandHindrance,
    isSaving,
    command,
    pyTorch,
    copy,
  };
}
