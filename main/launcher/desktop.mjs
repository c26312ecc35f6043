// Opens the studio in an Electron window where that can work, and says in one line why where it cannot.
// Must not download anything: Electron's binary is used only when it is already installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { passSignals } from './child.mjs';

/** An Electron that fails sooner than this could not open a window at all. */
const EARLY_EXIT_MS = 5_000;

/**
 * Electron's executable, or undefined where only its npm package is installed.
 * @param {string} root
 */
function electronBinary(root) {
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

/**
 * Why no desktop window can be opened, or undefined when one can.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
export function whyNoDesktop(root, env) {
  if (electronBinary(root) === undefined)
    return 'Electron\'s binary is not installed ("npx install-electron" downloads it)';
  if (process.platform === 'linux') {
    if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
    if (process.getuid?.() === 0) return 'Electron does not run as root';
  }
  return undefined;
}

/**
 * Opens the desktop window and resolves with its exit code once it is closed. Resolves with undefined, having
 * said why on stderr, when there can be no window or Electron ends at once with an error.
 * @param {string} root
 * @param {string[]} args
 * @returns {Promise<number | undefined>}
 */
export function openDesktop(root, args) {
  const reason = whyNoDesktop(root, process.env);
  const binary = electronBinary(root);
  /** @param {string} why */
  const useBrowser = (why) => {
    process.stderr.write(`heddle: using the browser, because ${why}.\n`);
    return undefined;
  };
  if (reason !== undefined || binary === undefined) return Promise.resolve(useBrowser(reason ?? ''));
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const child = spawn(binary, [join(root, 'out/main/desktop.js'), ...args], {
      stdio: ['inherit', 'inherit', 'pipe'],
    });
    let firstLines = '';
    child.stderr.on('data', (chunk) => {
      process.stderr.write(chunk);
      if (firstLines.length < 2_000) firstLines += chunk;
    });
    const stopPassing = passSignals(child);
    /** @param {number | undefined} code */
    const finish = (code) => {
      stopPassing();
      resolve(code);
    };
    child.once('error', (error) => finish(useBrowser(`Electron did not start (${error.message})`)));
    child.once('close', (code) => {
      const isEarly = performance.now() - startedMs < EARLY_EXIT_MS;
      if (code === 0 || !isEarly) finish(code ?? 1);
      else
        finish(useBrowser(`Electron ended at once (${firstLines.trim().split('\n')[0] || `code ${code}`})`));
    });
  });
}
