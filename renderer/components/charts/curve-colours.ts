// The colour of a curve: train and validation have their own on a run's page, runs have theirs in comparisons.

import type { ChartColours } from '../../composables/useChartColours.ts';
import type { Curve } from '../../lib/charts/curves.ts';

const runColours = 8;

/** The name of a curve's colour token, such as `run-3`. */
export function colourName({ run, role }: Pick<Curve, 'run' | 'role'>): keyof ChartColours {
  if (run.color === null) return role;
  return `run-${(run.color % runColours) + 1}` as keyof ChartColours;
}
