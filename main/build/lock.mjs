// Lets one process at a time build in this checkout. The lock is a file that its holder touches every few
// seconds: a holder that died or hangs loses it. Must not be held by a process that blocks its event loop.
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const TOUCH_MS = 2_000;
const DEAD_AFTER_MS = 20_000;
const POLL_MS = 100;

/** @param {string} path */
function createExclusively(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Whether the lock's holder is gone: untouched for long, or its process has ended.
 * @param {string} path
 */
function isAbandoned(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (Date.now() - stat.mtimeMs > DEAD_AFTER_MS) return true;
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

/**
 * Removes an abandoned lock. A second lock guards the removal, because two waiters that both saw the same
 * dead holder would otherwise remove each other's new lock.
 * @param {string} path
 */
function removeAbandoned(path) {
  const guard = `${path}.removal`;
  const stat = statSync(guard, { throwIfNoEntry: false });
  if (stat !== undefined && Date.now() - stat.mtimeMs > DEAD_AFTER_MS) rmSync(guard, { force: true });
  if (!createExclusively(guard)) return;
  try {
    if (isAbandoned(path)) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Runs `work` while holding the build lock of this checkout, and `onWait` once when another process has it.
 * @template T
 * @param {string} root
 * @param {() => void} onWait
 * @param {() => Promise<T>} work
 */
export async function withBuildLock(root, onWait, work) {
  mkdirSync(join(root, 'out'), { recursive: true });
  const path = join(root, 'out', '.build.lock');
  for (let isFirst = true; !createExclusively(path); isFirst = false) {
    if (isFirst) onWait();
    if (isAbandoned(path)) removeAbandoned(path);
    else await sleep(POLL_MS);
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimesSync(path, now, now);
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    rmSync(path, { force: true });
  }
}
