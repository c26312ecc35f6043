// The conversation of the playground with models that were tuned on such: said, answered, answered anew, changed,
// cleared. Kept with the playground's memory; the writing itself is the generation store's.

import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import {
  fittingTurns,
  messagesOf,
  noConversation,
  type ChatAnswer,
  type ChatTurn,
} from '../lib/conversation.ts';
import { freshId } from '../lib/fresh-id.ts';
import { useGenerationStore, type WrittenText } from './generation.ts';
import { usePlaygroundStore } from './playground.ts';
import { useToastsStore } from './toasts.ts';

export const useConversationStore = defineStore('conversation', () => {
  const playground = usePlaygroundStore();
  const generation = useGenerationStore();

  const conversation = computed(() => playground.memory.conversation);
  const system = computed({
    get: () => conversation.value.system,
    set: (value) => playground.change({ conversation: { ...conversation.value, system: value } }),
  });
  const last = computed(() => conversation.value.turns.at(-1) ?? null);
  /** The turn whose answers are written, or that failed to be answered. */
  const answeringId = ref<string | null>(null);
  const mayAnswer = computed(
    () => playground.first !== null && !playground.isWriting && !generation.isWriting,
  );

  /** What answers: apart from what the page writes of single prompts. */
  const writers = computed(() => playground.chosen.map((one, column) => ({ ...one, key: `chat-${column}` })));

  const setTurns = (turns: readonly ChatTurn[]): void =>
    playground.change({ conversation: { ...conversation.value, turns: fittingTurns(turns) } });

  /** What is being written for a turn by column, or was when it failed; empty for other turns. */
  function liveOf(turnId: string): readonly (WrittenText | null)[] {
    if (turnId !== answeringId.value) return [];
    return writers.value.map(({ key }) => generation.byRun.get(key) ?? null);
  }

  /** Says something, and lets the chosen models answer. */
  async function say(text: string): Promise<void> {
    if (text.trim() === '' || !mayAnswer.value) return;
    const id = freshId();
    setTurns([...conversation.value.turns, { id, said: text, answers: [] }]);
    await answer(id);
  }

  /** Lets the models answer what was said last once more. */
  async function answerAgain(): Promise<void> {
    const { turns } = conversation.value;
    if (!last.value || !mayAnswer.value) return;
    const { id } = last.value;
    setTurns([...turns.slice(0, -1), { ...last.value, answers: [] }]);
    await answer(id);
  }

  /** Says something else in place of what was said last. */
  async function sayInstead(text: string): Promise<void> {
    if (text.trim() === '' || !last.value || !mayAnswer.value) return;
    setTurns(conversation.value.turns.slice(0, -1));
    await say(text);
  }

  async function answer(turnId: string): Promise<void> {
    const { turns } = conversation.value;
    const turn = turns.find(({ id }) => id === turnId);
    if (!turn) return;
    answeringId.value = turnId;
    const before = { ...conversation.value, turns: turns.slice(0, turns.indexOf(turn)) };
    const messages = writers.value.map((_, column) => messagesOf(before, column));
    const texts = await playground.writeAll(writers.value, turn.said, playground.nextConfig(), messages);
    const answers = texts.map((text): ChatAnswer | null => {
      const output = playground.outputOf(text);
      return output && { ...output, leftOutCount: text!.leftOutCount };
    });
    // What was cleared meanwhile stays cleared.
    setTurns(conversation.value.turns.map((one) => (one.id === turnId ? { ...one, answers } : one)));
    if (texts.every((text) => text?.state !== 'failed')) answeringId.value = null;
  }

  /** Begins anew, with a way back; the system prompt stays. */
  function clear(): void {
    const before = conversation.value;
    if (before.turns.length === 0) return;
    answeringId.value = null;
    playground.change({ conversation: { ...noConversation, system: before.system } });
    useToastsStore().notify({
      title: 'Cleared the conversation',
      kind: 'info',
      undo: () => setTurns([...before.turns, ...conversation.value.turns]),
    });
  }

  return { conversation, system, last, answeringId, mayAnswer, liveOf, say, answerAgain, sayInstead, clear };
});
