// Alpaca's form: an instruction, mostly with an input that it is about, and the output to be learned.

import { optionalTextOf, textOf, type ConversationForm } from './form.ts';

export const alpacaForm: ConversationForm = {
  name: 'alpaca',
  label: 'Alpaca (instruction, input, output)',
  input: 'instruction',
  target: 'output',
  find(columns) {
    const output = ['output', 'response'].find((name) => columns.includes(name));
    if (!columns.includes('instruction') || output === undefined) return null;
    const input = ['input', 'context'].find((name) => columns.includes(name));
    return {
      instruction: 'instruction',
      output,
      ...(input === undefined ? {} : { input }),
      ...(columns.includes('system') ? { system: 'system' } : {}),
    };
  },
  read(row, columns) {
    const system = optionalTextOf(row, columns['system']);
    const input = optionalTextOf(row, columns['input']);
    const instruction = textOf(row, columns['instruction']!);
    return [
      ...(system === '' ? [] : [{ role: 'system', content: system } as const]),
      { role: 'user', content: input === '' ? instruction : `${instruction}\n\n${input}` },
      { role: 'assistant', content: textOf(row, columns['output']!) },
    ];
  },
};
