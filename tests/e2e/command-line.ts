// Heddle's command line as a user's terminal starts it: the built program in a process of its own, with
// `--json`, in a home that is given. For end-to-end tests; knows nothing of what the commands do.

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from '../../main/build/ensure.mjs';
import { projectRoot } from '../../main/launcher/project.mjs';
import { linesOf, untilEnded, type Ended, type Line } from '../main/run-source.ts';

const root = projectRoot();

export interface RunningHeddle {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Builds what the command line runs from, where it is missing or stale. */
export async function buildHeddle(): Promise<void> {
  await ensureBuilt(root, ['kernels', 'main']);
}

/** Starts a command and leaves it running. */
export function startHeddle(home: string, ...args: string[]): RunningHeddle {
  const script = join(root, 'out', 'main', 'cli.js');
  const quiet = '--disable-warning=ExperimentalWarning';
  const child = spawn(process.execPath, [quiet, script, ...args, '--json', '--home', home], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, ended: untilEnded(child) };
}

/** Carries out a command to its end and gives its JSON lines; throws unless it ends with code 0. */
export async function heddle(home: string, ...args: string[]): Promise<Line[]> {
  const { code, signal, stdout, stderr } = await startHeddle(home, ...args).ended;
  if (code !== 0) {
    throw new Error(`heddle ${args.join(' ')} ended with ${code ?? signal}:\n${stdout}\n${stderr}`);
  }
  return linesOf(stdout);
}
