// A conversation with one or two models: what its user said and what each answered, as messages for the studio and
// as text to copy, and read back from what was kept. Pure; nothing of Vue.

import type { CallInput } from '../../preload/contract.ts';
import { readOutput, type PlaygroundOutput } from './playground-output.ts';
import { recordOf } from './read-value.ts';

export type ChatMessage = NonNullable<CallInput<'generation.run'>['messages']>[number];

export interface ChatAnswer extends PlaygroundOutput {
  /** Earlier messages that did not fit into what the model reads. */
  readonly leftOutCount: number;
}

/** One thing that was said, and the answers by column; null where a model gave none. */
export interface ChatTurn {
  readonly id: string;
  readonly said: string;
  readonly answers: readonly (ChatAnswer | null)[];
}

export interface Conversation {
  /** What the models are told before all; empty for nothing. */
  readonly system: string;
  readonly turns: readonly ChatTurn[];
}

export const noConversation: Conversation = { system: '', turns: [] };
export const longestMessage = 20_000;
/** Older turns are forgotten, so that what pages remember stays small. */
const mostCharacters = 100_000;
/** The studio takes no more messages at once; each turn is two. */
const mostTurns = 450;

/** What one model has heard and said so far; a turn that it did not answer is not its. */
export function messagesOf({ system, turns }: Conversation, column: number): ChatMessage[] {
  const before: ChatMessage[] = system.trim() === '' ? [] : [{ role: 'system', content: system }];
  return turns.reduce<ChatMessage[]>((messages, { said, answers }) => {
    const answer = answers[column];
    if (!answer) return messages;
    return [...messages, { role: 'user', content: said }, { role: 'assistant', content: answer.text }];
  }, before);
}

/** How many turns from the first on the last answers were given without; 0 where all were read. */
export function leftOutTurns({ turns }: Conversation): number {
  const last = turns.at(-1);
  const most = Math.max(0, ...(last?.answers ?? []).map((answer) => answer?.leftOutCount ?? 0));
  return Math.ceil(most / 2);
}

/** The newest turns that may be remembered. */
export function fittingTurns(turns: readonly ChatTurn[]): ChatTurn[] {
  let characters = 0;
  let first = turns.length;
  while (first > 0 && turns.length - first < mostTurns) {
    const { said, answers } = turns[first - 1]!;
    characters += said.length + answers.reduce((sum, answer) => sum + (answer?.text.length ?? 0), 0);
    if (characters > mostCharacters && first < turns.length) break;
    first--;
  }
  return turns.slice(first);
}

/** All of it as text. */
export function conversationText({ system, turns }: Conversation): string {
  const parts = turns.flatMap(({ said, answers }) => [
    `You: ${said}`,
    ...answers.flatMap((answer) => (answer ? [`${answer.name}: ${answer.text}`] : [])),
  ]);
  return [...(system.trim() === '' ? [] : [`System: ${system}`]), ...parts].join('\n\n');
}

/** What was kept, whatever it looks like. */
export function readConversation(value: unknown): Conversation {
  const { system, turns } = recordOf(value);
  return {
    system: typeof system === 'string' ? system.slice(0, longestMessage) : '',
    turns: Array.isArray(turns) ? fittingTurns(turns.flatMap(readTurn)) : [],
  };
}

function readTurn(value: unknown): ChatTurn[] {
  const { id, said, answers } = recordOf(value);
  if (typeof id !== 'string' || typeof said !== 'string' || !Array.isArray(answers)) return [];
  return [{ id, said, answers: answers.slice(0, 2).map(readAnswer) }];
}

function readAnswer(value: unknown): ChatAnswer | null {
  const [output] = readOutput(value);
  const { leftOutCount } = recordOf(value);
  if (!output) return null;
  return { ...output, leftOutCount: typeof leftOutCount === 'number' ? leftOutCount : 0 };
}
