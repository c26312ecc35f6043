// What a run has left behind: the bytes of its last checkpoint and its record, read from the store once no
// process has the home open. Two runs of the same settings must leave the same.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from '../../preload/contract.ts';
import { openStore } from '../../main/store/store.ts';

export interface FinishedRun {
  readonly summary: RunSummary;
  /** SHA-256 by file, of the files that hold what was learned. */
  readonly weights: Readonly<Record<string, string>>;
  /** By step, the figures of training and evaluation: not those of the machine, which differ each time. */
  readonly metrics: readonly Readonly<Record<string, number>>[];
  readonly samples: readonly { step: number; text: string }[];
  readonly eventKeys: readonly string[];
  /** Names in the folder of checkpoints. */
  readonly checkpointNames: readonly string[];
}

const learnedFiles = ['model.safetensors', 'optimizer.safetensors'];

/** Reads the only run of a home; throws unless there is exactly one and it has a checkpoint. */
export function readOnlyRun(home: string): FinishedRun {
  const store = openStore(home);
  try {
    const [summary, ...others] = store.runs.list();
    if (summary === undefined || others.length > 0) throw new Error(`${home} does not hold exactly one run`);
    const folder = join(home, 'runs', summary.id, 'checkpoints');
    const last = store.checkpoints.list(summary.id).at(-1);
    if (last === undefined) throw new Error(`the run in ${home} has no checkpoint`);
    return {
      summary,
      weights: Object.fromEntries(
        learnedFiles.map((name) => [name, hash(join(folder, `${last.step}`, name))]),
      ),
      metrics: store.metrics.list(summary.id, -1).map(({ step, epoch, values }) => {
        const figures = Object.entries(values).filter(([key]) => /^(train|eval)\//.test(key));
        return { step, epoch, ...Object.fromEntries(figures) };
      }),
      samples: store.samples.list(summary.id).map(({ step, text }) => ({ step, text })),
      eventKeys: store.events.list(summary.id).map(({ key }) => key),
      checkpointNames: readdirSync(folder).sort(),
    };
  } finally {
    store.close();
  }
}

function hash(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
