// What a dataset was counted to, in words and figures. Nothing of Vue.

import type { Dataset, DatasetStatistics } from '../../preload/contract.ts';
import { formatFixed, formatInteger } from './format.ts';

export interface StatisticsFact {
  readonly label: string;
  readonly value: string;
  readonly help: string;
}

/** The counts as a list, what matters for training first. */
export function statisticsFacts(counted: DatasetStatistics, kind: Dataset['kind']): StatisticsFact[] {
  const perToken = counted.tokenCount === 0 ? null : counted.characterCount / counted.tokenCount;
  const fact = (label: string, value: string, help: string): StatisticsFact => ({ label, value, help });
  return [
    fact('Tokens', formatInteger(counted.tokenCount), 'What a model reads in one pass over the data.'),
    fact('Vocabulary', formatInteger(counted.vocabSize), 'How many different tokens the tokenizer has.'),
    fact(
      'Bytes a token',
      formatFixed(counted.bytesPerToken, 2),
      'How much text a token stands for; more means a shorter sequence.',
    ),
    fact('Characters a token', formatFixed(perToken, 2), 'Characters divided by tokens.'),
    fact('Words', formatInteger(counted.wordCount), 'Stretches without white space.'),
    fact('Lines', formatInteger(counted.lineCount), 'Line ends, and a last line without one.'),
    ...(kind === 'table' ? [fact('Rows', formatInteger(counted.rowCount), 'Rows of the table.')] : []),
    fact('Characters', formatInteger(counted.characterCount), 'Unicode characters.'),
    fact(
      'Different characters',
      formatInteger(counted.distinctCharacterCount),
      'A vocabulary of characters has one token for each.',
    ),
    fact(
      'Duplicates',
      formatInteger(counted.duplicateCount),
      'Rows that occur before, word for word; of a text, lines of 20 characters or more.',
    ),
  ];
}

/** One bar of the lengths: `40 to 49 characters: 1,203 lines, 12.4% of them`. */
export function lengthBucketWords(
  { lengths, rowCount }: DatasetStatistics,
  index: number,
  rowsWord: string,
): string {
  const [from, next, count] = [lengths.edges[index], lengths.edges[index + 1], lengths.counts[index]];
  if (from === undefined || next === undefined || count === undefined) return '';
  const range =
    next - from <= 1 ? formatInteger(from) : `${formatInteger(from)} to ${formatInteger(next - 1)}`;
  const share = rowCount === 0 ? 0 : (100 * count) / rowCount;
  return `${range} ${lengths.unit}: ${formatInteger(count)} ${rowsWord}, ${formatFixed(share, 1)}%`;
}
