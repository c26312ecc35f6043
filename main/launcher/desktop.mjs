// Opens the studio in an Electron window where that can work, and says in one line why where it cannot.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { passSignals } from './child.mjs';
import { electronBinary, fetchElectron } from './electron-binary.mjs';

/** An Electron that fails sooner than this could not open a window at all. */
const EARLY_EXIT_MS = 5_000;
/** Signals by which a user ends it: no reason to open a browser. */
const ENDING_SIGNALS = new Set(['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @typedef {object} Surroundings
 * @property {NodeJS.ProcessEnv} env
 * @property {NodeJS.Platform} platform
 * @property {boolean} isRoot
 */

/** @returns {Surroundings} */
const actual = () => ({
  env: process.env,
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
});

/**
 * Why no window can be shown here whatever is installed, or undefined.
 * @param {Surroundings} surroundings
 */
export function whyNoWindow({ env, platform, isRoot }) {
  if (platform !== 'linux') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
  return isRoot ? 'Electron does not run as root' : undefined;
}

/**
 * Opens the desktop window and resolves with its exit code once it is closed. Resolves with undefined, having
 * said why on stderr, when there can be no window or Electron ends at once with an error.
 * @param {string} root
 * @param {string[]} args
 * @param {Surroundings} [surroundings]
 * @returns {Promise<number | undefined>}
 */
export async function openDesktop(root, args, surroundings = actual()) {
  const { env } = surroundings;
  let reason = whyNoWindow(surroundings);
  if (reason === undefined && electronBinary(root, env) === undefined)
    reason = await fetchElectron(root, env);
  const binary = electronBinary(root, env);
  if (reason === undefined && binary === undefined) reason = 'Electron is not where it was unpacked';
  if (reason === undefined && binary !== undefined) {
    const end = await runElectron(binary, [join(root, 'out/main/desktop.js'), ...args], env);
    if (typeof end === 'number') return end;
    reason = end.reason;
  }
  process.stderr.write(`heddle: using the browser, because ${reason}.\n`);
  return undefined;
}

/**
 * Runs Electron to its end: its exit code, or why it could not open a window.
 * @param {string} binary
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number | { reason: string }>}
 */
function runElectron(binary, args, env) {
  // Set by some editors' terminals: it would make Electron a plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...clean } = env;
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const child = spawn(binary, args, { env: clean, stdio: ['inherit', 'inherit', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      process.stderr.write(chunk);
      if (said.length < 2_000) said += chunk;
    });
    const stopPassing = passSignals(child);
    /** @param {number | { reason: string }} end */
    const finish = (end) => {
      stopPassing();
      resolve(end);
    };
    child.once('error', (error) => finish({ reason: `Electron did not start (${error.message})` }));
    child.once('close', (code, signal) => {
      const isEarly = performance.now() - startedMs < EARLY_EXIT_MS;
      const isFailed = code !== 0 && !(signal !== null && ENDING_SIGNALS.has(signal));
      if (!isEarly || !isFailed) return finish(code ?? 128 + (signal ? constants.signals[signal] : 0));
      const firstLine = said.trim().split('\n')[0] || `${signal ?? `code ${code}`}`;
      finish({ reason: `Electron ended at once (${firstLine})` });
    });
  });
}
