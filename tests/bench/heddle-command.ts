// Runs a Heddle command as a user would, in a home of its own, and keeps what it said and how much memory it
// and the processes it started held at their peak.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../main/launcher/project.mjs';

/** Rare enough to take nothing from what is measured: the peak is a mark that the system keeps. */
const pollMs = 250;

/** One of the JSON lines that a command writes. */
export interface CommandEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

export interface CommandResult {
  /** The JSON lines it wrote: `event` and what belongs to it. */
  readonly events: readonly CommandEvent[];
  readonly durationMs: number;
  /** Peak resident bytes of every process it consisted of, added up; null where the system does not say. */
  readonly peakBytes: number | null;
}

/** Runs `heddle ARGS --json` with a home folder, `onEvent` hearing each line; rejects with what it wrote when it fails. */
export async function runHeddle(
  args: readonly string[],
  home: string,
  onEvent: (event: CommandEvent) => void = () => undefined,
): Promise<CommandResult> {
  const startMs = performance.now();
  const cli = join(projectRoot(), 'out', 'main', 'cli.js');
  const flags = ['--disable-warning=ExperimentalWarning', cli, ...args, '--json'];
  const child = spawn(process.execPath, flags, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HEDDLE_HOME: home },
  });
  const peaks = new Map<number, number>();
  const watch = setInterval(() => notePeaks(child.pid!, peaks), pollMs);
  const events: CommandEvent[] = [];
  createInterface(child.stdout).on('line', (line) => {
    if (!line.startsWith('{')) return;
    events.push(JSON.parse(line) as CommandEvent);
    onEvent(events.at(-1)!);
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(watch);
  if (code !== 0) throw new Error(`heddle ${args.join(' ')} ended with ${code}:\n${errors}`);
  return {
    events,
    durationMs: performance.now() - startMs,
    peakBytes: peaks.size > 0 ? [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0) : null,
  };
}

/** Writes down the high-water mark of a process and its descendants; Linux alone keeps one to read. */
function notePeaks(root: number, peaks: Map<number, number>): void {
  if (process.platform !== 'linux') return;
  for (const id of withDescendants(root)) {
    const status = readProc(id, 'status');
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes) peaks.set(id, 1024 * Number(kibibytes));
  }
}

function withDescendants(root: number): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    // The name in parentheses may hold anything; the parent is the second word after it.
    const words = readProc(Number(name), 'stat').split(') ').at(-1)!.split(' ');
    return [{ id: Number(name), parent: Number(words[1]) }];
  });
  const family = [root];
  for (const member of family) {
    family.push(...parents.filter(({ parent }) => parent === member).map(({ id }) => id));
  }
  return family;
}

/** A file of a process's folder; empty when the process has just ended. */
function readProc(id: number, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
