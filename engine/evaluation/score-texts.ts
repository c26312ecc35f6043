// Every score of texts that a model wrote, against their references: of all together and of each, the worst
// first. For the evaluation command, its page and the measures during training; must not run a model.

import { bleuOfSums, type BleuScore } from '../metrics/bleu.ts';
import { referencesPerExample, requireExamples } from '../metrics/references.ts';
import { sumStatistics, type Statistics } from '../metrics/statistics.ts';
import {
  byTextMetric,
  textMetric,
  textMetricNames,
  type TextMetric,
  type TextMetricOptions,
} from './text-metrics.ts';

/** What a model wrote and what was wanted. */
export interface TextExample {
  readonly source?: string | undefined;
  /** One or more texts that would be right. */
  readonly references: readonly string[];
  readonly output: string;
}

export interface ScoredText extends TextExample {
  /** Place among the examples as given. */
  readonly index: number;
  readonly scores: Readonly<Record<TextMetric, number>>;
}

export interface TextScores {
  readonly exampleCount: number;
  /** Of all examples together; see `textMetrics` for their maxima. */
  readonly scores: Readonly<Record<TextMetric, number>>;
  /** What BLEU is made of. */
  readonly bleu: BleuScore;
  /** What a score depends on; of the metrics that sacreBLEU computes. */
  readonly signatures: Readonly<Record<TextMetric, string | undefined>>;
  /** From worst to best; of equals the earlier first. */
  readonly examples: readonly ScoredText[];
}

export interface TextScoreOptions extends TextMetricOptions {
  /** The metric that tells worse from better; `chrf` unless given. */
  readonly sortBy?: TextMetric | undefined;
}

/** All text scores. Throws `no-examples`, and `no-references` when an example has none. */
export function scoreTexts(examples: readonly TextExample[], options: TextScoreOptions = {}): TextScores {
  requireExamples(examples);
  const { sortBy = 'chrf' } = options;
  const statistics = byTextMetric(textMetricNames, (name) => textStatistics(name, examples, options));
  const sums = byTextMetric(textMetricNames, (name) => sumStatistics(statistics[name]));
  const scored = examples.map((example, index) => ({
    ...example,
    index,
    scores: byTextMetric(textMetricNames, (name) => {
      const { scoreOf, scoreOfOne = scoreOf } = textMetric(name);
      return scoreOfOne(statistics[name][index]!, options);
    }),
  }));
  const referenceCount = referencesPerExample(examples.map(({ references }) => references));
  return {
    exampleCount: examples.length,
    scores: byTextMetric(textMetricNames, (name) => textMetric(name).scoreOf(sums[name], options)),
    bleu: bleuOfSums(sums.bleu, options),
    signatures: byTextMetric(textMetricNames, (name) =>
      textMetric(name).signature?.(referenceCount, options),
    ),
    examples: scored.sort((a, b) => a.scores[sortBy] - b.scores[sortBy]),
  };
}

/** The statistics of each example, of which sums give the score: to be added up, or drawn from. */
export function textStatistics(
  name: TextMetric,
  examples: readonly TextExample[],
  options: TextMetricOptions = {},
): Statistics[] {
  const { statistics } = textMetric(name);
  return examples.map(({ output, references }) => statistics(output, references, options));
}
