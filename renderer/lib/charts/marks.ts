// What happened to a run and is marked in its charts: where it went on, what was changed, what was saved, what
// went wrong; and where there is room for the words.

import type { Checkpoint, RunEvent, RunSummary } from '../../../preload/contract.ts';
import { formatInteger, formatLearningRate } from '../format.ts';
import type { ChartMark, Range } from './chart-run.ts';

const ofEvents: Readonly<
  Record<string, { kind: ChartMark['kind']; label: (event: RunEvent) => string } | undefined>
> = {
  resumed: { kind: 'resumed', label: () => 'resumed' },
  restarted: { kind: 'resumed', label: () => 'restarted' },
  learningRate: {
    kind: 'change',
    label: ({ value }) => `rate ${formatLearningRate(Number(value))}`,
  },
  failed: { kind: 'trouble', label: () => 'failed' },
};

/** The marks of a run, in the order of their steps. */
export function marksOf(
  { error, step }: Pick<RunSummary, 'error' | 'step'>,
  events: readonly RunEvent[],
  checkpoints: readonly Checkpoint[],
): ChartMark[] {
  const happened = events.flatMap((event): ChartMark[] => {
    const known = ofEvents[event.key];
    return known && event.step > 0 ? [{ step: event.step, kind: known.kind, label: known.label(event) }] : [];
  });
  const saved = checkpoints.map((checkpoint): ChartMark => ({
    step: checkpoint.step,
    kind: 'checkpoint',
    label: `checkpoint at step ${formatInteger(checkpoint.step)}`,
  }));
  const trouble: ChartMark[] =
    error?.code === 'non-finite' ? [{ step, kind: 'trouble', label: 'not a number' }] : [];
  return [...happened, ...saved, ...trouble].sort((a, b) => a.step - b.step);
}

/** Width of one letter and the space around the words. */
const letterPixels = 6.8;
const aroundPixels = 18;

/** On which side of its place a mark has room for its words. */
export type MarkSide = 'after' | 'before' | 'none';

/** Where the words of marks, sorted by place, stand without touching each other or leaving the plot. */
export function sidesOfMarks(
  marks: readonly { readonly x: number; readonly label: string }[],
  xRange: Range,
  plotWidth: number,
): MarkSide[] {
  const pixelOf = (x: number): number => ((x - xRange.from) / (xRange.to - xRange.from)) * plotWidth;
  let taken = 0;
  return marks.map(({ x, label }) => {
    const place = pixelOf(x);
    const width = label.length * letterPixels + aroundPixels;
    if (place + width <= plotWidth && place >= taken) {
      taken = place + width;
      return 'after';
    }
    if (place - width < taken) return 'none';
    taken = place;
    return 'before';
  });
}
