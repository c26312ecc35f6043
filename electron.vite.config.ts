// How the three bundles are made: main (desktop, terminal, engine process, CPU and text workers), preload, renderer.
// The CPU kernels are compiled apart from it, by main/build/kernels.mjs.
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Only the entries that are there. */
const existing = (entries: Record<string, string>) =>
  Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path)));

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node22',
      sourcemap: true,
      rolldownOptions: {
        input: existing({
          desktop: at('main/desktop/entry.ts'),
          cli: at('main/cli/entry.ts'),
          engine: at('main/engine-host/entry.ts'),
          'cpu-worker': at('main/engine-host/cpu-worker.ts'),
          'text-worker': at('main/studio/text-worker.ts'),
        }),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload is one CommonJS file with nothing to require but Electron.
      externalizeDeps: false,
      isolatedEntries: true,
      rolldownOptions: {
        input: { index: at('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    base: './',
    plugins: [vue()],
    build: {
      outDir: at('out/renderer'),
      // The browser host serves the same page to whatever browser the user has.
      target: 'es2022',
      minify: true,
      // The page's content policy allows no data: addresses for fonts and scripts.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: { input: { index: at('renderer/index.html') } },
    },
  },
});
