// chrF (Popović 2015) and chrF++ (2017) as sacreBLEU 2 computes them: an F score of character n-grams, and of
// words and word pairs for chrF++. Scores are from 0 to 100. Must not know where outputs come from.

import {
  countCharacterNgrams,
  countWordNgrams,
  sharedCount,
  totalCount,
  type NgramCounts,
} from './ngrams.ts';
import { referencesPerExample, requireExamples, requireReferences } from './references.ts';
import { signature, type SignedBootstrap } from './signature.ts';
import { sumStatistics, type Statistics } from './statistics.ts';
import { splitWords } from './words.ts';

const characterOrder = 6;
/** Recall weighs beta² times as much as precision. */
const beta = 2;
const punctuation = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

export interface ChrfOptions {
  /** Longest n-gram of words: 0 for chrF (unless given), 2 for chrF++. */
  readonly wordOrder?: 0 | 2 | undefined;
  readonly lowercase?: boolean | undefined;
}

export interface ChrfScore {
  /** From 0 to 100. */
  readonly score: number;
  readonly signature: string;
}

/**
 * The statistics of one output against the reference that suits it best: for each order of n-grams those of the
 * output, of the reference, and of both. Throws `no-references`.
 */
export function chrfStatistics(
  output: string,
  references: readonly string[],
  { wordOrder = 0, lowercase = false }: ChrfOptions = {},
): Statistics {
  requireReferences(references);
  const countsOf = (text: string) => allCounts(lowercase ? text.toLowerCase() : text, wordOrder);
  const outputCounts = countsOf(output);
  let best: Statistics = [];
  let bestScore = -1;
  for (const reference of references) {
    const referenceCounts = countsOf(reference);
    const statistics = outputCounts.flatMap((counts, i) => matches(counts, referenceCounts[i]!));
    const score = chrfOfSums(statistics);
    if (score <= bestScore) continue;
    best = statistics;
    bestScore = score;
  }
  return best;
}

/** N-grams of characters without white space, then of words with the punctuation at their edges taken off. */
function allCounts(text: string, wordOrder: number): NgramCounts[] {
  const words = splitWords(text);
  const counts = countCharacterNgrams(words.join(''), characterOrder);
  if (wordOrder === 0) return counts;
  const separated = words.flatMap(withoutPunctuation);
  for (let n = 1; n <= wordOrder; n++) counts.push(countWordNgrams(separated, n));
  return counts;
}

/** A word and one mark behind it, or else before it: no more than one, as in Popović's program. */
function withoutPunctuation(word: string): string[] {
  if (word.length === 1) return [word];
  if (punctuation.has(word.at(-1)!)) return [word.slice(0, -1), word.at(-1)!];
  if (punctuation.has(word[0]!)) return [word[0]!, word.slice(1)];
  return [word];
}

function matches(output: NgramCounts, reference: NgramCounts): number[] {
  // An order that the reference is too short for says nothing about the output.
  if (reference.size === 0) return [0, 0, 0];
  return [totalCount(output), totalCount(reference), sharedCount(output, reference)];
}

/** `(1 + beta²) P R / (beta² P + R)` with P and R the means over the orders that both texts have; 0 to 100. */
export function chrfOfSums(sums: Statistics): number {
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let i = 0; i < sums.length; i += 3) {
    const [ofOutput, ofReference, ofBoth] = [sums[i]!, sums[i + 1]!, sums[i + 2]!];
    if (ofOutput === 0 || ofReference === 0) continue;
    precision += ofBoth / ofOutput;
    recall += ofBoth / ofReference;
    orders++;
  }
  if (precision + recall === 0) return 0;
  const weighted = beta ** 2 * precision + recall;
  return (100 * (1 + beta ** 2) * precision * recall) / weighted / orders;
}

/** chrF of all outputs together, as sacreBLEU's `corpus_chrf`. Throws `no-examples` and `no-references`. */
export function corpusChrf(
  outputs: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): ChrfScore {
  requireExamples(outputs);
  const sums = sumStatistics(
    outputs.map((output, i) => chrfStatistics(output, references[i] ?? [], options)),
  );
  return { score: chrfOfSums(sums), signature: chrfSignature(referencesPerExample(references), options) };
}

/** chrF of one output, from 0 to 100. */
export function sentenceChrf(
  output: string,
  references: readonly string[],
  options: ChrfOptions = {},
): number {
  return chrfOfSums(chrfStatistics(output, references, options));
}

/** What a chrF score depends on, as sacreBLEU writes it. */
export function chrfSignature(
  referenceCount: number | 'var',
  { wordOrder = 0, lowercase = false }: ChrfOptions = {},
  bootstrap?: SignedBootstrap,
): string {
  const fields = {
    case: lowercase ? 'lc' : 'mixed',
    eff: 'yes',
    nc: characterOrder,
    nw: wordOrder,
    space: 'no',
  };
  return signature(referenceCount, fields, bootstrap);
}
