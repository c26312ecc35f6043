// Compiles the CPU kernels to WebAssembly. Kernels are found, not registered: every function that a
// `*.cpu.ts` file under engine/ exports with the signature (args: usize, tile: u32, scratch: usize): void is
// one, and the comment above it, or else the head of its file, names its arguments in order after `args:`, by
// which the engine tells kernels that are not its own. The module `engine/device/cpu/kernels/dispatch.ts`, which calls a kernel by number, exists only here
// in memory. Run as `node main/build/kernels.mjs FOLDER`; writes kernels.wasm and kernels.json there.
import { main as runCompiler } from 'assemblyscript/asc';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { projectRoot } from '../launcher/project.mjs';

const KERNEL_FOLDER = 'engine/device/cpu/kernels';
const DISPATCH = `${KERNEL_FOLDER}/dispatch.ts`;
const RUNNER = `${KERNEL_FOLDER}/runner.ts`;
const LAYOUT = `${KERNEL_FOLDER}/layout.ts`;

/** Pages of 64 KiB: the device brings the memory, so the module only states the least and the most it takes. */
const INITIAL_PAGES = 1;
const MAXIMUM_PAGES = 65_536;
const DATA_SECTION = 11;

const FLAGS = [
  '-O3 --noAssert',
  '--enable simd --enable relaxed-simd --enable threads',
  '--importMemory --sharedMemory --runtime stub',
  `--initialMemory ${INITIAL_PAGES} --maximumMemory ${MAXIMUM_PAGES}`,
  // With no managed types nothing can abort; this keeps the import out of the module.
  '--use abort=',
].flatMap((group) => group.split(' '));

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function findKernelFiles(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return findKernelFiles(root, path);
    return path.endsWith('.cpu.ts') ? [path] : [];
  });
}

/**
 * The names of the kernels that one source exports. Other exported functions are helpers of other kernels.
 * @param {string} source
 */
export function kernelNames(source) {
  return [...source.matchAll(/^export function (\w+)\s*\(([^)]*)\)\s*:\s*void\b/gm)].flatMap((match) => {
    const [, name = '', parameters = ''] = match;
    const types = parameters
      .split(',')
      .map((parameter) => parameter.split(':')[1]?.trim())
      .filter((type) => type !== undefined);
    return types.join() === 'usize,u32,usize' ? [name] : [];
  });
}

/**
 * Maps each kernel's name to the file that has it, in the order of the names.
 * @param {string} root
 */
function findKernels(root) {
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const file of findKernelFiles(root, 'engine').toSorted()) {
    for (const name of kernelNames(readFileSync(join(root, file), 'utf8'))) {
      const other = files.get(name);
      if (other !== undefined)
        throw new Error(`Both ${other} and ${file} export a kernel ${name}; rename one.`);
      files.set(name, file);
    }
  }
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The arguments of a kernel, from the comment above it or at the head of its file; undefined where neither
 * names them. A capitalized name stands for the fields of a class, which `classes` holds the source of.
 * @param {string} name
 * @param {string} source
 * @param {string} classes
 * @returns {string[] | undefined}
 */
export function kernelArguments(name, source, classes) {
  const before = source.slice(0, source.search(new RegExp(`^export function ${name}\\(`, 'm')));
  const above = /\/\*\*(?:(?!\*\/)[^])*\*\/\n$/.exec(before)?.[0] ?? '';
  const head = /^(?:\/\/.*\n)*/.exec(source)?.[0] ?? '';
  const [, list] = [above, head].map((text) => /\bargs: ([^.]*)\./.exec(text)).find(Boolean) ?? [];
  return list
    ?.replaceAll(/\n(?: \*|\/\/)/g, '')
    .split(',')
    .map((text) => /\w+/.exec(text)?.[0] ?? '')
    .flatMap((word) => (/^[A-Z]/.test(word) ? classFields(word, classes) : [word]));
}

/**
 * @param {string} name
 * @param {string} source
 */
function classFields(name, source) {
  const [, body = ''] = new RegExp(`^export class ${name} \\{([^}]*)`, 'm').exec(source) ?? [];
  return [...body.matchAll(/^ *(\w+):/gm)].map(([, field = '']) => field);
}

