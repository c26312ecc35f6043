// Asks what the chosen dataset is for the chosen task, whenever something changes that the answer depends on: a
// learning rate does not, a length does. Of plain text nothing is asked; its windows are shown elsewhere.

import { computed, onScopeDispose, ref, watch, type Ref } from 'vue';
import type { RunSettings } from '../../engine/config.ts';
import type { TokenizerChoice } from '../../preload/contract.ts';
import { useDraftStore } from '../stores/draft.ts';
import { useTaskDataStore, type CheckQuestion } from '../stores/task-data.ts';

const settleMs = 250;

/** Follows the draft of the page that designs a run; gives which example is looked at, to be changed. */
export function useTaskData(): Ref<number> {
  const draft = useDraftStore();
  const data = useTaskDataStore();
  const index = ref(0);
  const timers: ReturnType<typeof setTimeout>[] = [];

  /** Asks a moment after the last change; the same question again is not asked again. */
  function follow<Q>(question: () => Q | null, ask: (question: Q | null) => void): void {
    const place = timers.length;
    watch(
      () => JSON.stringify(question()),
      (text) => {
        clearTimeout(timers[place]);
        timers[place] = setTimeout(() => ask(JSON.parse(text) as Q | null), settleMs);
      },
      { immediate: true },
    );
  }

  const task = computed(() => draft.draft?.settings.task ?? 'text');
  const datasetId = computed(() => (task.value === 'text' ? null : (draft.dataset?.id ?? null)));
  const columnsQuestion = computed(() => {
    if (datasetId.value === null) return null;
    const { inputColumn, targetColumn } = draft.draft!.settings.data;
    return { datasetId: datasetId.value, task: task.value, inputColumn, targetColumn };
  });
  const question = computed((): CheckQuestion | null => {
    // Without columns there are no examples; what is wrong with them is said already.
    const isReadable = data.columns.answer !== null && data.columns.answer.problems.length === 0;
    if (datasetId.value === null || !draft.draft || !draft.settled || !isReadable) return null;
    const { start, tokenizerId } = draft.draft;
    return {
      datasetId: datasetId.value,
      settings: whatDecides(draft.settled, draft.draft.reference),
      tokenizer: tokenizerId === null ? recipeOf(draft.settled) : { tokenizerId },
      ...(start.mode === 'scratch' ? {} : { checkpoint: start.checkpoint }),
    };
  });

  watch([datasetId, task], () => (index.value = 0));
  follow(() => columnsQuestion.value, data.columns.ask);
  follow(() => question.value, data.check.ask);
  follow(() => question.value && { ...question.value, index: index.value }, data.sees.ask);
  onScopeDispose(() => {
    for (const timer of timers) clearTimeout(timer);
    for (const { ask } of [data.columns, data.check, data.sees]) ask(null);
  });
  return index;
}

/** The settings with what examples do not depend on as it was, so that changing it asks nothing. */
function whatDecides(settings: RunSettings, { training }: RunSettings): RunSettings {
  const { maxLength, maxTargetLength, packing, padding, paddingSide, mlmProbability, seed } =
    settings.training;
  return {
    ...settings,
    training: {
      ...training,
      maxLength,
      maxTargetLength,
      packing,
      padding,
      paddingSide,
      mlmProbability,
      seed,
    },
  };
}

function recipeOf({ data }: RunSettings): TokenizerChoice {
  const { tokenizer: kind, tokenizerVocabSize: vocabSize, splitPattern } = data;
  return kind === 'characters' ? { kind } : { kind, vocabSize, splitPattern };
}
