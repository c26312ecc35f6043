// A conversation as its model goes on with it: laid out by the template that it was tuned with, and shortened from its
// beginning where it is longer than the model reads. What was said last is never left out, nor a system message.

import {
  ChatEncoder,
  EngineError,
  type Conversation,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';

export interface ChatPrompt {
  readonly prompt: string;
  /** Messages that were left out: the oldest beside the system's. */
  readonly leftOutCount: number;
}

/** At most this part of the context is kept free for an answer. */
const freePart = 1 / 4;

/** Throws `conversation-too-long` where the last message alone is longer than the model reads. */
export function chatPrompt(
  { data, model }: Pick<RunSettings, 'data' | 'model'>,
  tokenizer: Tokenizer,
  conversation: Conversation,
  maxNewTokens: number,
): ChatPrompt {
  const { chatTemplate, answersOnly } = data;
  const encoder = new ChatEncoder({ chatTemplate, answersOnly, maxLength: Infinity }, tokenizer);
  const { maxPositionEmbeddings: context } = model;
  const wanted = context - Math.min(maxNewTokens, Math.ceil(context * freePart));
  const system = conversation.filter(({ role }) => role === 'system');
  const said = conversation.filter(({ role }) => role !== 'system');
  for (let leftOutCount = 0; ; leftOutCount = nextTurn(said, leftOutCount)) {
    const prompt = encoder.prompt([...system, ...said.slice(leftOutCount)]);
    const { length } = tokenizer.encode(prompt).ids;
    const isLast = nextTurn(said, leftOutCount) >= said.length;
    if (length <= wanted || (isLast && length < context)) return { prompt, leftOutCount };
    if (isLast) throw tooLong(length, context, system.length > 0);
  }
}

/** Where the turn after the one at a place begins: what a user says, and all that follows it. */
function nextTurn(said: Conversation, from: number): number {
  const next = said.findIndex(({ role }, index) => index > from && role === 'user');
  return next < 0 ? said.length : next;
}

function tooLong(length: number, context: number, hasSystem: boolean): EngineError {
  return new EngineError(
    'conversation-too-long',
    `${hasSystem ? 'The system prompt and the last message are' : 'The last message is'} ${length} tokens long as they are laid out, and the model reads ${context} with its answer.`,
    { hint: hasSystem ? 'Shorten the message or the system prompt.' : 'Shorten the message.' },
  );
}