/**
 * Every constant of the memory layout that kernels and engine share.
 * @param {string} source
 */
function layoutNumbers(source) {
  const numbers = source.matchAll(/^export const (\w+) = (\d+);/gm);
  return Object.fromEntries([...numbers].map(([, name = '', value]) => [name, Number(value)]));
}

/**
 * What `functions` of kernels.json says: each kernel's number for `runKernel`, and its arguments.
 * @param {string} root
 * @param {Map<string, string>} kernels
 */
function describeKernels(root, kernels) {
  /** @param {string} file */
  const read = (file) => readFileSync(join(root, file), 'utf8');
  const classes = findKernelFiles(root, 'engine').map(read).join('\n');
  return Object.fromEntries(
    [...kernels].map(([name, file], id) => {
      const args = kernelArguments(name, read(file), classes);
      if (args === undefined) throw new Error(`${file} does not say "args: …" of its kernel ${name}.`);
      return [name, { id, args }];
    }),
  );
}

/**
 * AssemblyScript that runs kernel number `id`; also exports each kernel under its name, for the tests.
 * @param {Map<string, string>} kernels
 */
export function writeDispatch(kernels) {
  const names = [...kernels.keys()];
  const imports = names.map((name) => {
    const path = posix.relative(KERNEL_FOLDER, (kernels.get(name) ?? '').replace(/\.ts$/, ''));
    return `import { ${name} } from '${path.startsWith('.') ? path : `./${path}`}';`;
  });
  const cases = names.map((name, id) => `    case ${id}: ${name}(args, tile, scratch); return;`);
  return [
    ...imports,
    'export function runKernel(id: u32, args: usize, tile: u32, scratch: usize): void {',
    '  switch (id) {',
    ...cases,
    '    default: unreachable();',
    '  }',
    '}',
    ...(names.length > 0 ? [`export { ${names.join(', ')} };`] : []),
    '',
  ].join('\n');
}

/**
 * Refuses a module with static data: every worker thread instantiates it over the same memory, and each
 * would write that data over what the others have put there.
 * @param {Uint8Array<ArrayBuffer>} wasm
 */
function refuseStaticData(wasm) {
  let at = 8;
  const readVarUint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < wasm.length) {
    const id = wasm[at++];
    const sizeBytes = readVarUint();
    if (id === DATA_SECTION && wasm[at] !== 0)
      throw new Error('The kernels hold static data (a string, array literal or class); kernels must not.');
    at += sizeBytes;
  }
}

/**
 * Compiles every kernel of the project. Gives what kernels.json says of the module beside it: its functions,
 * its memory layout and its SHA-256. Throws with the compiler's messages.
 * @param {string} root
 */
export async function compileKernels(root) {
  const kernels = findKernels(root);
  const functions = describeKernels(root, kernels);
  const dispatch = writeDispatch(kernels);
  const entries = existsSync(join(root, RUNNER)) ? [RUNNER, DISPATCH] : [DISPATCH];
  /** @type {Uint8Array<ArrayBuffer> | undefined} */
  let wasm;
  const { error, stderr } = await runCompiler([...entries, ...FLAGS, '--outFile', 'kernels.wasm'], {
    readFile: (name) => {
      const path = posix.normalize(name);
      if (path === DISPATCH) return dispatch;
      return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
    },
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') wasm = Uint8Array.from(/** @type {Uint8Array} */ (contents));
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined)
    throw new Error(`${stderr.toString()}\n${error?.message ?? ''}`.trim());
  refuseStaticData(wasm);
  const layout = existsSync(join(root, LAYOUT))
    ? layoutNumbers(readFileSync(join(root, LAYOUT), 'utf8'))
    : {};
  return { wasm, functions, layout, hash: createHash('sha256').update(wasm).digest('hex') };
}

if (process.argv[1] === import.meta.filename) {
  const startedMs = performance.now();
  const [folder = ''] = process.argv.slice(2);
  try {
    const { wasm, ...description } = await compileKernels(projectRoot());
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kernels.wasm'), wasm);
    writeFileSync(join(folder, 'kernels.json'), `${JSON.stringify(description, null, 2)}\n`);
    process.send?.({ name: 'kernels', durationMs: performance.now() - startedMs, imported: [] });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
