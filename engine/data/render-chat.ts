// From the row of a dataset to token ids with a mark on those that are learned, as a setting and a tokenizer
// have it. Tokens are those of the whole rendered text; a token that reaches into an answer is learned.

import type { ChatTemplateName } from '../chat-template-names.ts';
import { EngineError } from '../errors.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { answerSpans } from './answer-spans.ts';
import { ChatLayout, type ChatTokens } from './chat-layout.ts';
import { chooseChatTemplate, withChatTemplate, type ChosenTemplate } from './chat-templates.ts';
import {
  readConversation,
  type Conversation,
  type ConversationRow,
  type ConversationSource,
} from './conversation.ts';

/** What decides which tokens a conversation has. */
export interface ChatSettings {
  readonly chatTemplate: ChatTemplateName;
  /** Learns the answers alone; otherwise every token. */
  readonly answersOnly: boolean;
  /** Tokens kept from the start of a conversation. */
  readonly maxLength: number;
}

/** One conversation as a model is trained on it. */
export interface ChatExample {
  readonly ids: Uint32Array;
  /** 1 or 0 for each token. */
  readonly trainedOn: Uint8Array;
  /** The rendered text, the part that was cut included. */
  readonly text: string;
  /** Tokens of the whole conversation. */
  readonly wholeLength: number;
  /** Tokens of answers that were cut off. */
  readonly cutAnswerTokens: number;
  /** How many ends of turn are learned. */
  readonly trainedEnds: number;
  /** Every token, the cut ones included, in a form for people. */
  pieces(): ChatPiece[];
}

/** One token for the eye. */
export interface ChatPiece {
  readonly id: number;
  readonly text: string;
  readonly isTrainedOn: boolean;
  readonly isSpecial: boolean;
  /** Whether it lies beyond the longest length. */
  readonly isCut: boolean;
}

/** What a row gives: an example, or why it gives none. */
export type ChatRowResult =
  | { readonly example: ChatExample }
  | { readonly example: null; readonly reason: string };

/** Makes the examples of one dataset for one tokenizer. */
export class ChatEncoder {
  /** The template in use, for saving with the tokenizer. */
  readonly template: ChosenTemplate;
  /** The token that ends an answer; null where the tokenizer has none that the template writes there. */
  readonly endTokenId: number | null;
  /** How the template ends an answer, for messages. */
  readonly endText: string;
  readonly settings: ChatSettings;
  private readonly tokenizer: Tokenizer;
  private readonly layout: ChatLayout;
  private readonly specialTokens: readonly string[];
  private readonly specialIds: ReadonlySet<number>;

  /** Throws `chat-template-invalid`. */
  constructor(settings: ChatSettings, tokenizer: Tokenizer) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.template = chooseChatTemplate(settings.chatTemplate, tokenizer);
    this.layout = new ChatLayout(this.template.text, chatTokens(tokenizer));
    this.specialTokens = [...tokenizer.specialTokens.keys()];
    this.specialIds = new Set(tokenizer.specialTokens.values());
    this.endText = endOfAnswer(this.layout);
    this.endTokenId = firstSpecial(this.endText, tokenizer.specialTokens);
  }

  /** The example of a row of a dataset. */
  row(row: ConversationRow, source: ConversationSource): ChatRowResult {
    try {
      return { example: this.conversation(readConversation(row, source)) };
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'row-unfit') throw error;
      return { example: null, reason: error.message };
    }
  }

  /** The example of a conversation. Throws `row-unfit` where the template refuses it. */
  conversation(conversation: Conversation): ChatExample {
    const { text, spans } = answerSpans(this.layout, conversation, this.specialTokens);
    const encoding = this.tokenizer.encode(text);
    const trained = this.settings.answersOnly
      ? this.insideSpans(text, spans, encoding.ids, encoding.offsets())
      : new Uint8Array(encoding.ids.length).fill(1);
    return this.cut({ ids: encoding.ids, trainedOn: trained, text });
  }

  /** The example of a whole conversation, of which this encoder keeps no more than its length. */
  cut({
    ids: whole,
    trainedOn: trained,
    text,
  }: Pick<ChatExample, 'ids' | 'trainedOn' | 'text'>): ChatExample {
    const kept = Math.min(whole.length, this.settings.maxLength);
    const ids = whole.subarray(0, kept);
    const trainedOn = trained.subarray(0, kept);
    return {
      ids,
      trainedOn,
      text,
      wholeLength: whole.length,
      cutAnswerTokens: trained.subarray(kept).reduce((sum, flag) => sum + flag, 0),
      trainedEnds: ids.reduce((sum, id, i) => sum + (id === this.endTokenId ? trainedOn[i]! : 0), 0),
      pieces: () => this.pieces(whole, trained),
    };
  }

  /** What a model is prompted with to answer the last message. Throws `row-unfit`. */
  prompt(conversation: Conversation): string {
    return this.layout.text(conversation, true);
  }

  private insideSpans(
    text: string,
    spans: readonly (readonly [number, number])[],
    ids: Uint32Array,
    offsets: Uint32Array,
  ): Uint8Array {
    const trained = new Uint8Array(ids.length);
    const encoder = new TextEncoder();
    let unit = 0;
    let byte = 0;
    const byteAt = (next: number): number => {
      byte += encoder.encode(text.slice(unit, next)).length;
      unit = next;
      return byte;
    };
    let token = 0;
    for (const [start, end] of spans) {
      const firstByte = byteAt(start);
      const lastByte = byteAt(end);
      while (token < ids.length && offsets[2 * token + 1]! <= firstByte) token++;
      const isJoined = token < ids.length && offsets[2 * token]! < firstByte;
      if (isJoined && !this.layout.hasGenerationTags) {
        trained.fill(1, this.divergence(text.slice(0, start), ids, token), token);
      }
      for (; token < ids.length && offsets[2 * token]! < lastByte; token++) trained[token] = 1;
    }
    return trained;
  }

  /**
   * Where the tokens of the prompt part from those of prompt and answer, which joined up across the border: as
   * with TRL's completion_only_loss, learning begins there.
   */
  private divergence(prompt: string, ids: Uint32Array, most: number): number {
    const alone = this.tokenizer.encode(prompt).ids;
    let shared = 0;
    while (shared < most && alone[shared] === ids[shared]) shared++;
    return shared;
  }

  private pieces(ids: Uint32Array, trained: Uint8Array): ChatPiece[] {
    return Array.from(ids, (id, index) => ({
      id,
      text: this.tokenizer.tokenToString(id),
      isTrainedOn: trained[index] === 1,
      isSpecial: this.specialIds.has(id),
      isCut: index >= this.settings.maxLength,
    }));
  }
}

