// Where the assistant's answers lie in a rendered conversation: from behind what the model is prompted with to
// behind what ends its turn. By the template's generation tags where it has them, and else by marks put around
// the contents before rendering.

import { EngineError } from '../errors.ts';
import { clean, marks, type ChatLayout } from './chat-layout.ts';
import type { Conversation, Message } from './conversation-forms/form.ts';

/** A rendered conversation. */
export interface AnsweredText {
  readonly text: string;
  /** Start and end of each answer in UTF-16 units, in rising order. */
  readonly spans: readonly (readonly [number, number])[];
}

/** A text without its marks, and where they stood in it. */
interface Unmarked {
  readonly text: string;
  readonly places: ReadonlyMap<string, number>;
}

/**
 * Renders a conversation and finds its answers. `specialTokens` are never cut in two. Throws `row-unfit` where
 * the template refuses the conversation or shows an answer in a form that cannot be found again.
 */
export function answerSpans(
  layout: ChatLayout,
  given: Conversation,
  specialTokens: readonly string[],
): AnsweredText {
  const conversation = clean(given);
  if (layout.hasGenerationTags) return taggedSpans(layout.marked(conversation, false));
  const text = layout.text(conversation);
  const whole = unmark(layout.marked(conversation.map(markAnswer), false));
  // A template that looks at what the marks stand in renders something else: they say nothing then.
  const places = whole.text === text ? whole.places : new Map<string, number>();
  const spans = conversation.flatMap((message, index): [number, number][] => {
    if (message.role !== 'assistant') return [];
    const start = startOf(layout, conversation, index, text, places);
    const end =
      start === null ? null : endOf(layout, conversation, index, text, start, places, specialTokens);
    if (start !== null && end !== null) return [[start, end]];
    throw new EngineError(
      'row-unfit',
      `Message ${index + 1} cannot be found in what the chat template makes of it.`,
      {
        hint: 'Choose another --chat-template.',
      },
    );
  });
  return { text, spans };
}

function taggedSpans(marked: string): AnsweredText {
  const spans: [number, number][] = [];
  let text = '';
  let start = 0;
  for (const part of marked.split(/([\uFDD2\uFDD3])/)) {
    if (part === marks.tag) start = text.length;
    else if (part === marks.tagEnd) spans.push([start, text.length]);
    else text += part;
  }
  return { text, spans };
}

/** Behind what a model is prompted with for this answer; what the template puts between is to be learned too. */
function startOf(
  layout: ChatLayout,
  conversation: Conversation,
  index: number,
  text: string,
  places: ReadonlyMap<string, number>,
): number | null {
  const before = conversation.slice(0, index);
  const prompt = attempt(() => layout.text(before, true));
  const fitting = prompt !== null && text.startsWith(prompt) ? prompt.length : null;
  const content = places.get(`${marks.answer}${index}`);
  if (content === undefined) return fitting;
  const hasPrompt = prompt !== attempt(() => layout.text(before));
  if (fitting !== null && fitting <= content && hasPrompt) return fitting;
  // Without a prompt for the answer, only spaces that join it to what stands before are the model's to write.
  const lead = /^\s*/.exec(conversation[index]!.content)![0];
  let start = text.slice(0, content).endsWith(lead) ? content - lead.length : content;
  while (start > (fitting ?? 0) && text[start - 1] === ' ') start--;
  return start;
}

/** Behind what the template writes after the answer whether or not another turn follows. */
function endOf(
  layout: ChatLayout,
  conversation: Conversation,
  index: number,
  text: string,
  start: number,
  places: ReadonlyMap<string, number>,
  specialTokens: readonly string[],
): number | null {
  if (index === conversation.length - 1) return text.length;
  const until = conversation.slice(0, index + 1);
  const alone = attempt(() => unmark(layout.marked(until.map(markAnswer), false)));
  const here = places.get(`${marks.answerEnd}${index}`);
  const there = alone?.places.get(`${marks.answerEnd}${index}`);
  if (alone !== null && here !== undefined && there !== undefined) {
    return here + endLength(text.slice(here), alone.text.slice(there), specialTokens);
  }
  const shared = attempt(() => wholePrefix(text, layout.text(until), specialTokens));
  return shared !== null && shared >= start ? shared : null;
}

/** Length of what ends an answer, by what follows it where another turn does, and where none does. */
function endLength(tail: string, lastTail: string, specialTokens: readonly string[]): number {
  const length = wholePrefix(tail, lastTail, specialTokens);
  const isEnded = specialTokens.some((token) => tail.slice(0, length).includes(token));
  const next = (text: string) => specialTokens.find((token) => text.startsWith(token, length));
  // Some models end the last answer with another token than the ones before.
  return !isEnded && next(lastTail) !== undefined ? length + (next(tail)?.length ?? 0) : length;
}

/** Length of what two texts begin with alike, never ending within a special token of the first. */
function wholePrefix(text: string, other: string, specialTokens: readonly string[]): number {
  let length = 0;
  while (length < text.length && text[length] === other[length]) length++;
  for (const token of specialTokens) {
    for (let start = Math.max(0, length - token.length + 1); start < length; start++) {
      if (text.startsWith(token, start) && start + token.length > length) length = start;
    }
  }
  return length;
}

/** Puts marks around what stands in a message of the assistant, inside the spaces that templates strip. */
function markAnswer(message: Message, index: number): Message {
  if (message.role !== 'assistant') return message;
  const { content } = message;
  const core = content.trim();
  const start = core === '' ? content.length : content.indexOf(core);
  return {
    role: 'assistant',
    content:
      `${content.slice(0, start)}${marks.answer}${index}${marks.tag}${core}` +
      `${marks.answerEnd}${index}${marks.tag}${content.slice(start + core.length)}`,
  };
}

function unmark(marked: string): Unmarked {
  const places = new Map<string, number>();
  let text = '';
  let from = 0;
  for (const { 0: whole, 1: mark, 2: number, index } of marked.matchAll(/([\uFDD0\uFDD1])(\d+)\uFDD2/g)) {
    text += marked.slice(from, index);
    places.set(`${mark}${number}`, text.length);
    from = index + whole.length;
  }
  return { text: text + marked.slice(from), places };
}

/** Templates may refuse part of a conversation that they take whole. */
function attempt<T>(render: () => T): T | null {
  try {
    return render();
  } catch {
    return null;
  }
}
