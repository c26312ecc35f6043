// A question before something that cannot be undone. One at a time; ConfirmDialog.vue, mounted once in App.vue,
// shows it.

import { readonly, shallowRef, type DeepReadonly, type Ref } from 'vue';

export interface Question {
  readonly title: string;
  readonly message: string;
  /** The button that does it, a verb with its object: "Delete the run". */
  readonly verb: string;
  readonly isDanger?: boolean;
}

interface Pending {
  readonly question: Question;
  readonly answer: (isYes: boolean) => void;
}

const pending = shallowRef<Pending | null>(null);

/** `ask` resolves to whether the user wants it; a question that is asked meanwhile answers the former with no. */
export function useConfirm(): {
  ask: (question: Question) => Promise<boolean>;
  pending: DeepReadonly<Ref<Pending | null>>;
} {
  const ask = (question: Question): Promise<boolean> => {
    pending.value?.answer(false);
    return new Promise((resolve) => {
      const answer = (isYes: boolean): void => {
        pending.value = null;
        resolve(isYes);
      };
      pending.value = { question, answer };
    });
  };
  return { ask, pending: readonly(pending) };
}
