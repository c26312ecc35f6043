// What is inside datasets: parts of them, what they count to, and what is taken out of them. Counts are kept
// while the page lives, so that going back and forth asks once.

import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type {
  CallInput,
  CallOutput,
  Dataset,
  DatasetStatistics,
  TokenizerChoice,
} from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { useOperationsStore } from './operations.ts';

export const useDatasetContentStore = defineStore('dataset-content', () => {
  const bridge = useBridge();
  const operations = useOperationsStore();
  const counted = shallowReactive(new Map<string, DatasetStatistics>());

  const keyOf = (datasetId: string, tokenizer: TokenizerChoice): string =>
    JSON.stringify([datasetId, tokenizer]);

  /** Part of a dataset; rejects as the call does. */
  const read = (input: CallInput<'datasets.read'>): Promise<CallOutput<'datasets.read'>> =>
    bridge.call('datasets.read', input);

  /** What was counted before, or null. */
  const statisticsOf = (datasetId: string, tokenizer: TokenizerChoice): DatasetStatistics | null =>
    counted.get(keyOf(datasetId, tokenizer)) ?? null;

  /** Counts a dataset unless that has been done. */
  async function count({ id, name }: Dataset, tokenizer: TokenizerChoice): Promise<void> {
    if (statisticsOf(id, tokenizer)) return;
    const statistics = await operations.run(`Counting ${name}`, (operationId) =>
      bridge.call('datasets.statistics', { datasetId: id, tokenizer, operationId }),
    );
    counted.set(keyOf(id, tokenizer), statistics);
  }

  /** Writes a dataset out and hands it over. */
  async function deliver(
    { id, name }: Dataset,
    format: CallInput<'datasets.export'>['format'],
  ): Promise<void> {
    const written = await operations.run(`Exporting ${name}`, (operationId) =>
      bridge.call('datasets.export', { datasetId: id, format, operationId }),
    );
    await bridge.deliver(written, name);
  }

  return { read, statisticsOf, count, deliver };
});
