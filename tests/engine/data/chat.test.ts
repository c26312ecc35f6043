// Token ids and masks of conversations against TRL (tests/golden/chat), and what holds of every template.

import { describe, expect, it } from 'vitest';
import { chatTemplateNames, type ChatTemplateName } from '../../../engine/chat-template-names.ts';
import { chatTemplates, chooseChatTemplate, withChatTemplate } from '../../../engine/data/chat-templates.ts';
import type { Conversation } from '../../../engine/data/conversation.ts';
import { ChatEncoder, chatTokenizer } from '../../../engine/data/render-chat.ts';
import { trainByteLevelBpe } from '../../../engine/tokenizers/bpe-trainer.ts';
import { trainCharacters } from '../../../engine/tokenizers/characters-trainer.ts';
import { loadTokenizerJson } from '../../../engine/tokenizers/tokenizer-json.ts';
import { chatGoldens, chatTokenizerJson, type ChatGolden } from './chat-goldens.ts';

const base = loadTokenizerJson(chatTokenizerJson);
const names = chatTemplateNames.filter((name) => name !== 'auto');

function encoderOf({ template, maxLength }: Pick<ChatGolden, 'template' | 'maxLength'>, answersOnly = true) {
  const text = template === 'own' || template === 'auto' ? chatGoldens.own : chatTemplates[template].text;
  const tokens = chatGoldens.tokens[template] ?? { bos: '<|endoftext|>', eos: '<|endoftext|>' };
  const tokenizer = withChatTemplate(base, { text, bosToken: tokens.bos, eosToken: tokens.eos });
  return new ChatEncoder({ chatTemplate: 'auto', answersOnly, maxLength }, tokenizer);
}

function conversationOf({ messages, pair }: ChatGolden): Conversation {
  if (messages) return messages;
  return [
    { role: 'user', content: pair!.prompt },
    { role: 'assistant', content: pair!.completion },
  ];
}

describe('a conversation has the ids and the mask that TRL gives it', () => {
  it.each(chatGoldens.cases.map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
    const example = encoderOf(golden).conversation(conversationOf(golden));
    expect([...example.ids]).toEqual(golden.ids);
    expect(example.trainedOn.join('')).toBe(golden.trainedOn);
  });
});

describe('every template of the library', () => {
  const conversation: Conversation = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello there' },
    { role: 'user', content: 'And?' },
    { role: 'assistant', content: 'Nothing' },
  ];

  it.each(names)('%s learns each answer and each end of turn, and shows the system message', (template) => {
    const encoder = encoderOf({ template, maxLength: 1000 });
    const example = encoder.conversation(conversation);
    const learned = base.decode(example.ids.filter((_, i) => example.trainedOn[i] === 1));
    expect(encoder.endTokenId).not.toBeNull();
    expect(example.trainedEnds).toBeGreaterThanOrEqual(2);
    expect(learned).toMatch(/^ ?Hello there/);
    expect(learned).toContain('Nothing');
    expect(learned).not.toMatch(/Hi|And\?|Be brief/);
    expect(example.text).toContain('Be brief.');
    expect(base.decode(example.ids)).toBe(example.text);
  });

  it.each(names)('%s prompts with what stands before the answer', (template) => {
    const encoder = encoderOf({ template, maxLength: 1000 });
    const { text } = encoder.conversation(conversation);
    const prompt = encoder.prompt(conversation.slice(0, 4));
    expect(text.startsWith(prompt)).toBe(true);
    expect(text.slice(prompt.length)).toMatch(/^ ?Nothing/);
  });

  it.each(names)('%s has single tokens for its ends in a tokenizer made for it', async (template) => {
    const { specialTokens, text, bosToken, eosToken } = chatTemplates[template];
    async function* chunks() {
      yield 'some text to learn from, some text; user assistant system Hi Hello';
    }
    const trained = [
      await trainByteLevelBpe(chunks(), { vocabSize: 300, specialTokens, splitPattern: 'gpt2' }),
      await trainCharacters(chunks(), { specialTokens }),
    ];
    for (const made of trained) {
      const tokenizer = withChatTemplate(made, { text, bosToken, eosToken });
      const reopened = loadTokenizerJson(
        JSON.stringify(tokenizer.toTokenizerJson()),
        JSON.stringify(tokenizer.toTokenizerConfig()),
      );
      expect(reopened.kind).toBe(made.kind);
      expect(reopened.vocabSize).toBe(made.vocabSize);
      expect(reopened.chatTemplate).toBe(text);
      expect(reopened.endOfTextTokenId).toBe(made.specialTokens.get(eosToken));
      for (const token of specialTokens) {
        expect([...reopened.encode(`Hi${token}Hi`).ids]).toContain(made.specialTokens.get(token));
      }
      const encoder = new ChatEncoder({ chatTemplate: 'auto', answersOnly: true, maxLength: 99 }, reopened);
      expect(encoder.endTokenId).not.toBeNull();
    }
  });
});

