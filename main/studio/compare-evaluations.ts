// Two evaluations on the same examples: how far apart they are, and whether chance explains it. Scores are
// computed again from what the models wrote, so that any examples can be drawn. Runs in the text thread.

import {
  classStatistics,
  EngineError,
  macroOfSums,
  meanOfSums,
  pairedBootstrap,
  textFigures,
  textMetric,
  textStatistics,
  valueStatistics,
  type BootstrapEstimate,
  type Task,
  type TextMetric,
} from '../../engine/index.ts';
import type { CallOutput, MetricName, ScoredExample } from '../../preload/contract.ts';
import type { KeptEvaluation } from '../store/evaluations.ts';

/** What of a kept evaluation is compared. */
export interface ComparedEvaluation {
  /** How a user knows it. */
  readonly label: string;
  readonly task: Task;
  /** In the order of the data. */
  readonly examples: readonly ScoredExample[];
  readonly labels: readonly string[];
  readonly bleuTokenizer: KeptEvaluation['bleuTokenizer'];
}

type Comparison = CallOutput<'evaluation.compare'>;
type ExampleStatistics = ReturnType<typeof valueStatistics>;

/** How a metric is computed from the statistics of examples. */
interface Scorer {
  readonly statistics: (evaluation: ComparedEvaluation) => ExampleStatistics[];
  readonly scoreOf: (sums: ExampleStatistics) => number;
}

/** Metrics that are computed from written texts. */
const textMetrics: Partial<Record<MetricName, TextMetric>> = textFigures;

const macroFigures = ['precision', 'recall', 'f1'] as const;

/**
 * Compares two evaluations by one metric. Throws `evaluations-differ` unless they measured the same examples in
 * the same way, and `metric-not-comparable` for a figure that no examples are kept of.
 */
export function compareEvaluations(
  first: ComparedEvaluation,
  second: ComparedEvaluation,
  metric: MetricName,
): Comparison {
  requireSame(first, second);
  const { statistics, scoreOf } = scorerOf(metric, first, second);
  const result = pairedBootstrap(statistics(first), statistics(second), scoreOf);
  return {
    metric,
    scores: [interval(result.baseline), interval(result.system)],
    pValue: result.pValue,
    resamplings: result.samples,
    exampleCount: first.examples.length,
  };
}

function requireSame(first: ComparedEvaluation, second: ComparedEvaluation): void {
  if (first.task !== second.task)
    throw differ(first, second, `one is of ${first.task}, one of ${second.task}`);
  const [a, b] = [first.examples, second.examples];
  if (a.length !== b.length) throw differ(first, second, `one has ${a.length} examples, one ${b.length}`);
  const at = a.findIndex(({ input, target }, i) => input !== b[i]!.input || target !== b[i]!.target);
  if (at >= 0) throw differ(first, second, `example ${at + 1} is not the same`);
}

function differ(first: ComparedEvaluation, second: ComparedEvaluation, why: string): EngineError {
  return new EngineError(
    'evaluations-differ',
    `"${first.label}" and "${second.label}" did not measure the same examples: ${why}.`,
    { hint: 'Evaluate both on the same dataset, columns and number of examples.' },
  );
}

function scorerOf(metric: MetricName, first: ComparedEvaluation, second: ComparedEvaluation): Scorer {
  if (first.examples.length > 0) {
    const scorer = first.task === 'classify' ? classScorer(metric, first, second) : textScorer(metric, first);
    if (scorer && metric === 'bleu' && first.bleuTokenizer !== second.bleuTokenizer) {
      throw differ(
        first,
        second,
        `BLEU of one is by tokenizer ${first.bleuTokenizer}, of one by ${second.bleuTokenizer}`,
      );
    }
    if (scorer) return scorer;
  }
  const possible =
    first.examples.length === 0
      ? []
      : first.task === 'classify'
        ? ['accuracy', ...macroFigures]
        : Object.keys(textMetrics);
  throw new EngineError(
    'metric-not-comparable',
    `${metric} cannot be compared for ${first.task}: no figure of it is kept of each example.`,
    {
      hint:
        possible.length > 0
          ? `Compare one of ${possible.join(', ')}.`
          : 'Only evaluations with examples can be compared.',
    },
  );
}

function classScorer(
  metric: MetricName,
  first: ComparedEvaluation,
  second: ComparedEvaluation,
): Scorer | null {
  if (metric === 'accuracy') {
    return {
      statistics: ({ examples }) =>
        examples.map(({ target, output }) => valueStatistics(Number(target === output))),
      scoreOf: meanOfSums,
    };
  }
  const figure = macroFigures.find((name) => name === metric);
  if (figure === undefined) return null;
  const labels = [...new Set([...first.labels, ...second.labels])];
  return {
    statistics: ({ examples }) =>
      examples.map(({ target, output }) => classStatistics(target, output, labels)),
    scoreOf: (sums) => macroOfSums(sums)[figure],
  };
}

function textScorer(metric: MetricName, { bleuTokenizer }: ComparedEvaluation): Scorer | null {
  const name = textMetrics[metric];
  if (name === undefined) return null;
  const options = { tokenizer: bleuTokenizer };
  return {
    statistics: ({ examples }) => {
      const texts = examples.map(({ target, output }) => ({ references: [target], output }));
      return textStatistics(name, texts, options);
    },
    scoreOf: (sums) => textMetric(name).scoreOf(sums, options),
  };
}

function interval({ score, low, high }: BootstrapEstimate): Comparison['scores'][0] {
  return { value: score, low, high };
}
