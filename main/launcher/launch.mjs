// What `npm start` and `npm run heddle` run: builds what is missing or stale, then hands over to the program,
// on a Node that can run it. Prints nothing on stdout: that belongs to the program.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../build/ensure.mjs';
import { ALL_PARTS } from '../build/parts.mjs';
import { isUnderNpm, runInPlace } from './child.mjs';
import { openDesktop } from './desktop.mjs';
import { chooseNode, projectRoot } from './project.mjs';

const USAGE = `usage: node main/launcher/launch.mjs COMMAND [arguments]
  start      opens the studio: a desktop window where Electron can open one, else the browser
  heddle     runs a Heddle command, for example: heddle train --max-steps 20
  bench      runs the benchmarks under tests/bench
  interop    runs the checks of tests/interop against other programs
  reference  trains on public data to the end, as tests/reference has it
  build      builds everything that is missing or stale and ends
`;

/**
 * Runs a program of Heddle's own on the chosen Node, in the folder that the user typed the command in: npm
 * itself runs scripts in the project's.
 * @param {string} root
 * @param {string[]} args
 */
const runNode = (root, args) =>
  runInPlace(chooseNode(root), ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: isUnderNpm() ? process.env.INIT_CWD : undefined,
  });

/**
 * Runs the TypeScript file `tests/<suite>/run.ts` from source.
 * @param {string} root
 * @param {string} suite
 * @param {string[]} args
 */
async function runSuite(root, suite, args) {
  const file = join(root, 'tests', suite, 'run.ts');
  if (!existsSync(file)) throw new Error(`there is no ${file} to run.`);
  await ensureBuilt(root, ['kernels', 'main']);
  return runNode(root, ['--import', join(root, 'tests/setup/raw-imports.mjs'), file, ...args]);
}

/** @type {Record<string, (root: string, args: string[]) => Promise<number>>} */
const COMMANDS = {
  async start(root, args) {
    await ensureBuilt(root, ALL_PARTS);
    const code = await openDesktop(root, args);
    return code ?? runNode(root, [join(root, 'out/main/cli.js'), 'serve', ...args]);
  },
  async heddle(root, args) {
    await ensureBuilt(root, args[0] === 'serve' ? ALL_PARTS : ['kernels', 'main']);
    return runNode(root, [join(root, 'out/main/cli.js'), ...args]);
  },
  bench: (root, args) => runSuite(root, 'bench', args),
  interop: (root, args) => runSuite(root, 'interop', args),
  reference: (root, args) => runSuite(root, 'reference', args),
  async build(root) {
    await ensureBuilt(root, ALL_PARTS);
    return 0;
  },
};

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command(projectRoot(), args);
  } catch (error) {
    process.stderr.write(`heddle: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