/**
 * The tokenizer of a model that is trained on conversations: with the template that a setting means, and with what
 * ends a turn as its end token, where the template does not itself write the one that it has.
 */
export function chatTokenizer(chatTemplate: ChatTemplateName, tokenizer: Tokenizer): Tokenizer {
  const encoder = new ChatEncoder({ chatTemplate, answersOnly: true, maxLength: 0 }, tokenizer);
  const { template, endTokenId } = encoder;
  const end = [...tokenizer.specialTokens].find(([, id]) => id === endTokenId)?.[0];
  const isWritten = /\beos_token\b/.test(template.text);
  return withChatTemplate(tokenizer, {
    text: template.text,
    ...(end === undefined || isWritten ? {} : { eosToken: end }),
  });
}

/** The text of a conversation in a template, for training a tokenizer that is yet to be made. */
export function chatTextRenderer(
  text: string,
  { bosToken, eosToken }: { bosToken: string; eosToken: string },
): (conversation: Conversation) => string {
  const tokens = { bos_token: bosToken, eos_token: eosToken, unk_token: '', pad_token: '' };
  const layout = new ChatLayout(text, tokens);
  return (conversation) => layout.text(conversation);
}

function chatTokens(tokenizer: Tokenizer): ChatTokens {
  const config = tokenizer.toTokenizerConfig();
  const content = (key: string): string => {
    const value = config[key];
    if (typeof value === 'string') return value;
    const inner =
      typeof value === 'object' && value !== null ? (value as { content?: unknown }).content : null;
    return typeof inner === 'string' ? inner : '';
  };
  return {
    bos_token: content('bos_token'),
    eos_token: content('eos_token'),
    unk_token: content('unk_token'),
    pad_token: content('pad_token'),
  };
}

/** A text that no template holds. */
const probed = 'Ωξ';

/** What the template writes between an answer and whatever follows; empty where it cannot be told. */
function endOfAnswer(layout: ChatLayout): string {
  const probe: Conversation = [
    { role: 'user', content: probed },
    { role: 'assistant', content: probed },
  ];
  try {
    const { text, spans } = answerSpans(layout, probe, []);
    const span = spans.at(-1);
    if (span === undefined) return '';
    const answer = text.slice(...span);
    return answer.slice(answer.lastIndexOf(probed) + probed.length);
  } catch {
    return '';
  }
}

/** The special token that stands first in a text. */
function firstSpecial(text: string, specialTokens: ReadonlyMap<string, number>): number | null {
  let found: { at: number; id: number } | null = null;
  for (const [content, id] of specialTokens) {
    const at = text.indexOf(content);
    if (at >= 0 && (found === null || at < found.at)) found = { at, id };
  }
  return found?.id ?? null;
}
