// What a benchmark is: a name, and what it needs to run. The list of them is run.ts.

import type { Report } from './report.ts';

/** What `npm run bench` was asked for, and where to write. */
export interface BenchContext {
  readonly report: Report;
  /** A Python with numpy and torch, or null: their rows are left out, and said to be. */
  readonly python: string | null;
  /** A text file for the rows that train on one, or null. */
  readonly dataPath: string | null;
  readonly threads: number;
  /** An empty folder that is deleted afterwards. */
  readonly folder: string;
}

export interface Measure {
  readonly name: string;
  /** For `--help`: what is measured. */
  readonly title: string;
  run(context: BenchContext): Promise<void>;
}
