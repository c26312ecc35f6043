// BLEU (Papineni et al. 2002) as sacreBLEU 2 computes it, of a corpus or of a sentence, from statistics that can
// be summed. Scores are from 0 to 100. Must not know where outputs come from.

import { bleuTokenizers, type BleuTokenizer } from './bleu-tokenizers.ts';
import { countWordNgrams, sharedCount, totalCount } from './ngrams.ts';
import { referencesPerExample, requireExamples, requireReferences } from './references.ts';
import { signature, type SignedBootstrap } from './signature.ts';
import { sumStatistics, type Statistics } from './statistics.ts';
import { withoutTrailingSpace } from './words.ts';

const maxOrder = 4;

/** Values of the methods that take one, where none is given (Chen and Cherry 2014); null for those that do not. */
const smoothingValues = { exp: null, floor: 0.1, 'add-k': 1, none: null } as const;
export type BleuSmoothing = keyof typeof smoothingValues;

export interface BleuOptions {
  /** `13a` unless given. */
  readonly tokenizer?: BleuTokenizer | undefined;
  /** What stands for a precision of 0; `exp` unless given. */
  readonly smoothing?: BleuSmoothing | undefined;
  /** Of `floor` (0.1 unless given) and `add-k` (1 unless given). */
  readonly smoothingValue?: number | undefined;
  /** Leaves out the orders that an output is too short for; for sentences. */
  readonly effectiveOrder?: boolean | undefined;
  readonly lowercase?: boolean | undefined;
}

export interface BleuScore {
  /** From 0 to 100. */
  readonly score: number;
  /** Of 1 to 4 words, from 0 to 100, smoothed. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** Tokens of the outputs. */
  readonly outputLength: number;
  /** Tokens of the references that are closest in length. */
  readonly referenceLength: number;
}

/**
 * The statistics of one output: its length, that of the closest reference, matching n-grams, all n-grams.
 * Throws `no-references`.
 */
export function bleuStatistics(
  output: string,
  references: readonly string[],
  { tokenizer = '13a', lowercase = false }: BleuOptions = {},
): Statistics {
  requireReferences(references);
  const tokensOf = (text: string) =>
    bleuTokenizers[tokenizer](withoutTrailingSpace(lowercase ? text.toLowerCase() : text));
  const outputTokens = tokensOf(output);
  const referenceTokens = references.map(tokensOf);
  const correct: number[] = [];
  const total: number[] = [];
  for (let n = 1; n <= maxOrder; n++) {
    // An n-gram may match as often as the reference that has most of it.
    const allowed = countWordNgrams(referenceTokens[0]!, n);
    for (const tokens of referenceTokens.slice(1)) {
      for (const [ngram, count] of countWordNgrams(tokens, n))
        allowed.set(ngram, Math.max(count, allowed.get(ngram) ?? 0));
    }
    const counts = countWordNgrams(outputTokens, n);
    correct.push(sharedCount(counts, allowed));
    total.push(totalCount(counts));
  }
  const { length } = outputTokens;
  return [length, closestLength(length, referenceTokens), ...correct, ...total];
}

/** The length closest to that of the output; of two as close, the shorter. */
function closestLength(length: number, references: readonly (readonly string[])[]): number {
  const distance = (other: number) => Math.abs(other - length);
  return references
    .map((tokens) => tokens.length)
    .reduce((best, other) =>
      distance(other) < distance(best) || (distance(other) === distance(best) && other < best) ? other : best,
    );
}

/**
 * `brevityPenalty * exp(mean of log(precisions))` of summed statistics, where
 * `brevityPenalty = min(1, exp(1 - referenceLength / outputLength))`; 0 where no word matches.
 */
export function bleuOfSums(sums: Statistics, options: BleuOptions = {}): BleuScore {
  const { smoothing = 'exp', effectiveOrder = false } = options;
  const smoothingValue = options.smoothingValue ?? smoothingValues[smoothing] ?? 0;
  const outputLength = sums[0] ?? 0;
  const referenceLength = sums[1] ?? 0;
  const correct = sums.slice(2, 2 + maxOrder);
  const total = sums.slice(2 + maxOrder);
  const brevityPenalty =
    outputLength >= referenceLength ? 1 : outputLength > 0 ? Math.exp(1 - referenceLength / outputLength) : 0;
  const precisions = Array.from<number>({ length: maxOrder }).fill(0);
  const figures = { precisions, brevityPenalty, outputLength, referenceLength };
  if (!correct.some((count) => count > 0)) return { score: 0, ...figures };

  let order = maxOrder;
  let halvings = 1;
  for (let i = 0; i < maxOrder; i++) {
    const added = smoothing === 'add-k' && i > 0 ? smoothingValue : 0;
    const matches = correct[i]! + added;
    const all = total[i]! + added;
    if (all === 0) break;
    if (effectiveOrder) order = i + 1;
    if (matches > 0) precisions[i] = (100 * matches) / all;
    else if (smoothing === 'exp') precisions[i] = 100 / ((halvings *= 2) * all);
    else if (smoothing === 'floor') precisions[i] = (100 * smoothingValue) / all;
  }
  const logSum = precisions.slice(0, order).reduce((sum, precision) => sum + Math.log(precision), 0);
  return { score: brevityPenalty * Math.exp(logSum / order), ...figures };
}

/**
 * BLEU of all outputs together, each with its references, as sacreBLEU's `corpus_bleu`.
 * Throws `no-examples` and `no-references`.
 */
export function corpusBleu(
  outputs: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): BleuScore & { readonly signature: string } {
  requireExamples(outputs);
  const sums = sumStatistics(
    outputs.map((output, i) => bleuStatistics(output, references[i] ?? [], options)),
  );
  return {
    ...bleuOfSums(sums, options),
    signature: bleuSignature(referencesPerExample(references), options),
  };
}

/** BLEU of one output, with effective order unless refused, as sacreBLEU's `sentence_bleu`. */
export function sentenceBleu(
  output: string,
  references: readonly string[],
  options: BleuOptions = {},
): BleuScore {
  return bleuOfSums(bleuStatistics(output, references, options), { effectiveOrder: true, ...options });
}

/** What a BLEU score depends on, as sacreBLEU writes it. */
export function bleuSignature(
  referenceCount: number | 'var',
  { tokenizer = '13a', smoothing = 'exp', smoothingValue, effectiveOrder, lowercase }: BleuOptions = {},
  bootstrap?: SignedBootstrap,
): string {
  const value = smoothingValues[smoothing] === null ? null : (smoothingValue ?? smoothingValues[smoothing]);
  const fields = {
    case: lowercase ? 'lc' : 'mixed',
    eff: effectiveOrder ? 'yes' : 'no',
    tok: tokenizer,
    smooth: value === null ? smoothing : `${smoothing}[${value.toFixed(2)}]`,
  };
  return signature(referenceCount, fields, bootstrap);
}
