// What TRL prepares for training, from tests/golden/make_chat_goldens.py, and the tokenizer it was given.

import { readFileSync } from 'node:fs';
import type { ChatTemplateName } from '../../../engine/chat-template-names.ts';
import type { Conversation } from '../../../engine/data/conversation.ts';

/** One conversation, or a pair of texts, and its tokens. */
export interface ChatGolden {
  name: string;
  /** A name of the library, or `own`. */
  template: ChatTemplateName | 'own';
  messages?: Conversation;
  pair?: { prompt: string; completion: string };
  maxLength: number;
  ids: number[];
  /** A 0 or 1 for each id. */
  trainedOn: string;
}

export const chatGoldens = JSON.parse(read('conversations.json')) as {
  tokens: Record<string, { bos: string; eos: string }>;
  /** A template of a tokenizer's own, with generation tags. */
  own: string;
  cases: ChatGolden[];
};

export const chatTokenizerJson = read('tokenizer.json');

function read(name: string): string {
  return readFileSync(new URL(`../../golden/chat/${name}`, import.meta.url), 'utf8');
}
