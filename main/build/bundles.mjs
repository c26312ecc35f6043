// Bundles main, preload and renderer with electron-vite's configuration, each into its own folder, so that
// the parts can be built one by one. Run as `node main/build/bundles.mjs FOLDER PART…`.
// Must not need Electron's binary.
import { resolveConfig } from 'electron-vite';
import { isAbsolute, join, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build, mergeConfig } from 'vite';
import { projectRoot } from '../launcher/project.mjs';

/**
 * A plugin that collects the project's own files in a bundle, relative to the project.
 * @param {string} root
 * @param {Set<string>} files
 * @returns {import('vite').Plugin}
 */
function collectFiles(root, files) {
  return {
    name: 'heddle:collect-files',
    generateBundle() {
      for (const id of this.getModuleIds()) {
        const path = relative(root, id.replace(/^\0.*/, '').replace(/\?.*$/, ''));
        const isOurs = path !== '' && !path.startsWith('..') && !isAbsolute(path);
        if (isOurs && !path.startsWith('node_modules')) files.add(path.split(sep).join('/'));
      }
    },
  };
}

const root = projectRoot();
const [folder = '', ...names] = process.argv.slice(2);
process.env.NODE_ENV_ELECTRON_VITE = 'production';
try {
  const { config } = await resolveConfig({ root, logLevel: 'error' }, 'build', 'production');
  for (const name of /** @type {('main' | 'preload' | 'renderer')[]} */ (names)) {
    const startedMs = performance.now();
    const part = config?.[name];
    if (part === undefined) throw new Error(`electron.vite.config.ts says nothing about ${name}.`);
    /** @type {Set<string>} */
    const files = new Set();
    await build(
      mergeConfig(part, {
        plugins: [collectFiles(root, files)],
        build: { outDir: join(folder, name), emptyOutDir: true },
      }),
    );
    process.send?.({ name, durationMs: performance.now() - startedMs, imported: [...files].toSorted() });
  }
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${stripVTControlCharacters(message)}\n`);
  process.exitCode = 1;
}
