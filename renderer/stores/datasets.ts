// The texts there are to train on.

import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { Dataset } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';

export const useDatasetsStore = defineStore('datasets', () => {
  const bridge = useBridge();
  const byId = shallowReactive(new Map<string, Dataset>());
  bridge.on('dataset.updated', (dataset) => byId.set(dataset.id, dataset));

  /** The sample stories, imported if they were not. */
  async function sample(): Promise<Dataset> {
    const dataset = await bridge.call('datasets.sample', {});
    byId.set(dataset.id, dataset);
    return dataset;
  }

  return { byId, sample };
});
