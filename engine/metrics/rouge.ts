// ROUGE (Lin 2004) as the rouge_score package computes it: words of a reference that an output has, singly, in
// pairs or in order. Its tokenizer knows a-z and 0-9 alone, so other scripts score 0. Scores are from 0 to 1.

import { commonLength, commonPositions } from './longest-common-subsequence.ts';
import { countWordNgrams, sharedCount, totalCount } from './ngrams.ts';
import { porterStem } from './porter-stemmer.ts';
import { requireExamples, requireReferences } from './references.ts';

export const rougeTypes = ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'] as const;
export type RougeType = (typeof rougeTypes)[number];

export interface RougeOptions {
  /** Compares English words without their endings. */
  readonly useStemmer?: boolean | undefined;
}

export interface RougeScore {
  readonly precision: number;
  readonly recall: number;
  /** What is meant where one number is named. */
  readonly fmeasure: number;
}

export type RougeScores = Readonly<Record<RougeType, RougeScore>>;

/** Words of a text, line by line. */
type Lines = readonly (readonly string[])[];

/** One kind of one output, against the reference that gives the best F measure. Throws `no-references`. */
export function rougeScore(
  type: RougeType,
  output: string,
  references: readonly string[],
  { useStemmer = false }: RougeOptions = {},
): RougeScore {
  requireReferences(references);
  const outputLines = wordsByLine(output, useStemmer);
  return references
    .map((reference) => kinds[type](outputLines, wordsByLine(reference, useStemmer)))
    .reduce((best, score) => (score.fmeasure > best.fmeasure ? score : best));
}

/** All kinds of one output; each may be best with another reference. Throws `no-references`. */
export function rouge(
  output: string,
  references: readonly string[],
  options: RougeOptions = {},
): RougeScores {
  return byType((type) => rougeScore(type, output, references, options));
}

/** The means over examples. Throws `no-examples`. */
export function meanRouge(examples: readonly RougeScores[]): RougeScores {
  requireExamples(examples);
  const mean = (type: RougeType, figure: keyof RougeScore) =>
    examples.reduce((sum, scores) => sum + scores[type][figure], 0) / examples.length;
  return byType((type) => ({
    precision: mean(type, 'precision'),
    recall: mean(type, 'recall'),
    fmeasure: mean(type, 'fmeasure'),
  }));
}

function byType(scoreOf: (type: RougeType) => RougeScore): RougeScores {
  return {
    rouge1: scoreOf('rouge1'),
    rouge2: scoreOf('rouge2'),
    rougeL: scoreOf('rougeL'),
    rougeLsum: scoreOf('rougeLsum'),
  };
}

const kinds: Readonly<Record<RougeType, (output: Lines, reference: Lines) => RougeScore>> = {
  rouge1: (output, reference) => ngramScore(output.flat(), reference.flat(), 1),
  rouge2: (output, reference) => ngramScore(output.flat(), reference.flat(), 2),
  rougeL: (output, reference) => {
    const [outputWords, referenceWords] = [output.flat(), reference.flat()];
    return scoreOf(commonLength(referenceWords, outputWords), outputWords.length, referenceWords.length);
  },
  rougeLsum: (output, reference) =>
    scoreOf(summaryHits(output, reference), output.flat().length, reference.flat().length),
};

function ngramScore(output: readonly string[], reference: readonly string[], n: number): RougeScore {
  const inOutput = countWordNgrams(output, n);
  const inReference = countWordNgrams(reference, n);
  return scoreOf(sharedCount(inReference, inOutput), totalCount(inOutput), totalCount(inReference));
}

function scoreOf(shared: number, ofOutput: number, ofReference: number): RougeScore {
  const precision = shared / Math.max(1, ofOutput);
  const recall = shared / Math.max(1, ofReference);
  return { precision, recall, fmeasure: shared === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** Words of each line of the reference that follow each other in any line of the output, each counted once. */
function summaryHits(output: Lines, reference: Lines): number {
  const leftOfOutput = countWordNgrams(output.flat(), 1);
  const leftOfReference = countWordNgrams(reference.flat(), 1);
  let hits = 0;
  for (const line of reference) {
    const positions = new Set(output.flatMap((other) => commonPositions(line, other)));
    for (const position of positions) {
      const word = line[position]!;
      const inOutput = leftOfOutput.get(word) ?? 0;
      const inReference = leftOfReference.get(word) ?? 0;
      if (inOutput === 0 || inReference === 0) continue;
      hits++;
      leftOfOutput.set(word, inOutput - 1);
      leftOfReference.set(word, inReference - 1);
    }
  }
  return hits;
}

/** Words of a-z and 0-9 line by line; no word crosses a line. Short words keep their endings. */
function wordsByLine(text: string, useStemmer: boolean): Lines {
  return text.split('\n').map((line) => {
    const words = line.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    return useStemmer ? words.map((word) => (word.length > 3 ? porterStem(word) : word)) : words;
  });
}
