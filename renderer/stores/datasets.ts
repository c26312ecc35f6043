// The texts and tables there are to train on, kept up to date by events, and the samples that come with Heddle.

import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import type { Dataset, Failure, SampleDataset } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { failureOf } from '../lib/failure.ts';
import { useConnectionStore } from './connection.ts';

export const useDatasetsStore = defineStore('datasets', () => {
  const bridge = useBridge();
  const byId = shallowReactive(new Map<string, Dataset>());
  const isLoaded = ref(false);
  const failure = shallowRef<Failure | null>(null);
  const samples = shallowRef<readonly SampleDataset[]>([]);
  const datasets = computed(() => [...byId.values()].sort((a, b) => b.createdAtMs - a.createdAtMs));

  function put(dataset: Dataset): Dataset {
    byId.set(dataset.id, dataset);
    return dataset;
  }

  bridge.on('dataset.updated', put);
  bridge.on('dataset.removed', ({ datasetId }) => byId.delete(datasetId));
  useConnectionStore().onReturn(() => void load());

  async function load(): Promise<void> {
    try {
      const list = await bridge.call('datasets.list', {});
      const known = new Set(list.map(({ id }) => id));
      for (const id of byId.keys()) if (!known.has(id)) byId.delete(id);
      list.forEach(put);
      isLoaded.value = true;
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  /** The samples that come with Heddle, imported or not; rejects as the call does. */
  async function loadSamples(): Promise<void> {
    samples.value = await bridge.call('datasets.samples', {});
  }

  /** A sample, imported if it was not; the stories unless another is named. */
  async function sample(sampleId?: string): Promise<Dataset> {
    return put(await bridge.call('datasets.sample', sampleId === undefined ? {} : { sampleId }));
  }

  const rename = async (datasetId: string, name: string): Promise<Dataset> =>
    put(await bridge.call('datasets.rename', { datasetId, name }));

  async function remove(datasetId: string): Promise<void> {
    await bridge.call('datasets.remove', { datasetId });
    byId.delete(datasetId);
  }

  return { byId, datasets, isLoaded, failure, samples, load, loadSamples, sample, rename, remove };
});
