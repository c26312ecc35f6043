// The evaluations that are kept: listed, made, read example by example, compared, removed. Kept up to date by
// events.

import { defineStore } from 'pinia';
import type { CallInput, CallOutput, Evaluation, MetricName } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import type { Model } from '../lib/checkpoint-words.ts';
import { keptList } from './kept-list.ts';
import { useOperationsStore } from './operations.ts';
import { usePreferencesStore } from './preferences.ts';

/** What is measured, and how; the model and the device come from elsewhere. */
export type EvaluationChoice = Omit<CallInput<'evaluation.run'>, 'checkpoint' | 'device' | 'operationId'>;

export const useEvaluationStore = defineStore('evaluation', () => {
  const bridge = useBridge();
  const operations = useOperationsStore();
  const { byId, list, isLoaded, failure, put, load } = keptList<Evaluation>(() =>
    bridge.call('evaluation.list', {}),
  );

  bridge.on('evaluation.updated', put);
  bridge.on('evaluation.removed', ({ evaluationId }) => byId.delete(evaluationId));

  /** The latest of a checkpoint or of opened weights. */
  const latestOf = (reference: string): Evaluation | null =>
    list.value.find(({ checkpoint }) => checkpoint.reference === reference) ?? null;

  /** Evaluates; `onStart` hears the operation that can be followed and cancelled. Rejects as the call does. */
  async function run(
    { reference, name }: Pick<Model, 'reference' | 'name'>,
    choice: EvaluationChoice,
    onStart: (operationId: string) => void,
  ): Promise<Evaluation> {
    return operations.run(`Evaluating ${name}`, async (operationId) => {
      onStart(operationId);
      const { device } = usePreferencesStore();
      return put(
        await bridge.call('evaluation.run', { checkpoint: reference, ...choice, device, operationId }),
      );
    });
  }

  const examples = (input: CallInput<'evaluation.examples'>): Promise<CallOutput<'evaluation.examples'>> =>
    bridge.call('evaluation.examples', input);

  const compare = (
    evaluationIds: [string, string],
    metric: MetricName,
  ): Promise<CallOutput<'evaluation.compare'>> =>
    bridge.call('evaluation.compare', { evaluationIds, metric });

  async function remove(evaluationId: string): Promise<void> {
    await bridge.call('evaluation.remove', { evaluationId });
    byId.delete(evaluationId);
  }

  /** Takes a removal back. */
  async function restore(evaluationId: string): Promise<void> {
    put(await bridge.call('evaluation.restore', { evaluationId }));
  }

  return { byId, list, isLoaded, failure, load, latestOf, run, examples, compare, remove, restore };
});
