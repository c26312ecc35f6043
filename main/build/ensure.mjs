// Builds what is missing or stale before something runs from out/. Each part is built into a folder beside
// its target and renamed, so that nobody ever runs half a build. Progress goes to stderr, never to stdout.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseNode } from '../launcher/project.mjs';
import { changedSince, hashContents, hashStats, listInputs, recordBuilt, staleParts } from './freshness.mjs';
import { withBuildLock } from './lock.mjs';

/**
 * @typedef {import('./parts.mjs').PartName} PartName
 * @typedef {{ name: PartName, durationMs: number, imported: string[] }} PartBuilt
 */

/** @param {string} line */
const say = (line) => process.stderr.write(`heddle: ${line}\n`);

/**
 * Runs one builder process and returns what it reports. Its output is shown only when it fails.
 * @param {string} root
 * @param {string[]} args
 * @param {(built: PartBuilt) => void} onBuilt
 * @returns {Promise<void>}
 */
function runBuilder(root, args, onBuilt) {
  return new Promise((resolve, reject) => {
    const child = spawn(chooseNode(root), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('message', (message) => onBuilt(/** @type {PartBuilt} */ (message)));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the build failed.\n${output.trimEnd()}`));
    });
  });
}

/**
 * Puts a finished part in its place. The old folder goes aside first: renaming over a full folder fails.
 * @param {string} root
 * @param {string} workFolder
 * @param {PartName} name
 */
function moveIntoPlace(root, workFolder, name) {
  const target = join(root, 'out', name);
  if (existsSync(target)) renameSync(target, join(workFolder, `${name}.old`));
  renameSync(join(workFolder, name), target);
}

/**
 * @param {string} root
 * @param {PartName[]} names
 */
async function buildParts(root, names) {
  const out = join(root, 'out');
  for (const entry of readdirSync(out))
    if (entry.startsWith('.work-')) rmSync(join(out, entry), { recursive: true, force: true });
  const workFolder = join(out, `.work-${process.pid}`);
  mkdirSync(workFolder);
  say(`building ${names.join(', ')} …`);
  const startedAtMs = Date.now();
  /** @param {PartBuilt} built */
  const onBuilt = ({ name, durationMs, imported }) => {
    const paths = listInputs(root, name, imported);
    moveIntoPlace(root, workFolder, name);
    // A file written since the build began may not be in it as it is now: then the part stays stale.
    const isCurrent = !changedSince(root, paths, startedAtMs);
    recordBuilt(root, name, {
      stat: isCurrent ? hashStats(root, paths) : '',
      content: isCurrent ? hashContents(root, paths) : '',
      imported,
    });
    say(`built ${name} in ${(durationMs / 1000).toFixed(1)} s`);
  };
  const bundles = names.filter((name) => name !== 'kernels');
  const runs = [];
  if (names.includes('kernels'))
    runs.push(runBuilder(root, ['main/build/kernels.mjs', join(workFolder, 'kernels')], onBuilt));
  if (bundles.length > 0)
    runs.push(runBuilder(root, ['main/build/bundles.mjs', workFolder, ...bundles], onBuilt));
  const failures = (await Promise.allSettled(runs)).filter((result) => result.status === 'rejected');
  rmSync(workFolder, { recursive: true, force: true });
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason.message).join('\n'));
}

/**
 * Makes sure that the given parts of out/ match the sources; returns the names of those it built.
 * Throws with the builder's output when one cannot be built.
 * @param {string} root
 * @param {PartName[]} names
 */
export async function ensureBuilt(root, names) {
  if (staleParts(root, names, { compareContents: false }).length === 0) return [];
  return withBuildLock(
    root,
    () => say('another process is building; waiting for it …'),
    async () => {
      const stale = staleParts(root, names, { compareContents: true });
      if (stale.length > 0) await buildParts(root, stale);
      return stale;
    },
  );
}
