// The commands of the playground: write or say, stop, compare, begin anew. What they do is the page's and its stores'.

import { computed, type ComputedRef, type Ref } from 'vue';
import type { Command } from '../commands/registry.ts';
import { useCommands } from '../commands/useCommands.ts';
import { useConversationStore } from '../stores/conversation.ts';
import { useGenerationStore } from '../stores/generation.ts';
import { usePlaygroundStore } from '../stores/playground.ts';

export interface PlaygroundPlace {
  /** Whether the chosen model reads a text before it answers. */
  readonly isAsked: Ref<boolean>;
  /** Whether turns are kept. */
  readonly isChat: Ref<boolean>;
  /** Whether there is no model at all. */
  readonly isEmpty: Ref<boolean>;
  /** The conversation, where there is one. */
  readonly panel: Readonly<
    Ref<{ send(): void; again(): Promise<unknown>; editLast(): void; clear(): void } | null>
  >;
  write(): Promise<unknown>;
  stop(): Promise<unknown>;
  compareWithAnother(): void;
  stopComparing(): void;
  resetSettings(): void;
  clearHistory(): void;
}

/** Registers them while the page is open; says whether something can be written now. */
export function usePlaygroundCommands(place: PlaygroundPlace): { mayWrite: ComputedRef<boolean> } {
  const playground = usePlaygroundStore();
  const generation = useGenerationStore();
  const chat = useConversationStore();
  const mayWrite = computed(
    () =>
      !place.isAsked.value &&
      playground.first !== null &&
      !playground.isWriting &&
      !generation.isWriting &&
      !place.isEmpty.value,
  );
  const chatCommands: Command[] = [
    {
      id: 'playground.answer-again',
      label: 'Answer the last message again',
      group: 'Model',
      icon: 'reset',
      isEnabled: () => chat.last !== null && chat.mayAnswer,
      run: () => place.panel.value?.again(),
    },
    {
      id: 'playground.edit-last',
      label: 'Edit the last message',
      group: 'Model',
      icon: 'pencil',
      isEnabled: () => chat.last !== null && chat.mayAnswer,
      run: () => place.panel.value?.editLast(),
    },
    {
      id: 'playground.clear-conversation',
      label: 'Clear the conversation',
      group: 'Page',
      icon: 'trash',
      isEnabled: () => chat.last !== null && !playground.isWriting,
      run: () => place.panel.value?.clear(),
    },
  ];
  useCommands(() => [
    ...(place.isChat.value ? chatCommands : []),
    {
      id: 'playground.write',
      label: place.isChat.value ? 'Send the message' : 'Write a text',
      group: 'Model',
      icon: 'play',
      shortcut: '$mod+Enter',
      isEnabled: () => mayWrite.value,
      run: () => (place.isChat.value ? place.panel.value?.send() : place.write()),
    },
    {
      id: 'playground.stop',
      label: 'Stop writing',
      group: 'Model',
      icon: 'stop',
      shortcut: '$mod+Period',
      isEnabled: () => playground.isWriting,
      run: () => place.stop(),
    },
    {
      id: 'playground.compare',
      label: 'Compare with another checkpoint',
      group: 'Model',
      icon: 'compare',
      isEnabled: () => !place.isEmpty.value && !place.isAsked.value && playground.second === null,
      run: place.compareWithAnother,
    },
    {
      id: 'playground.alone',
      label: 'Talk to one checkpoint only',
      group: 'Model',
      icon: 'playground',
      isEnabled: () => playground.second !== null,
      run: place.stopComparing,
    },
    {
      id: 'playground.reset',
      label: 'Reset the sampling settings',
      group: 'Page',
      icon: 'reset',
      run: place.resetSettings,
    },
    {
      id: 'playground.clear',
      label: 'Clear the history of texts',
      group: 'Page',
      icon: 'trash',
      isEnabled: () => playground.memory.entries.length > 0,
      run: place.clearHistory,
    },
  ]);

  return { mayWrite };
}
