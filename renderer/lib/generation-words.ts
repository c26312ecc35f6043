// The words around written text: its settings in short, its pace, and stop strings as they are typed and shown.
// Nothing of Vue.

import { generationFields, type GenerationConfig } from '../../engine/config.ts';
import { formatFixed, formatInteger } from './format.ts';
import { formatNumberText } from './number-text.ts';
import { isDifferent } from './setting-words.ts';

/** `200 tokens · temperature 0.8 · seed 1337`, and whatever else is not at its default. */
export function generationWords(config: GenerationConfig): string {
  const { maxNewTokens, temperature, seed, stopStrings } = config;
  const words = [
    `at most ${formatInteger(maxNewTokens)} tokens`,
    `temperature ${formatNumberText(temperature)}`,
  ];
  for (const key of ['topK', 'topP', 'repetitionPenalty'] as const) {
    const { label, default: usual } = generationFields[key];
    if (isDifferent(config[key], usual))
      words.push(`${label.toLowerCase()} ${formatNumberText(config[key])}`);
  }
  if (stopStrings.length > 0) words.push(`stops at ${stopStrings.map(showStopString).join(', ')}`);
  words.push(`seed ${seed}`);
  return words.join(' · ');
}

/** `200 tokens · 41 tokens/s`. */
export function paceWords(tokenCount: number | null, tokensPerSecond: number | null): string {
  if (tokenCount === null) return '';
  const count = `${formatInteger(tokenCount)} ${tokenCount === 1 ? 'token' : 'tokens'}`;
  if (tokensPerSecond === null) return count;
  const pace = tokensPerSecond < 10 ? formatFixed(tokensPerSecond, 1) : formatInteger(tokensPerSecond);
  return `${count} · ${pace} tokens/s`;
}

/** A stop string as it is typed: `\n` for a line break, `\t` for a tab, `\\` for the backslash itself. */
export function readStopString(typed: string): string {
  return typed.replaceAll(/\\([nt\\])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? '\\');
}

/** A stop string as it can be read: the same the other way round, in quotation marks. */
export function showStopString(text: string): string {
  const shown = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `“${shown}”`;
}
