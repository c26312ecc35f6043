// Two models on the same examples: each text metric with the paired bootstrap, so that a difference is told from
// chance. Must not run a model.

import { EngineError } from '../errors.ts';
import { pairedBootstrap, type BootstrapOptions, type PairedBootstrap } from '../metrics/bootstrap.ts';
import { referencesPerExample } from '../metrics/references.ts';
import { textStatistics, type TextExample } from './score-texts.ts';
import {
  byTextMetric,
  textMetric,
  textMetricNames,
  type TextMetric,
  type TextMetricOptions,
} from './text-metrics.ts';

export interface TextComparisonOptions extends TextMetricOptions, BootstrapOptions {
  /** All unless given. */
  readonly metrics?: readonly TextMetric[] | undefined;
}

export interface TextComparison extends PairedBootstrap {
  /** What the score depends on, samples and seed included; for metrics that sacreBLEU computes. */
  readonly signature?: string | undefined;
}

/**
 * Compares outputs for the same examples in the same order, metric by metric.
 * Throws `no-examples`, `no-references`, and `unequal-examples` where references differ.
 */
export function compareTexts(
  baseline: readonly TextExample[],
  system: readonly TextExample[],
  options: TextComparisonOptions = {},
): Partial<Record<TextMetric, TextComparison>> {
  requireSameReferences(baseline, system);
  const referenceCount = referencesPerExample(baseline.map(({ references }) => references));
  return byTextMetric(options.metrics ?? textMetricNames, (name) => {
    const { scoreOf, signature } = textMetric(name);
    const result = pairedBootstrap(
      textStatistics(name, baseline, options),
      textStatistics(name, system, options),
      (sums) => scoreOf(sums, options),
      options,
    );
    return { ...result, signature: signature?.(referenceCount, options, result) };
  });
}

function requireSameReferences(baseline: readonly TextExample[], system: readonly TextExample[]): void {
  const isSame = (a: TextExample, b: TextExample | undefined) =>
    b?.references.length === a.references.length && a.references.every((text, i) => text === b.references[i]);
  const index = baseline.findIndex((example, i) => !isSame(example, system[i]));
  if (index === -1 && baseline.length === system.length) return;
  const first = index === -1 ? baseline.length : index;
  throw new EngineError(
    'unequal-examples',
    `Example ${first + 1} of the two sides has not the same references; only the outputs may differ.`,
    { hint: 'Evaluate both models on the same data, in the same order.' },
  );
}
