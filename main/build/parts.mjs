// The parts that a build consists of, what each is made from and which file proves that it is there.
// A part is made again when one of its inputs changed; nothing here reads file contents or builds.

/**
 * @typedef {'kernels' | 'main' | 'preload' | 'renderer'} PartName
 * @typedef {object} Part
 * @property {string[]} roots folders whose files are all inputs, relative to the project
 * @property {(path: string) => boolean} accepts which files under the roots count
 * @property {string[]} files further input files
 * @property {string} proof a file that exists when the part was built
 */

/** @param {string} path */
export function isKernelSource(path) {
  return path.endsWith('.cpu.ts') || path.startsWith('engine/device/cpu/kernels/');
}

const VERSIONS = ['package-lock.json'];
const BUNDLER = [...VERSIONS, 'package.json', 'electron.vite.config.ts', 'main/build/bundles.mjs'];
const everything = () => true;

/** Everything under out/ that Heddle runs from. Each part is the folder out/<name>. */
export const PARTS = /** @type {Record<PartName, Part>} */ ({
  kernels: {
    roots: ['engine'],
    accepts: isKernelSource,
    files: [...VERSIONS, 'main/build/kernels.mjs'],
    proof: 'kernels.wasm',
  },
  main: {
    roots: ['engine', 'main', 'preload'],
    accepts: (path) => !isKernelSource(path) && !path.startsWith('main/build/'),
    files: BUNDLER,
    proof: 'cli.js',
  },
  preload: { roots: ['preload'], accepts: everything, files: BUNDLER, proof: 'index.cjs' },
  renderer: { roots: ['renderer', 'preload'], accepts: everything, files: BUNDLER, proof: 'index.html' },
});

/** Every part, in the order they are named to the user. */
export const ALL_PARTS = /** @type {PartName[]} */ (Object.keys(PARTS));
