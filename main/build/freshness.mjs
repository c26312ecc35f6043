// Decides which parts are stale. A start only compares sizes and times with out/.build.json, which takes
// milliseconds; contents are hashed only when those differ, so a fresh checkout of the same files costs no
// build. Must not build anything.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PARTS } from './parts.mjs';

/**
 * @typedef {import('./parts.mjs').PartName} PartName
 * @typedef {object} Inputs
 * @property {string} stat hash of every input's path, size and time
 * @property {string} content hash of every input's path and bytes
 * @property {string[]} imported inputs outside the part's own folders, as the bundler reported them
 */

/** @param {string} root */
const manifestPath = (root) => join(root, 'out', '.build.json');

/**
 * @param {string} root
 * @returns {Partial<Record<PartName, Inputs>>}
 */
function readManifest(root) {
  try {
    return JSON.parse(readFileSync(manifestPath(root), 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Records what a part was made from. Only the holder of the build lock may call it.
 * @param {string} root
 * @param {PartName} name
 * @param {Inputs} inputs
 */
export function recordBuilt(root, name, inputs) {
  const path = manifestPath(root);
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...readManifest(root), [name]: inputs }, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/**
 * The paths of a part's inputs, sorted, relative to the project, with forward slashes.
 * @param {string} root
 * @param {PartName} name
 * @param {string[]} imported
 */
export function listInputs(root, name, imported) {
  const part = PARTS[name];
  const found = new Set([...part.files, ...imported]);
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (part.accepts(path)) found.add(path);
    }
  };
  for (const folder of part.roots) if (existsSync(join(root, folder))) walk(folder);
  return [...found].toSorted();
}

/**
 * One hash over sizes and times of the given files; a missing file counts as such.
 * @param {string} root
 * @param {string[]} paths
 */
export function hashStats(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    hash.update(`${path}\0${stat?.size}\0${stat?.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * Whether any of the given files was written after the given time.
 * @param {string} root
 * @param {string[]} paths
 * @param {number} sinceMs
 */
export function changedSince(root, paths, sinceMs) {
  return paths.some((path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    return stat !== undefined && stat.mtimeMs > sinceMs;
  });
}

/**
 * One hash over the bytes of the given files; a missing file counts as such.
 * @param {string} root
 * @param {string[]} paths
 */
export function hashContents(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const bytes = existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined;
    hash.update(`${path}\0${bytes?.length}\n`);
    if (bytes !== undefined) hash.update(bytes);
  }
  return hash.digest('hex');
}

/**
 * Which of the given parts must be built: those whose output is missing or whose inputs changed in size or
 * time. With `compareContents` a part whose inputs hold the same bytes as before counts as fresh, and its
 * new times are recorded (that writes, so it needs the build lock).
 * @param {string} root
 * @param {PartName[]} names
 * @param {{ compareContents: boolean }} options
 */
export function staleParts(root, names, { compareContents }) {
  const manifest = readManifest(root);
  return names.filter((name) => {
    const before = manifest[name];
    if (before === undefined || !existsSync(join(root, 'out', name, PARTS[name].proof))) return true;
    const paths = listInputs(root, name, before.imported);
    const stat = hashStats(root, paths);
    if (stat === before.stat) return false;
    if (!compareContents || hashContents(root, paths) !== before.content) return true;
    recordBuilt(root, name, { ...before, stat });
    return false;
  });
}
