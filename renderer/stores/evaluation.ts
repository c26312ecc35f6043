// Evaluations that were asked for: run, followed, and the last figures of each model kept while the page is open.

import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { Evaluation } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { useOperationsStore } from './operations.ts';
import { usePreferencesStore } from './preferences.ts';

export interface EvaluationWish {
  readonly reference: string;
  /** The model in words, for the progress. */
  readonly name: string;
  readonly datasetId: string;
  readonly datasetName: string;
  /** Tokens from one window to the next; null for a whole window. */
  readonly stride: number | null;
}

export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly datasetName: string;
}

export const useEvaluationStore = defineStore('evaluation', () => {
  const bridge = useBridge();
  const operations = useOperationsStore();
  const byReference = shallowReactive(new Map<string, Evaluated>());

  /** Evaluates; `onStart` hears the operation that can be followed and cancelled. Rejects as the call does. */
  async function run(wish: EvaluationWish, onStart: (operationId: string) => void): Promise<Evaluated> {
    const { reference, name, datasetId, datasetName, stride } = wish;
    const evaluation = await operations.run(`Evaluating ${name}`, (operationId) => {
      onStart(operationId);
      return bridge.call('evaluation.run', {
        checkpoint: reference,
        datasetId,
        ...(stride === null ? {} : { stride }),
        device: usePreferencesStore().device,
        operationId,
      });
    });
    const evaluated = { evaluation, datasetName };
    byReference.set(reference, evaluated);
    return evaluated;
  }

  return { byReference, run };
});
