// One run as charts see it: its figures by key, how it is drawn, and what happened to it. Knows no store.

import type { MetricSeries } from '../../../preload/contract.ts';

/** Something that happened at a step and is marked in the charts. */
export interface ChartMark {
  readonly step: number;
  readonly label: string;
  readonly kind: 'resumed' | 'checkpoint' | 'change' | 'trouble';
}

export interface ChartRun {
  readonly runId: string;
  readonly name: string;
  /** Position in the palette of run colours; null draws train and validation in their own colours. */
  readonly color: number | null;
  /** Drawn dashed: the run that others are compared with. */
  readonly isBaseline: boolean;
  /** Drawn last and bold. */
  readonly isLive: boolean;
  /** Drawn faint: what a fork grew out of. */
  readonly isAncestor: boolean;
  readonly startedAtMs: number | null;
  /** Tokens that one step trains on, for the axis of tokens; 0 where it is not known. */
  readonly tokensPerStep: number;
  /** Where the run will end, so that its axis need not grow; 0 where that is of no interest. */
  readonly totalSteps: number;
  /** Figures by metric key, such as `train/loss`; sorted by step. */
  readonly series: ReadonlyMap<string, MetricSeries>;
  readonly marks: readonly ChartMark[];
  readonly bestStep: number | null;
}

/** A stretch of an axis, in its own unit. */
export interface Range {
  readonly from: number;
  readonly to: number;
}
