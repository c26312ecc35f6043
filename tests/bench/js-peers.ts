// Installs the JavaScript libraries that Heddle is compared with, on first use and under tests/bench alone.
// The registry is the one npm is configured with; nothing runs at installation.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Report } from './report.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Makes sure that the peers are there; rejects when npm fails. */
export async function installJsPeers(report: Report): Promise<void> {
  if (existsSync(new URL('node_modules/@jax-js/jax/package.json', import.meta.url))) return;
  report.note('installing jax-js and tfjs under tests/bench (330 MB, once) …');
  const npm = process.env.npm_execpath;
  const [file, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  const child = spawn(file, [...first, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32' && file === 'npm',
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`npm ci in ${folder} failed with exit code ${code}.`);
}
