// What every source form of a conversation offers, and how the cells of a row become messages.
// A cell is text or JSON; a list in a cell of text (as CSV holds it) is read as the JSON that it is.

import { EngineError } from '../../errors.ts';

/** One turn of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Turns in order. */
export type Conversation = readonly Message[];

/** One row of a dataset by column; values are JSON. */
export type ConversationRow = Readonly<Record<string, unknown>>;

/** The columns that a form reads, by what they hold. */
export type ConversationColumns = Readonly<Record<string, string>>;

/** One way in which datasets hold conversations. */
export interface ConversationForm {
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Keys of the columns shown as what is read and, where it is a column of its own, what is learned. */
  readonly input: string;
  readonly target: string | null;
  /** The columns it would read; null where these columns and rows have another form. */
  find(columns: readonly string[], rows: readonly ConversationRow[]): ConversationColumns | null;
  /** The conversation of a row. Throws `row-unfit` with the reason. */
  read(row: ConversationRow, columns: ConversationColumns): Conversation;
}

/** The error of a row that does not have its dataset's form; the message is a reason without the row's number. */
export function unfit(reason: string): EngineError {
  return new EngineError('row-unfit', reason, { hint: 'Mend or remove the row, or choose other columns.' });
}

/** The value of a cell; undefined where the row lacks the column. */
export function cellOf(row: ConversationRow, column: string): unknown {
  return Object.hasOwn(row, column) ? row[column] : undefined;
}

/** The text of a cell; numbers and the like as JSON writes them. Throws `row-unfit` where it holds none. */
export function textOf(row: ConversationRow, column: string): string {
  const value = cellOf(row, column);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw unfit(
    value === undefined || value === null
      ? `The column ${JSON.stringify(column)} is empty.`
      : `The column ${JSON.stringify(column)} holds ${Array.isArray(value) ? 'a list' : 'an object'}, not a text.`,
  );
}

/** The text of a cell that a row may lack. */
export function optionalTextOf(row: ConversationRow, column: string | undefined): string {
  if (column === undefined) return '';
  const value = cellOf(row, column);
  return value === undefined || value === null ? '' : textOf(row, column);
}

/** The list in a cell, as JSON or as JSON text; null where it holds none. */
export function listOf(row: ConversationRow, column: string): readonly unknown[] | null {
  const value = cellOf(row, column);
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return null;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

const roles: Readonly<Record<string, Message['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  prompter: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  bot: 'assistant',
  model: 'assistant',
};

/** The messages of a list whose entries name role and content by these keys. Throws `row-unfit`. */
export function messagesOf(list: readonly unknown[], roleKey: string, contentKey: string): Conversation {
  if (list.length === 0) throw unfit('The conversation has no messages.');
  return list.map((entry, index) => {
    const where = `Message ${index + 1}`;
    if (!isObject(entry)) throw unfit(`${where} is not an object.`);
    const { [roleKey]: name, [contentKey]: content } = entry;
    if (typeof name !== 'string') throw unfit(`${where} has no ${JSON.stringify(roleKey)}.`);
    const key = name.trim().toLowerCase();
    const role = Object.hasOwn(roles, key) ? roles[key] : undefined;
    if (role === undefined) {
      throw unfit(
        `${where} is from ${JSON.stringify(name)}: expected system, user (human) or assistant (gpt).`,
      );
    }
    return { role, content: contentText(content, where, contentKey) };
  });
}

/** Whether a list looks like one that `messagesOf` reads with these keys. */
export function looksLikeMessages(
  list: readonly unknown[] | null,
  roleKey: string,
  contentKey: string,
): boolean {
  const first = list?.[0];
  return isObject(first) && typeof first[roleKey] === 'string' && contentKey in first;
}

/** Refuses a conversation without an answer, which nothing can be learned from. */
export function requireAnswer(conversation: Conversation): Conversation {
  if (conversation.some(({ role }) => role === 'assistant')) return conversation;
  throw unfit('The conversation has no message of the assistant.');
}

function contentText(content: unknown, where: string, key: string): string {
  if (typeof content === 'string') return content;
  // OpenAI also writes a list of parts, of which only text can be read here.
  if (Array.isArray(content)) {
    const parts = content.map((part) => (isObject(part) && part['type'] === 'text' ? part['text'] : part));
    if (parts.every((part) => typeof part === 'string')) return parts.join('');
    throw unfit(`${where} has parts that are no text, such as pictures.`);
  }
  throw unfit(`${where} has no text in ${JSON.stringify(key)}.`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
