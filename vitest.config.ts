// How the tests run: on the pinned Node, each file in a process of its own, with a software Vulkan driver in
// the environment those processes start with. Files that use a device or start programs run one at a time.
import vue from '@vitejs/plugin-vue';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { softwareVulkan } from './main/launcher/vulkan.mjs';

if (!process.versions.node.startsWith('24.'))
  throw new Error(`The tests run on Node 24, not ${process.version}: use "npm test", which finds it.`);

// The processes of the pool inherit this process's environment, and the loader reads it as they start.
// SwiftShader everywhere: llvmpipe is faster once warm, but takes minutes to compile the kernels when it is
// not, and the tests are mostly first runs. HEDDLE_VULKAN=llvmpipe asks for it.
process.env.HEDDLE_VULKAN ||= 'swiftshader';
Object.assign(process.env, (await softwareVulkan()).env);

const DEVICE_TESTS = ['device', 'ops', 'graph', 'models', 'training', 'generation', 'evaluation'].map(
  (folder) => `tests/engine/${folder}/**/*.test.ts`,
);
const PROGRAM_TESTS = ['tests/main/**/*.test.ts', 'tests/e2e/**/*.test.ts'];
const ONE_AT_A_TIME = [...DEVICE_TESTS, ...PROGRAM_TESTS];

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { electron: fileURLToPath(new URL('tests/setup/electron.ts', import.meta.url)) } },
  test: {
    globalSetup: ['tests/setup/global.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'plain',
          include: ['tests/**/*.test.ts'],
          exclude: [...ONE_AT_A_TIME, 'tests/*/node_modules/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'device', include: ONE_AT_A_TIME, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
