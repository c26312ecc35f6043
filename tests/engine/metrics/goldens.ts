// What sacreBLEU, rouge_score and scikit-learn say, from tests/golden/make_metric_goldens.py (sacrebleu 2.6.0,
// rouge_score 0.1.2 with nltk 3.10.4, scikit-learn 1.9.1). Scores are kept to 6 decimals.
import { readFileSync } from 'node:fs';
import type { BleuOptions, BleuScore } from '../../../engine/metrics/bleu.ts';
import type { BootstrapEstimate } from '../../../engine/metrics/bootstrap.ts';
import type { ChrfOptions } from '../../../engine/metrics/chrf.ts';
import type { RougeType } from '../../../engine/metrics/rouge.ts';

/** Precision, recall, F. */
type Triple = [number, number, number];

export interface SentenceGolden {
  readonly output: string;
  readonly references: string[];
  /** With effective order, for each of the options of a corpus. */
  readonly bleu: number[];
  /** Without effective order. */
  readonly strictBleu: number;
  /** For 13a, intl, char and none. */
  readonly bleuStatistics: number[][];
  /** chrF, chrF++, chrF++ in lower case. */
  readonly chrf: number[];
  /** Of chrF++. */
  readonly chrfStatistics: number[];
  /** Without and with the stemmer; kinds in the order of `rougeTypes`. */
  readonly rouge: Triple[][];
}

export interface CorpusGolden {
  readonly name: 'all' | 'first' | 'short';
  readonly bleu: (BleuScore & { options: BleuOptions; signature: string })[];
  readonly chrf: { options: ChrfOptions; score: number; signature: string }[];
  /** Without and with the stemmer. */
  readonly rouge: Record<RougeType, Triple>[];
}

type Estimate = Pick<BootstrapEstimate, 'score' | 'mean' | 'halfWidth'>;
interface PairGolden {
  readonly signature: string;
  readonly baseline: Estimate;
  readonly system: Estimate & { pValue: number };
}

export interface BootstrapGolden {
  readonly seed: number;
  readonly references: string[];
  readonly systems: string[][];
  /** The examples of each sample, as numpy drew them. */
  readonly drawn: number[][];
  readonly tests: { baseline: number; system: number; bleu: PairGolden; chrf: PairGolden }[];
}

export interface ClassesGolden {
  readonly targets: (string | number)[];
  readonly predictions: (string | number)[];
  readonly labels?: (string | number)[];
  readonly accuracy: number;
  /** Precision, recall, F1, support. */
  readonly classes: [number, number, number, number][];
  readonly macro: Triple;
  readonly micro: Triple;
  readonly weighted: Triple;
  readonly confusion: number[][];
}

interface MetricGoldens {
  readonly sentences: SentenceGolden[];
  readonly corpora: CorpusGolden[];
  readonly bootstrap: BootstrapGolden;
  readonly classes: ClassesGolden[];
  readonly stems: { words: string; stems: string };
  /** ROUGE-Lsum of texts with many longest common subsequences. */
  readonly summaries: { output: string; reference: string; score: Triple }[];
}

/** One of the golden files. */
export function metricGolden<Name extends keyof MetricGoldens>(name: Name): MetricGoldens[Name] {
  const url = new URL(`../../golden/metrics/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as MetricGoldens[Name];
}

/** Decimals that are compared: what is left of 6 after rounding. */
export const decimals = 5;

/** The examples that a corpus of the golden file is made of. */
export function examplesOf(name: CorpusGolden['name']): Pick<SentenceGolden, 'output' | 'references'>[] {
  const all = metricGolden('sentences').map(({ output, references }) => ({ output, references }));
  if (name === 'all') return all;
  const first = all.map(({ output, references }) => ({ output, references: references.slice(0, 1) }));
  return name === 'first' ? first : first.filter(({ output }) => [...output].length < 25);
}

/** Our signature as sacreBLEU would write it. */
export function withoutHeddle(signature: string): string {
  return signature.replace(/\+heddle$/, '');
}
