// Prompt and completion, as TRL names them: two texts, or two lists of messages.

import {
  cellOf,
  listOf,
  looksLikeMessages,
  messagesOf,
  requireAnswer,
  textOf,
  type Conversation,
  type ConversationForm,
  type ConversationRow,
  type Message,
} from './form.ts';

export const promptCompletionForm: ConversationForm = {
  name: 'prompt-completion',
  label: 'Prompt and completion',
  input: 'prompt',
  target: 'completion',
  find(columns) {
    if (!columns.includes('prompt') || !columns.includes('completion')) return null;
    return { prompt: 'prompt', completion: 'completion' };
  },
  read: (row, columns) => pairOf(row, columns['prompt']!, columns['completion']!),
};

/** The conversation of two columns, each a text or a list of messages. Throws `row-unfit`. */
export function pairOf(row: ConversationRow, input: string, target: string): Conversation {
  return requireAnswer([...sideOf(row, input, 'user'), ...sideOf(row, target, 'assistant')]);
}

function sideOf(row: ConversationRow, column: string, role: Message['role']): Conversation {
  // A text that only begins like a list stays a text.
  const isList = Array.isArray(cellOf(row, column));
  const list = listOf(row, column);
  if (list !== null && (isList || looksLikeMessages(list, 'role', 'content'))) {
    return messagesOf(list, 'role', 'content');
  }
  return [{ role, content: textOf(row, column) }];
}
