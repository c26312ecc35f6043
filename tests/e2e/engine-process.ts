// The engine process behind a run, seen from outside through the mark it leaves in the run's folder: found,
// watched, and ended as the system's out-of-memory killer would.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 5;

/** The folder of the only run of a home, or null before there is one. */
export function onlyRunFolder(home: string): string | null {
  const [id] = namesIn(join(home, 'runs'));
  return id === undefined ? null : join(home, 'runs', id);
}

/** The process that trains the home's only run, as far as its mark says. */
export function enginePid(home: string): number | null {
  const folder = onlyRunFolder(home);
  try {
    return folder === null ? null : Number(readFileSync(join(folder, 'engine.pid'), 'utf8')) || null;
  } catch {
    return null;
  }
}

/** Whether a process computes; one that has ended and only waits to be collected does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Ends a process at once; one that is gone already is fine. */
export function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago.
  }
}

/** Resolves with the first value that is not null; throws, naming `what`, when none comes. */
export async function until<T>(what: string, look: () => T | null, limitMs = 60_000): Promise<T> {
  const endMs = performance.now() + limitMs;
  while (performance.now() < endMs) {
    const found = look();
    if (found !== null) return found;
    await sleep(pollMs);
  }
  throw new Error(`waited ${limitMs} ms in vain for ${what}`);
}

/** The names in a folder; none where there is no folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
