// Finds out whether the Python that was given has what a peer needs. Without it the peer's row is left out,
// and the output says so: a missing row must never look like a passed one.

import { spawnSync } from 'node:child_process';
import type { BenchContext } from './measure.ts';

/** The given Python when it can import `module`; else null, having said why. */
export function pythonWith(module: string, { python, report }: BenchContext): string | null {
  if (python === null) {
    report.note(`SKIPPED the row for ${module}: give a Python that has it with --python PATH.`);
    return null;
  }
  const { status, error, stderr } = spawnSync(python, ['-c', `import ${module}`], { encoding: 'utf8' });
  if (status === 0) return python;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  report.note(`SKIPPED the row for ${module}: ${python} cannot import it (${reason}).`);
  return null;
}
