// Finds Electron's executable, and has it fetched where only its npm package is installed. The fetching runs
// on the pinned Node, because Electron's own tools do not read on older ones. Must not import npm packages.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { passSignals } from './child.mjs';
import { chooseNode } from './project.mjs';

/** What Electron's executable is called in its folder. */
const EXECUTABLES = /** @type {Record<string, string>} */ ({
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
});

/**
 * Electron's executable, or undefined where there is none. ELECTRON_OVERRIDE_DIST_PATH names a folder that
 * holds one, as it does for Electron's own starter.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} [env]
 */
export function electronBinary(root, env = process.env) {
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  const isUnpacked = existsSync(pathFile);
  const name = isUnpacked
    ? readFileSync(pathFile, 'utf8').trim()
    : (EXECUTABLES[process.platform] ?? 'electron');
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!override && !isUnpacked) return undefined;
  const binary = join(override || join(folder, 'dist'), name);
  return existsSync(binary) ? binary : undefined;
}

/**
 * Fetches Electron's executable, showing how far it is. Resolves with undefined when it is there, else with
 * why it could not be had.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} [env]
 * @param {number} [stallMs] how long nothing may arrive before it is given up
 * @returns {Promise<string | undefined>}
 */
export function fetchElectron(root, env = process.env, stallMs = 10_000) {
  if (env.ELECTRON_OVERRIDE_DIST_PATH)
    return Promise.resolve('the folder in ELECTRON_OVERRIDE_DIST_PATH holds no Electron');
  if (!existsSync(join(root, 'node_modules', 'electron', 'package.json')))
    return Promise.resolve('the package electron is not installed');
  const script = join(dirname(fileURLToPath(import.meta.url)), 'fetch-electron.mjs');
  return new Promise((resolve) => {
    const child = spawn(
      chooseNode(root),
      ['--disable-warning=ExperimentalWarning', script, root, `${stallMs}`],
      {
        // Node's fetch asks no proxy by itself.
        env: { ...env, NODE_USE_ENV_PROXY: '1' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let reason = '';
    child.stdout.on('data', (chunk) => (reason += chunk));
    const stopPassing = passSignals(child);
    child.once('error', (error) => {
      stopPassing();
      resolve(`Electron could not be fetched (${error.message})`);
    });
    child.once('close', (code) => {
      stopPassing();
      const words = reason.trim().split('\n')[0] || `code ${code}`;
      resolve(code === 0 ? undefined : `Electron could not be fetched (${words})`);
    });
  });
}
