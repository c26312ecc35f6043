// One chat template at work: messages in, text out, by @huggingface/jinja. Where the answers lie in that text is
// found in answer-spans.ts; nothing here knows token ids.

import { Template } from '@huggingface/jinja';
import { EngineError } from '../errors.ts';
import type { Conversation, Message } from './conversation-forms/form.ts';

/** The special tokens that templates name by their roles. */
export interface ChatTokens {
  readonly bos_token: string;
  readonly eos_token: string;
  readonly unk_token: string;
  readonly pad_token: string;
}

/** Characters that are never text (Unicode noncharacters), put around things whose place is to be found. */
export const marks = { answer: '\uFDD0', answerEnd: '\uFDD1', tag: '\uFDD2', tagEnd: '\uFDD3' } as const;

const anyMark = /[\uFDD0-\uFDD3]/g;

/** What templates that ask for the day are told, so that a run's data does not depend on when it is made. */
const fixedDay = '26 Jul 2024';

/** A template made ready. */
export class ChatLayout {
  /** Whether the template itself says, by `{% generation %}`, what an assistant writes. */
  readonly hasGenerationTags: boolean;
  private readonly template: Template;
  private readonly tokens: ChatTokens;
  private readonly takesSystem: boolean;

  /** Throws `chat-template-invalid` for what is no Jinja. */
  constructor(text: string, tokens: ChatTokens) {
    this.tokens = tokens;
    const tagged = markTags(text);
    this.hasGenerationTags = tagged !== text;
    try {
      this.template = new Template(tagged.replace(/\bstrftime_now\b/g, 'fixed_day'));
    } catch (cause) {
      throw new EngineError('chat-template-invalid', `The chat template cannot be read: ${sentence(cause)}`, {
        hint: 'Choose a template of the library, such as --chat-template chatml.',
        cause,
      });
    }
    this.takesSystem = this.findWhetherSystemIsTaken();
  }

  /** The text of a conversation, as the model sees it. Throws `row-unfit` where the template refuses it. */
  text(conversation: Conversation, addGenerationPrompt = false): string {
    return this.marked(clean(conversation), addGenerationPrompt).replace(anyMark, '');
  }

  /** As `text`, with marks where the template has generation tags, and those that the messages hold. */
  marked(conversation: Conversation, addGenerationPrompt: boolean): string {
    const messages = this.takesSystem ? conversation : withoutSystem(conversation);
    try {
      return this.render(messages, addGenerationPrompt);
    } catch (cause) {
      throw new EngineError('row-unfit', `The chat template refuses the conversation: ${sentence(cause)}`, {
        hint: 'Mend or remove the row, or choose another --chat-template.',
        cause,
      });
    }
  }

  private render(messages: Conversation, addGenerationPrompt: boolean): string {
    return this.template.render({
      ...this.tokens,
      messages,
      add_generation_prompt: addGenerationPrompt,
      fixed_day: () => fixedDay,
    });
  }

  /** Some templates refuse or leave out what the system says; it then stands before the first question. */
  private findWhetherSystemIsTaken(): boolean {
    const probe: Conversation = [
      { role: 'system', content: marks.answer },
      { role: 'user', content: 'a' },
    ];
    try {
      return this.render(probe, false).includes(marks.answer);
    } catch {
      return false;
    }
  }
}

/** A conversation without characters that are never text. */
export function clean(conversation: Conversation): Conversation {
  return conversation.map(({ role, content }) => ({ role, content: content.replace(anyMark, '\uFFFD') }));
}

/** Turns generation tags, which the renderer would drop, into marks. */
function markTags(text: string): string {
  return text.replace(
    /\{%(-?)\s*(end)?generation\s*(-?)%\}/g,
    (_, left: string, end: string, right: string) => {
      const mark = end === undefined ? marks.tag : marks.tagEnd;
      // Between two blocks, so that whitespace around it is treated as around the tag.
      return `{%${left} if true %}{{ '${mark}' }}{% endif ${right}%}`;
    },
  );
}

function withoutSystem(conversation: Conversation): Conversation {
  const messages: Message[] = [];
  let told = '';
  for (const message of conversation) {
    if (message.role === 'system') told += `${message.content}\n\n`;
    else {
      const isTold = message.role === 'user';
      messages.push(isTold ? { role: 'user', content: told + message.content } : message);
      if (isTold) told = '';
    }
  }
  return messages;
}

function sentence(cause: unknown): string {
  const words = cause instanceof Error ? cause.message : String(cause);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
