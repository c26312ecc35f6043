// What can be done with kept evaluations, the same from their list and from the page of one: compare two, remove
// some. Never rejects; what fails becomes a note.

import { useRouter } from 'vue-router';
import type { Evaluation } from '../../preload/contract.ts';
import { countWords } from '../lib/dataset-words.ts';
import { useEvaluationStore } from '../stores/evaluation.ts';
import { useToastsStore } from '../stores/toasts.ts';

export interface EvaluationActions {
  open(evaluation: Evaluation): void;
  /** The older of the two stands first, so that a change reads as what came of it. */
  compare(pair: readonly [Evaluation, Evaluation]): void;
  /** Removes all, with a way back; says whether they are gone. */
  remove(evaluations: readonly Evaluation[]): Promise<boolean>;
}

export function useEvaluationActions(): EvaluationActions {
  const router = useRouter();
  const store = useEvaluationStore();
  const toasts = useToastsStore();

  async function remove(evaluations: readonly Evaluation[]): Promise<boolean> {
    const gone: Evaluation[] = [];
    for (const evaluation of evaluations) {
      try {
        await store.remove(evaluation.id);
        gone.push(evaluation);
      } catch (error) {
        toasts.fail(`The evaluation of ${evaluation.label} was not deleted`, error);
      }
    }
    const [first] = gone;
    if (!first) return false;
    const what =
      gone.length === 1 ? `the evaluation of ${first.label}` : countWords(gone.length, 'evaluation');
    toasts.notify({
      title: `Deleted ${what}`,
      text: 'The model and the dataset stay.',
      kind: 'info',
      undo: async () => {
        for (const { id } of gone) await store.restore(id);
      },
    });
    return gone.length === evaluations.length;
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
