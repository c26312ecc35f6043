// Runs a program in this one's place: same terminal, same exit code, same signals. Must not print.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Signals closer together than this are one: npm and the terminal both deliver Ctrl-C. */
const SAME_SIGNAL_MS = 300;
const ORPHAN_POLL_MS = 200;

/** Whether npm started this process for a script of package.json. */
export const isUnderNpm = () => process.env.npm_lifecycle_script?.includes('launch.mjs') === true;

/**
 * Lets a child have the termination signals that this process gets; returns a function that ends it.
 * Ctrl-C in a terminal goes to the whole process group, so the child has it already and gets no second one.
 * npm passes signals to a shell, which dies without passing them on: being left behind by it counts as Ctrl-C.
 * @param {import('node:child_process').ChildProcess} child
 */
export function passSignals(child) {
  let lastMs = -Infinity;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const nowMs = performance.now();
    const isRepeat = nowMs - lastMs < SAME_SIGNAL_MS;
    lastMs = nowMs;
    if (signal === 'SIGINT' && (process.stdin.isTTY || isRepeat)) return;
    child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (!isUnderNpm() || process.ppid === parent) return;
    clearInterval(watch);
    if (lastMs === -Infinity) child.kill('SIGINT');
  }, ORPHAN_POLL_MS);
  return () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, forward);
  };
}

/**
 * Starts a program with this process's standard streams and resolves with its exit code, 128 + n where a
 * signal ended it. Rejects when it cannot be started.
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function runInPlace(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', ...options });
    const stopPassing = passSignals(child);
    child.once('error', (error) => {
      stopPassing();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      stopPassing();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
