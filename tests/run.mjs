// What `npm test` runs: type check of every folder, lint, format check, build, then the tests on the pinned
// Node. Each step must pass before the next. Arguments go to vitest, and then only build and tests run:
// `npm test -- tests/engine/tokenizers`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from '../main/build/ensure.mjs';
import { ALL_PARTS } from '../main/build/parts.mjs';
import { chooseNode, projectRoot } from '../main/launcher/project.mjs';

const root = projectRoot();
const node = chooseNode(root, { exactly: true });
const modules = join(root, 'node_modules');

/**
 * Runs a program of node_modules on the pinned Node with its output shown; throws when it fails.
 * @param {string} script
 * @param {string[]} args
 * @returns {Promise<void>}
 */
function run(script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(modules, script), ...args], { cwd: root, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${script} ${args.join(' ')} failed.`)),
    );
  });
}

/**
 * Type-checks one folder. vue-tsc reads the page's components too.
 * @param {string} folder
 */
function checkTypes(folder) {
  const readsVue = folder === 'renderer' || folder === 'tests';
  const script = readsVue ? 'vue-tsc/bin/vue-tsc.js' : 'typescript/bin/tsc';
  const cache = join(root, 'out', 'cache', `${folder.replace('.', 'configs')}.tsbuildinfo`);
  return run(script, ['-p', folder, '--incremental', '--tsBuildInfoFile', cache]);
}

/** @type {[string, () => Promise<unknown>][]} */
const checks = [
  [
    'types',
    async () => {
      // Two at a time: as many as the smallest machine has cores.
      const folders = ['tests', 'renderer', 'main', 'engine', 'preload', '.'];
      const work = async () => {
        for (let folder = folders.shift(); folder !== undefined; folder = folders.shift())
          await checkTypes(folder);
      };
      await Promise.all([work(), work()]);
    },
  ],
  ['lint', () => run('oxlint/bin/oxlint', [])],
  ['format', () => run('oxfmt/bin/oxfmt', ['--check'])],
];

const args = process.argv.slice(2);
/** @type {[string, () => Promise<unknown>][]} */
const steps = [
  ...(args.length === 0 ? checks : []),
  ['build', () => ensureBuilt(root, ALL_PARTS)],
  ['tests', () => run('vitest/vitest.mjs', ['run', ...args])],
];
try {
  for (const [name, step] of steps) {
    const startedMs = performance.now();
    await step();
    process.stderr.write(`${name}: passed in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
