// What a lesson is made of: what to read, what to do in the studio, and how the studio knows that it was done.

import type { RunSummary } from '../../preload/contract.ts';
import type { TermPlace } from './term.ts';

/** What of the studio shows that something was done. */
export interface Evidence {
  readonly runs: readonly Pick<RunSummary, 'task' | 'state' | 'parent' | 'method' | 'step'>[];
  readonly evaluationCount: number;
  /** Ids of lessons whose place was opened from the lesson. */
  readonly visited: ReadonlySet<string>;
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  /** Minutes of computing on two cores, 0 where nothing is trained. */
  readonly minutes: number;
  readonly paragraphs: readonly string[];
  /** Ids of the terms that it speaks of. */
  readonly terms: readonly string[];
  readonly doing: {
    /** What to do and what to look for. */
    readonly text: string;
    readonly button: string;
    readonly place: TermPlace;
    /** Beside the place's address: `{ task: 'translate' }`. */
    readonly query?: Readonly<Record<string, string>>;
  };
  readonly isDone: (evidence: Evidence) => boolean;
}

/** Done when the place was opened from the lesson: there is nothing to be made in it. */
export const whenVisited =
  (id: string) =>
  ({ visited }: Evidence): boolean =>
    visited.has(id);

/** Done when a run of some kind has ended well. */
export const whenTrained =
  (isOne: (run: Evidence['runs'][number]) => boolean) =>
  ({ runs }: Evidence): boolean =>
    runs.some((run) => run.state === 'finished' && isOne(run));
