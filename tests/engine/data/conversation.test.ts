// Rows of the known forms become messages; which form a dataset has is told from its columns and rows.

import { describe, expect, it } from 'vitest';
import {
  guessConversationForm,
  readConversation,
  type ConversationRow,
} from '../../../engine/data/conversation.ts';

function read(row: ConversationRow, chosen?: { inputColumn: string; targetColumn: string }) {
  const guess = guessConversationForm(Object.keys(row), [row], chosen);
  if (guess.source === null) throw new Error(guess.reason);
  const { form, inputColumn, targetColumn } = guess.source;
  const messages = readConversation(row, guess.source);
  return [form, inputColumn, targetColumn, messages.map(({ role, content }) => `${role}: ${content}`)];
}

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
];
const lines = ['system: Be brief.', 'user: Hi', 'assistant: Hello'];

describe('forms of conversations', () => {
  it('reads Alpaca, with and without an input', () => {
    const row = { instruction: 'Add.', input: '1 and 2', output: '3' };
    const expected = ['alpaca', 'instruction', 'output'];
    expect(read(row)).toEqual([...expected, ['user: Add.\n\n1 and 2', 'assistant: 3']]);
    expect(read({ ...row, input: '' })).toEqual([...expected, ['user: Add.', 'assistant: 3']]);
    expect(read({ instruction: 'Add.', output: '3' })).toEqual([...expected, ['user: Add.', 'assistant: 3']]);
  });

  it("reads Dolly's names for Alpaca's columns", () => {
    const row = { instruction: 'Add.', context: '1 and 2', response: '3', category: 'maths' };
    expect(read(row)).toEqual([
      'alpaca',
      'instruction',
      'response',
      ['user: Add.\n\n1 and 2', 'assistant: 3'],
    ]);
  });

  it('reads prompt and completion as texts, as messages, and as messages in JSON', () => {
    const expected = ['prompt-completion', 'prompt', 'completion'];
    expect(read({ prompt: 'Hi', completion: ' Hello' })).toEqual([
      ...expected,
      ['user: Hi', 'assistant:  Hello'],
    ]);
    const lists = { prompt: messages.slice(0, 2), completion: messages.slice(2) };
    expect(read(lists)).toEqual([...expected, lines]);
    const cells = { prompt: JSON.stringify(lists.prompt), completion: JSON.stringify(lists.completion) };
    expect(read(cells)).toEqual([...expected, lines]);
    expect(read({ prompt: '[1, 2]', completion: '[' })[3]).toEqual(['user: [1, 2]', 'assistant: [']);
  });

  it('reads messages as a list, as JSON text, in parts, and in a column of another name', () => {
    expect(read({ id: 'a', messages })).toEqual(['messages', 'messages', null, lines]);
    expect(read({ messages: JSON.stringify(messages) })).toEqual(['messages', 'messages', null, lines]);
    const parts = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }, ...messages.slice(2)];
    expect(read({ messages: parts })[3]).toEqual(lines.slice(1));
    expect(read({ prompt: 'x', talk: messages })).toEqual(['messages', 'talk', null, lines]);
  });

  it('reads ShareGPT, with its names for who speaks', () => {
    const conversations = [
      { from: 'human', value: 'Hi' },
      { from: 'gpt', value: 'Hello' },
    ];
    const expected = ['sharegpt', 'conversations', null];
    expect(read({ conversations })).toEqual([...expected, lines.slice(1)]);
    expect(read({ conversations: JSON.stringify(conversations), system: 'Be brief.' })).toEqual([
      ...expected,
      lines,
    ]);
  });

  it('reads question and answer by customary names, and any two columns that are chosen', () => {
    expect(read({ id: 1, Question: 'Hi', Answer: 'Hello' })).toEqual([
      'question-answer',
      'Question',
      'Answer',
      lines.slice(1),
    ]);
    const row = { en: 'Hi', de: 'Hello', question: 'no' };
    expect(read(row, { inputColumn: 'en', targetColumn: 'de' })).toEqual([
      'question-answer',
      'en',
      'de',
      lines.slice(1),
    ]);
  });

  it('keeps the form where the columns chosen are the ones it has', () => {
    const row = { instruction: 'Add.', input: '1 and 2', output: '3', other: 'x' };
    const chosen = { inputColumn: 'instruction', targetColumn: 'output' };
    expect(read(row, chosen)[3]).toEqual(['user: Add.\n\n1 and 2', 'assistant: 3']);
    expect(read(row, { inputColumn: 'input', targetColumn: '' })[3]).toEqual([
      'user: 1 and 2',
      'assistant: 3',
    ]);
    const two = { a: messages, b: [...messages.slice(0, 2), { role: 'assistant', content: 'B' }] };
    expect(read(two, { inputColumn: 'b', targetColumn: '' })[3]).toContain('assistant: B');
  });

  it('says why a dataset has no form', () => {
    const reason = (columns: string[], inputColumn = '', targetColumn = '') => {
      const guess = guessConversationForm(columns, [], { inputColumn, targetColumn });
      return guess.source === null ? guess.reason : null;
    };
    expect(reason(['text'])).toContain('choose the input column');
    expect(reason(['a', 'b'], 'c')).toBe('There is no column "c": there are "a", "b".');
    expect(reason(['a', 'b'], 'a', 'a')).toContain('both ask and answer');
  });

  it.each([
    ['a role that is no turn', { messages: [{ role: 'tool', content: '1' }] }, /Message 1 is from "tool"/],
    ['no answer', { messages: [{ role: 'user', content: 'Hi' }] }, /no message of the assistant/],
    ['an empty list', { messages: [] }, /no messages/],
    [
      'no content',
      { messages: [{ role: 'assistant', content: null }] },
      /Message 1 has no text in "content"/,
    ],
    ['a picture', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, /no text/],
    ['an empty cell', { messages: null }, /holds no list of messages/],
    ['a name of every object', { messages: [{ role: 'constructor', content: '' }] }, /"constructor"/],
  ])('refuses %s', (_, row, words) => {
    const { source } = guessConversationForm(['messages'], [{ messages }]);
    expect(() => readConversation(row, source!)).toThrow(words);
  });
});
