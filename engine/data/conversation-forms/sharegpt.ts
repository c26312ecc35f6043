// ShareGPT's form: one column with a list of {from, value}, and at times a column with the system's words.

import {
  listOf,
  looksLikeMessages,
  messagesOf,
  optionalTextOf,
  requireAnswer,
  unfit,
  type ConversationForm,
} from './form.ts';

export const shareGptForm: ConversationForm = {
  name: 'sharegpt',
  label: 'ShareGPT (from, value)',
  input: 'conversations',
  target: null,
  find(columns, rows) {
    const column = columns.find((name) =>
      rows.some((row) => looksLikeMessages(listOf(row, name), 'from', 'value')),
    );
    if (column === undefined) return null;
    return { conversations: column, ...(columns.includes('system') ? { system: 'system' } : {}) };
  },
  read(row, columns) {
    const column = columns['conversations']!;
    const list = listOf(row, column);
    if (list === null) throw unfit(`The column ${JSON.stringify(column)} holds no list of messages.`);
    const messages = messagesOf(list, 'from', 'value');
    const system = optionalTextOf(row, columns['system']);
    const isTold = system === '' || messages[0]?.role === 'system';
    return requireAnswer(isTold ? messages : [{ role: 'system', content: system }, ...messages]);
  },
};
