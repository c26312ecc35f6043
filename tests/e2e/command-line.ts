// Heddle's command line as a user's terminal starts it: the built program in a process of its own, in a home
// that is given. For tests of the whole; knows nothing of what the commands do.

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

/** Starts the program with these arguments and no others. */
export function spawnHeddle(...args: string[]): ChildProcess {
  const script = join(root, 'out', 'main', 'cli.js');
  const quiet = '--disable-warning=ExperimentalWarning';
  return spawn(process.execPath, [quiet, script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Starts a command and leaves it running. */
export function startHeddle(home: string, ...args: string[]): RunningHeddle {
  const child = spawnHeddle(...args, '--json', '--home', home);
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
