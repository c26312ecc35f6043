// What can be done with kept evaluations, the same from their list and from the page of one: compare two, remove
// some. Never rejects; what fails becomes a note.

import { useRouter } from 'vue-router';
import type { Evaluation } from '../../preload/contract.ts';
import { countWords } from '../lib/dataset-words.ts';
import { useEvaluationStore } from '../stores/evaluation.ts';
import { useToastsStore } from '../stores/toasts.ts';
import { useConfirm } from './useConfirm.ts';

export interface EvaluationActions {
  open(evaluation: Evaluation): void;
  /** The older of the two stands first, so that a change reads as what came of it. */
  compare(pair: readonly [Evaluation, Evaluation]): void;
  /** Asks once, then removes all; says whether they are gone. */
  remove(evaluations: readonly Evaluation[]): Promise<boolean>;
}

export function useEvaluationActions(): EvaluationActions {
  const router = useRouter();
  const store = useEvaluationStore();
  const toasts = useToastsStore();
  const { ask } = useConfirm();

  async function remove(evaluations: readonly Evaluation[]): Promise<boolean> {
    const [first] = evaluations;
    if (!first) return false;
    const isOne = evaluations.length === 1;
    const what = isOne ? 'this evaluation' : countWords(evaluations.length, 'evaluation');
    const yes = await ask({
      title: `Delete ${what}?`,
      message: `${isOne ? `Its figures (${first.label} on ${first.datasetName}) and its` : 'Their figures and'} examples are removed. The model and the dataset stay, so that it can be measured again. This cannot be undone.`,
      verb: isOne ? 'Delete the evaluation' : `Delete ${what}`,
      isDanger: true,
    });
    if (!yes) return false;
    let areGone = true;
    for (const { id, label } of evaluations) {
      try {
        await store.remove(id);
      } catch (error) {
        areGone = false;
        toasts.fail(`The evaluation of ${label} was not deleted`, error);
      }
    }
    return areGone;
  }

  return {
    open: ({ id }) => void router.push({ name: 'evaluation', params: { evaluationId: id } }),
    compare(pair) {
      const [first, second] = [...pair].sort((a, b) => a.createdAtMs - b.createdAtMs);
      void router.push({ name: 'compare-evaluations', query: { ids: `${first!.id},${second!.id}` } });
    },
    remove,
  };
}
