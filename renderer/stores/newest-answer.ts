// Questions that follow each other quickly, as while someone types: one is asked at a time, and only the newest
// waits. A long one is work that can be seen, and is given up when another waits. Knows no question.

import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { Failure } from '../../preload/contract.ts';
import { failureOf } from '../lib/failure.ts';
import { useOperationsStore } from './operations.ts';

export interface NewestAnswer<Q, A> {
  readonly answer: ShallowRef<A | null>;
  readonly failure: ShallowRef<Failure | null>;
  readonly isBusy: Ref<boolean>;
  /** Asks; an answer to an older question is shown only until the newest is there. Null asks nothing. */
  ask(question: Q | null): void;
}

/** What takes less is not worth a line at the foot of the window. */
const shownAfterMs = 600;

/** `work` answers one question; with a `title` it is an operation with the id that it is given. */
export function newestAnswer<Q, A>(
  work: (question: Q, operationId: string | undefined) => Promise<A>,
  title?: string,
): NewestAnswer<Q, A> {
  const answer: ShallowRef<A | null> = shallowRef(null);
  const failure = shallowRef<Failure | null>(null);
  const isBusy = ref(false);
  let waiting: { readonly question: Q | null } | null = null;
  let operationId: string | undefined;

  async function answerTo(question: Q): Promise<A> {
    if (title === undefined) return work(question, undefined);
    return useOperationsStore().run(
      title,
      (id) => {
        operationId = id;
        return work(question, id);
      },
      shownAfterMs,
    );
  }

  async function workOn(): Promise<void> {
    isBusy.value = true;
    while (waiting) {
      const { question } = waiting as { question: Q | null };
      waiting = null;
      if (question === null) {
        answer.value = failure.value = null;
        continue;
      }
      try {
        answer.value = await answerTo(question);
        failure.value = null;
      } catch (error) {
        // What was given up for a newer question has not failed.
        if (waiting) continue;
        answer.value = null;
        failure.value = failureOf(error);
      } finally {
        operationId = undefined;
      }
    }
    isBusy.value = false;
  }

  function ask(question: Q | null): void {
    waiting = { question };
    if (!isBusy.value) void workOn();
    else if (operationId !== undefined)
      useOperationsStore()
        .cancel(operationId)
        .catch(() => undefined);
  }

  return { answer, failure, isBusy, ask };
}
