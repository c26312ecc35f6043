// OpenAI's form: one column with a list of {role, content}, as JSON or as JSON text.

import {
  listOf,
  looksLikeMessages,
  messagesOf,
  requireAnswer,
  unfit,
  type ConversationForm,
} from './form.ts';

export const messagesForm: ConversationForm = {
  name: 'messages',
  label: 'Messages (role, content)',
  input: 'messages',
  target: null,
  find(columns, rows) {
    // The customary name wins over others that also hold lists.
    const ordered = [...columns].sort((a, b) => Number(b === 'messages') - Number(a === 'messages'));
    const column = ordered.find((name) =>
      rows.some((row) => looksLikeMessages(listOf(row, name), 'role', 'content')),
    );
    return column === undefined ? null : { messages: column };
  },
  read(row, columns) {
    const column = columns['messages']!;
    const list = listOf(row, column);
    if (list === null) throw unfit(`The column ${JSON.stringify(column)} holds no list of messages.`);
    return requireAnswer(messagesOf(list, 'role', 'content'));
  },
};
