// From the rows of a dataset to conversations: which form the rows have, by their columns and the first of
// them, and the messages of a row. How messages become text stands in chat-layout.ts.

import { EngineError } from '../errors.ts';
import { alpacaForm } from './conversation-forms/alpaca.ts';
import {
  listOf,
  type Conversation,
  type ConversationColumns,
  type ConversationForm,
  type ConversationRow,
} from './conversation-forms/form.ts';
import { messagesForm } from './conversation-forms/messages.ts';
import { promptCompletionForm } from './conversation-forms/prompt-completion.ts';
import { customaryColumn, questionAnswerForm } from './conversation-forms/question-answer.ts';
import { shareGptForm } from './conversation-forms/sharegpt.ts';

export type { Conversation, ConversationRow, Message } from './conversation-forms/form.ts';

/** In the order in which they are tried: the most particular first. */
const forms: readonly ConversationForm[] = [
  promptCompletionForm,
  messagesForm,
  shareGptForm,
  alpacaForm,
  questionAnswerForm,
];

/** Which form a dataset has and which of its columns are read. */
export interface ConversationSource {
  readonly form: string;
  /** For people. */
  readonly label: string;
  readonly columns: ConversationColumns;
  /** The columns shown as read and as learned; the second is null where one column holds both. */
  readonly inputColumn: string;
  readonly targetColumn: string | null;
}

/** Columns that were chosen; empty ones are guessed. */
export interface ChosenColumns {
  readonly inputColumn: string;
  readonly targetColumn: string;
}

/**
 * The form of a dataset by its columns and some of its rows, with the columns that were chosen where they
 * were; or why it has none.
 */
export function guessConversationForm(
  columns: readonly string[],
  sampleRows: readonly ConversationRow[],
  chosen: ChosenColumns = { inputColumn: '', targetColumn: '' },
): { readonly source: ConversationSource } | { readonly source: null; readonly reason: string } {
  const { inputColumn, targetColumn } = chosen;
  const missing = [inputColumn, targetColumn].find((name) => name !== '' && !columns.includes(name));
  if (missing !== undefined) {
    return {
      source: null,
      reason: `There is no column ${JSON.stringify(missing)}: there are ${listed(columns)}.`,
    };
  }
  for (const form of forms) {
    const found = form.find(columns, sampleRows);
    if (found === null) continue;
    const source = sourceOf(form, found);
    const hasInput = inputColumn === '' || inputColumn === source.inputColumn;
    const hasTarget = targetColumn === '' || targetColumn === source.targetColumn;
    if (hasInput && hasTarget) return { source };
  }
  return chosenSource(columns, sampleRows, chosen);
}

/** The conversation of a row. Throws `row-unfit` with the reason; the caller knows the row's number. */
export function readConversation(row: ConversationRow, { form, columns }: ConversationSource): Conversation {
  const reader = forms.find(({ name }) => name === form);
  if (reader === undefined) {
    throw new EngineError('conversation-form-unknown', `There is no form of conversations "${form}".`, {
      hint: `Expected one of ${forms.map(({ name }) => name).join(', ')}.`,
    });
  }
  return reader.read(row, columns);
}

function chosenSource(
  columns: readonly string[],
  rows: readonly ConversationRow[],
  { inputColumn, targetColumn }: ChosenColumns,
): ReturnType<typeof guessConversationForm> {
  if (inputColumn !== '' && targetColumn === '' && rows.some((row) => listOf(row, inputColumn) !== null)) {
    for (const form of [messagesForm, shareGptForm]) {
      const found = form.find([inputColumn], rows);
      if (found !== null) return { source: sourceOf(form, found) };
    }
  }
  const question = inputColumn || customaryColumn(without(columns, targetColumn), 'question');
  const answer = targetColumn || customaryColumn(without(columns, inputColumn), 'answer');
  if (inputColumn + targetColumn === '' || question === null || answer === null) {
    const lacking = question === null ? 'asks' : 'answers';
    return {
      source: null,
      reason:
        `None of the columns ${listed(columns)} holds conversations, and none has a customary name for what ` +
        `${lacking}: choose the input column and the target column.`,
    };
  }
  if (question === answer) {
    return { source: null, reason: `The column ${JSON.stringify(question)} cannot both ask and answer.` };
  }
  return { source: sourceOf(questionAnswerForm, { question, answer }) };
}

function sourceOf(form: ConversationForm, columns: ConversationColumns): ConversationSource {
  return {
    form: form.name,
    label: form.label,
    columns,
    inputColumn: columns[form.input]!,
    targetColumn: form.target === null ? null : columns[form.target]!,
  };
}

function without(columns: readonly string[], taken: string): readonly string[] {
  return columns.filter((column) => column !== taken);
}

function listed(columns: readonly string[]): string {
  return columns.length === 0 ? '(none)' : columns.map((column) => JSON.stringify(column)).join(', ');
}
