// An engine whose main died saves its run and ends. Whoever resumes that run waits for it here, so that two
// engines never write one run. The mark it leaves is its process id in the run's folder.

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../studio/process-alive.ts';

/** A process that has not ended after this long is taken for another that got the same id. */
const longestWaitMs = 60_000;
const pollMs = 100;

const markFile = (runFolder: string): string => join(runFolder, 'engine.pid');

/** Says that this process trains the run. */
export async function markEngine(runFolder: string): Promise<void> {
  await writeFile(markFile(runFolder), String(process.pid));
}

/** Takes the mark of a process away, this one's unless another is named; leaves that of any other. */
export async function unmarkEngine(runFolder: string, pid = process.pid): Promise<void> {
  if ((await markedPid(runFolder)) === pid) await rm(markFile(runFolder), { force: true });
}

/** Resolves when no other engine trains the run any more. */
export async function waitForOrphan(runFolder: string): Promise<void> {
  const pid = await markedPid(runFolder);
  if (pid === null) return;
  for (
    let waitedMs = 0;
    isEngine(pid, await commandLine(pid)) && waitedMs < longestWaitMs;
    waitedMs += pollMs
  ) {
    await sleep(pollMs);
  }
  await unmarkEngine(runFolder, pid);
}

async function markedPid(runFolder: string): Promise<number | null> {
  const pid = Number(await readFile(markFile(runFolder), 'utf8').catch(() => ''));
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

function isEngine(pid: number, command: string | null): boolean {
  return isAlive(pid) && (command === null || command.includes('engine'));
}

/** The command line of a process where the system shows it, else null. */
async function commandLine(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}
