// The first tokens of a dataset as a run will read them, for showing: asked for when the data or the tokenizer
// changes. Of a table, each row ends with a token of its own, which the sample shows as a line end.

import { computed, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { CallOutput, Dataset, Failure, TokenizerChoice } from '../../preload/contract.ts';
import { failureOf } from '../lib/failure.ts';
import { useDatasetContentStore } from '../stores/dataset-content.ts';
import { useTokens } from './useTokens.ts';

export interface WindowsInput {
  readonly dataset: Dataset;
  readonly tokenizer: TokenizerChoice;
  /** The dataset that a tokenizer which is not kept is made from. */
  readonly tokenizerDatasetId: string | undefined;
  readonly tokenCount: number;
}

/** Characters read for each wanted token of pieces; English has about four. */
const charactersPerPiece = 6;
const mostCharacters = 12_000;
const mostRows = 40;

/** Follows `input`; null where there is nothing to show. */
export function useWindows(input: () => WindowsInput | null): {
  encoded: ShallowRef<CallOutput<'tokenizers.encode'> | null>;
  failure: ComputedRef<Failure | null>;
  isBusy: Ref<boolean>;
} {
  const content = useDatasetContentStore();
  const text = shallowRef<{ datasetId: string; text: string } | null>(null);
  const readFailure = shallowRef<Failure | null>(null);
  const wanted = computed(() => {
    const now = input();
    if (!now) return null;
    const perToken = 'kind' in now.tokenizer && now.tokenizer.kind === 'characters' ? 1 : charactersPerPiece;
    const characters = Math.min(mostCharacters, now.tokenCount * perToken);
    return { id: now.dataset.id, limit: now.dataset.kind === 'text' ? characters : mostRows, characters };
  });

  watch(
    () => JSON.stringify(wanted.value),
    async () => {
      const now = wanted.value;
      if (!now) return;
      try {
        const read = await content.read({ datasetId: now.id, offset: 0, limit: now.limit });
        if (wanted.value?.id !== now.id) return;
        text.value = { datasetId: now.id, text: Array.from(read.text).slice(0, now.characters).join('') };
        readFailure.value = null;
      } catch (error) {
        if (wanted.value?.id === now.id) readFailure.value = failureOf(error);
      }
    },
    { immediate: true },
  );

  const question = computed(() => {
    const now = input();
    if (!now || !text.value || text.value.datasetId !== now.dataset.id || text.value.text === '') return null;
    const made = now.tokenizerDatasetId === undefined ? {} : { datasetId: now.tokenizerDatasetId };
    return { tokenizer: now.tokenizer, text: text.value.text, ...made };
  });
  /** The same question again must not be asked again. */
  const asked = computed(() => JSON.stringify(question.value));
  const { encoded, failure, isBusy } = useTokens(() => JSON.parse(asked.value) as typeof question.value);
  return { encoded, failure: computed(() => readFailure.value ?? failure.value), isBusy };
}
