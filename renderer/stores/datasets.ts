// The texts and tables there are to train on, kept up to date by events, and the samples that come with Heddle.

import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Dataset, SampleDataset } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { keptList } from './kept-list.ts';
import { useOperationsStore } from './operations.ts';

export const useDatasetsStore = defineStore('datasets', () => {
  const bridge = useBridge();
  const {
    byId,
    list: datasets,
    isLoaded,
    failure,
    put,
    load,
  } = keptList<Dataset>(() => bridge.call('datasets.list', {}));
  const samples = shallowRef<readonly SampleDataset[]>([]);

  bridge.on('dataset.updated', put);
  bridge.on('dataset.removed', ({ datasetId }) => byId.delete(datasetId));

  /** The samples that come with Heddle, imported or not; rejects as the call does. */
  async function loadSamples(): Promise<void> {
    samples.value = await bridge.call('datasets.samples', {});
  }

  /** A sample, imported if it was not; the stories unless another is named. */
  async function sample(sampleId?: string): Promise<Dataset> {
    return put(await bridge.call('datasets.sample', sampleId === undefined ? {} : { sampleId }));
  }

  /** Loads a dataset of the Hub and imports it; `onStart` hears the operation. Rejects as the call does. */
  function importHub(hub: string, onStart: (operationId: string) => void): Promise<Dataset> {
    return useOperationsStore().run(`Loading ${hub}`, async (operationId) => {
      onStart(operationId);
      return put(await bridge.call('datasets.hub', { hub, operationId }));
    });
  }

  const rename = async (datasetId: string, name: string): Promise<Dataset> =>
    put(await bridge.call('datasets.rename', { datasetId, name }));

  async function remove(datasetId: string): Promise<void> {
    await bridge.call('datasets.remove', { datasetId });
    byId.delete(datasetId);
  }

  return { byId, datasets, isLoaded, failure, samples, load, loadSamples, sample, importHub, rename, remove };
});