describe('a conversation', () => {
  const pair: Conversation = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
  ];

  it('is learned whole where answers are not asked for alone', () => {
    const example = encoderOf({ template: 'chatml', maxLength: 1000 }, false).conversation(pair);
    expect(new Set(example.trainedOn)).toEqual(new Set([1]));
  });

  it('says what was cut, token by token', () => {
    const whole = encoderOf({ template: 'chatml', maxLength: 1000 }).conversation(pair);
    const cut = encoderOf({ template: 'chatml', maxLength: whole.ids.length - 3 }).conversation(pair);
    expect([...cut.ids]).toEqual([...whole.ids.subarray(0, -3)]);
    expect(cut.cutAnswerTokens).toBe(3);
    expect(cut.wholeLength).toBe(whole.ids.length);
    const pieces = cut.pieces();
    expect(pieces.map(({ isCut }) => isCut).slice(-4)).toEqual([false, true, true, true]);
    expect(pieces[0]).toMatchObject({ text: '<|im_start|>', isSpecial: true, isTrainedOn: false });
    expect(pieces.filter(({ isTrainedOn }) => isTrainedOn).map(({ id }) => id)).toEqual(
      Array.from(whole.ids.filter((_, i) => whole.trainedOn[i] === 1)),
    );
  });

  it('keeps characters that are never text from being taken for marks', () => {
    const example = encoderOf({ template: 'chatml', maxLength: 1000 }).conversation([
      { role: 'user', content: 'a\uFDD00\uFDD2b' },
      { role: 'assistant', content: 'c\uFDD1d\uFDD3' },
    ]);
    expect(example.text).toContain('a\uFFFD0\uFFFDb');
    const learned = example.ids.filter((_, i) => example.trainedOn[i] === 1);
    expect(base.decode(learned)).toBe('c\uFFFDd\uFFFD<|im_end|>\n');
  });

  it('is found where a template leaves thoughts out and ends the last answer otherwise', () => {
    // In the manner of models that think: without generation tags, thoughts only where they are new.
    const text =
      "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.role == 'assistant' %}" +
      "{{ m.content.split('</think>')[-1] | trim }}{{ '</s>' if loop.last else '<|end|>' }}" +
      "{% else %}{{ m.content + '<|end|>' }}{% endif %}{% endfor %}" +
      "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";
    const encoder = new ChatEncoder(
      { chatTemplate: 'auto', answersOnly: true, maxLength: 1000 },
      withChatTemplate(base, { text }),
    );
    const example = encoder.conversation([
      pair[0]!,
      { role: 'assistant', content: '<think>hm</think>\nHello' },
      { role: 'user', content: 'And?' },
      { role: 'assistant', content: ' Nothing ' },
    ]);
    const learned = example.ids.filter((_, i) => example.trainedOn[i] === 1);
    expect(base.decode(learned)).toBe('Hello<|end|>Nothing</s>');
  });

  it('does not depend on the day', () => {
    const text =
      "{{ strftime_now('%d %b %Y') }}{% for m in messages %}{{ '<|im_start|>' + m.content + '<|im_end|>' }}{% endfor %}";
    const tokenizer = withChatTemplate(base, { text });
    const encoder = new ChatEncoder({ chatTemplate: 'auto', answersOnly: true, maxLength: 99 }, tokenizer);
    expect(encoder.conversation(pair).text).toMatch(/^26 Jul 2024</);
  });

  it('is refused with the words of the template', () => {
    const encoder = encoderOf({ template: 'gemma', maxLength: 1000 });
    expect(() => encoder.conversation([pair[1]!])).toThrow(/alternate/);
  });
});

describe('auto', () => {
  it('takes the template of the tokenizer, else ChatML where its tokens are there, else Alpaca', async () => {
    expect(chooseChatTemplate('auto', withChatTemplate(base, { text: 'x' }))).toEqual({
      name: null,
      text: 'x',
    });
    expect(chooseChatTemplate('auto', base).name).toBe('chatml');
    async function* chunks() {
      yield 'text';
    }
    expect(chooseChatTemplate('auto', await trainByteLevelBpe(chunks(), { vocabSize: 257 })).name).toBe(
      'alpaca',
    );
  });

  it('makes what ends a turn the end token, unless the template writes the one there is', () => {
    const ended = (name: ChatTemplateName) => {
      const tokenizer = chatTokenizer(name, base);
      return [tokenizer.chatTemplate !== null, tokenizer.decode([tokenizer.endOfTextTokenId!])];
    };
    expect(ended('auto')).toEqual([true, '<|im_end|>']);
    expect(ended('llama-3')).toEqual([true, '<|eot_id|>']);
    expect(ended('phi-3')).toEqual([true, '<|endoftext|>']);
    expect(ended('alpaca')).toEqual([true, '<|endoftext|>']);
  });

  it('takes the one called default of several', () => {
    const tokenizer = loadTokenizerJson(chatTokenizerJson, {
      chat_template: [
        { name: 'tool_use', template: 'a' },
        { name: 'default', template: 'b' },
      ],
    });
    expect(tokenizer.chatTemplate).toBe('b');
  });

  it('refuses a template that is no Jinja', () => {
    const tokenizer = withChatTemplate(base, { text: '{% for %}' });
    const settings = { chatTemplate: 'auto', answersOnly: true, maxLength: 99 } as const;
    expect(() => new ChatEncoder(settings, tokenizer)).toThrow(/cannot be read/);
  });
});
