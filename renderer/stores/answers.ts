// What models made of texts that they were asked about: translations, classes, fillings. Kept by the place that
// asked while the page is open, so that looking elsewhere and coming back loses nothing.

import { defineStore } from 'pinia';
import { shallowReactive, shallowRef } from 'vue';
import type { Task } from '../../engine/config.ts';
import type { Answer } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { useOperationsStore } from './operations.ts';
import { usePreferencesStore } from './preferences.ts';

export interface GivenAnswer {
  readonly id: number;
  readonly reference: string;
  /** Of the checkpoint that answered. */
  readonly step: number;
  readonly input: string;
  readonly task: Task;
  readonly answer: Answer;
}

export interface Ask {
  readonly checkpoint: string;
  readonly text: string;
  readonly numBeams: number;
}

const mostKept = 30;
/** What takes less is not worth a line at the foot of the window. */
const shownAfterMs = 800;

export const useAnswersStore = defineStore('answers', () => {
  const bridge = useBridge();
  /** By place, newest first. */
  const byPlace = shallowReactive(new Map<string, readonly GivenAnswer[]>());
  const busyPlace = shallowRef<string | null>(null);
  let lastId = 0;

  /** Asks and keeps the answer with those of the place; rejects as the call does. */
  async function ask(place: string, { checkpoint, text, numBeams }: Ask): Promise<void> {
    busyPlace.value = place;
    try {
      const { device } = usePreferencesStore();
      const given = await useOperationsStore().run(
        'Answering',
        (operationId) =>
          bridge.call('tasks.answer', { checkpoint, texts: [text], numBeams, device, operationId }),
        shownAfterMs,
      );
      const { task, answers, checkpoint: found } = given;
      const own = answers.map((answer): GivenAnswer => ({
        id: ++lastId,
        reference: found.reference,
        step: found.step,
        input: text,
        task,
        answer,
      }));
      byPlace.set(place, [...own, ...(byPlace.get(place) ?? [])].slice(0, mostKept));
    } finally {
      busyPlace.value = null;
    }
  }

  const clear = (place: string): void => void byPlace.delete(place);

  return { byPlace, busyPlace, ask, clear };
});
