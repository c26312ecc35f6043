// A column that asks and one that answers: by customary names, or any two that were chosen.

import type { ConversationForm } from './form.ts';
import { pairOf } from './prompt-completion.ts';

/** Customary names, the likeliest first. */
const questions = [
  'question',
  'query',
  'prompt',
  'instruction',
  'input',
  'problem',
  'user',
  'request',
  'source',
];
const answers = ['answer', 'response', 'completion', 'output', 'reply', 'solution', 'assistant', 'target'];

export const questionAnswerForm: ConversationForm = {
  name: 'question-answer',
  label: 'Question and answer',
  input: 'question',
  target: 'answer',
  find(columns) {
    const question = likeliest(columns, questions);
    const answer = likeliest(columns, answers);
    return question === null || answer === null ? null : { question, answer };
  },
  read: (row, columns) => pairOf(row, columns['question']!, columns['answer']!),
};

/** The column with a customary name for what is asked, or for what is answered; null without one. */
export function customaryColumn(columns: readonly string[], side: 'question' | 'answer'): string | null {
  return likeliest(columns, side === 'question' ? questions : answers);
}

function likeliest(columns: readonly string[], names: readonly string[]): string | null {
  for (const wanted of names) {
    const found = columns.find((column) => [wanted, `${wanted}s`].includes(column.trim().toLowerCase()));
    if (found !== undefined) return found;
  }
  return null;
}
