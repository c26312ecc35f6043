// How the tests run: on the pinned Node, each file in a process of its own, with a software Vulkan driver in
// the environment those processes start with. Two files run at a time, as many as the smallest machine has
// cores; those whose outcome depends on when something happens run by themselves at the end.
import vue from '@vitejs/plugin-vue';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { cacheFolder } from './main/launcher/archive.mjs';
import { projectRoot } from './main/launcher/project.mjs';
import { softwareVulkan } from './main/launcher/vulkan.mjs';
import { LongestFirst } from './tests/setup/longest-first.ts';

if (!process.versions.node.startsWith('24.'))
  throw new Error(`The tests run on Node 24, not ${process.version}: use "npm test", which finds it.`);

// The processes of the pool inherit this process's environment, and the loader reads it as they start.
// SwiftShader everywhere: llvmpipe is faster once warm, but takes minutes to compile the kernels when it is
// not, and the tests are mostly first runs. HEDDLE_VULKAN=llvmpipe asks for it.
process.env.HEDDLE_VULKAN ||= 'swiftshader';
Object.assign(process.env, (await softwareVulkan()).env);
// What Node makes of a script as it starts, types stripped and code compiled, is kept for the next process.
process.env.NODE_COMPILE_CACHE ||= join(cacheFolder(projectRoot()), 'node-compile');

/** Processes that are killed at a moment, or ended because they hang. */
const ALONE = ['tests/e2e/resume.test.ts', 'tests/main/jobs/*.test.ts', 'tests/main/store/kill.test.ts'];

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { electron: fileURLToPath(new URL('tests/setup/electron.ts', import.meta.url)) } },
  test: {
    globalSetup: ['tests/setup/global.ts'],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['tests/**/*.test.ts'],
          exclude: [...ALONE, 'tests/*/node_modules/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
