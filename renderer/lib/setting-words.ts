// The words around a setting's control: its range and sentence, its choices, its value. Nothing of Vue.

import type { Field } from '../../engine/config.ts';
import { formatNumberText, rangeWords } from './number-text.ts';

const choices: Readonly<Record<string, string>> = {
  adamw: 'AdamW',
  adam: 'Adam',
  sgd: 'SGD',
  gpt2: 'GPT-2',
  gpt4: 'GPT-4',
  llama: 'Llama',
  qwen2: 'Qwen2',
  qwen3: 'Qwen3',
  transformer: 'Transformer',
  t5: 'T5',
  bert: 'BERT',
  lora: 'LoRA',
  full: 'All weights',
  layers: 'Some layers',
  bleu: 'BLEU',
  f1: 'F1',
  gelu: 'GELU',
  gelu_new: 'GELU (tanh)',
  relu: 'ReLU',
  silu: 'SiLU',
  'byte-level-bpe': 'Byte-level BPE',
};

/** A choice in plain words; an unknown one with its dashes gone. */
export function choiceWords(value: string): string {
  const plain = value.replaceAll(/[-_]/g, ' ');
  return choices[value] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** A maximum as large as this only keeps out nonsense, and is not worth reading. */
const largestSaid = 100_000;

/** Range and sentence: `1 to 256 layers. More layers, more steps of thought.` */
export function settingHelp({ type, minimum, maximum, unit, help }: Field): string {
  if (type !== 'integer' && type !== 'number') return help;
  const max = maximum !== undefined && maximum < largestSaid ? maximum : undefined;
  return `${[rangeWords({ min: minimum, max }), unit].filter(Boolean).join(' ')}. ${help}`;
}

/** A setting's value in words. */
export function valueWords(value: number | boolean | string): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return formatNumberText(value);
  return value === '' ? 'nothing' : choiceWords(value);
}

/** Whether two values of a setting are not the same; numbers that print alike are the same. */
export function isDifferent(one: number | boolean | string, other: number | boolean | string): boolean {
  if (typeof one === 'number' && typeof other === 'number')
    return Number(one.toPrecision(10)) !== Number(other.toPrecision(10));
  return one !== other;
}
