// Finds a Vulkan driver for a process that will load Dawn where there is no GPU. The variables must be in the
// environment before that process starts: the dynamic loader reads LD_LIBRARY_PATH only then.
// llvmpipe of the system comes first (faster, has f16); else the SwiftShader that @sparticuz/chromium carries.
// Must not touch this process's own environment.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, fillOnce, unpackTarBrotli } from './archive.mjs';
import { projectRoot } from './project.mjs';

/**
 * @typedef {object} VulkanChoice
 * @property {'llvmpipe' | 'swiftshader' | 'system'} driver `system`: whatever the platform offers
 * @property {Record<string, string>} env variables to add to the environment of the new process
 */

const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
const LIBRARY_FOLDERS = ['/usr/lib', '/lib', '/usr/local/lib'].flatMap((folder) =>
  ['', '64', '/x86_64-linux-gnu', '/aarch64-linux-gnu'].map((suffix) => folder + suffix),
);

const hasSystemLoader = () => LIBRARY_FOLDERS.some((folder) => existsSync(join(folder, 'libvulkan.so.1')));

/** @returns {string[]} */
const systemDrivers = () =>
  DRIVER_FOLDERS.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith('.json'))
          .map((name) => join(folder, name))
      : [],
  );

/** @param {string} path */
const isLlvmpipe = (path) => /\/lvp_icd[^/]*\.json$/.test(path);

/**
 * The description file of the system's llvmpipe. Mesa before 25 offers Vulkan 1.3, and Dawn refuses it.
 * @returns {string | undefined}
 */
function llvmpipeDriver() {
  if (!hasSystemLoader()) return undefined;
  return systemDrivers().find((path) => {
    if (!isLlvmpipe(path)) return false;
    const { ICD } = JSON.parse(readFileSync(path, 'utf8'));
    const [major = 0, minor = 0] = String(ICD.api_version).split('.').map(Number);
    return major > 1 || minor >= 4;
  });
}

/**
 * Unpacks SwiftShader and its Vulkan loader into the cache of this checkout.
 * @param {string} root
 */
async function unpackSwiftShader(root) {
  const chromium = join(root, 'node_modules', '@sparticuz', 'chromium');
  const archive = join(chromium, 'bin', 'swiftshader.tar.br');
  if (process.arch !== 'x64' || !existsSync(archive)) return undefined;
  const { version } = JSON.parse(readFileSync(join(chromium, 'package.json'), 'utf8'));
  return fillOnce(join(cacheFolder(root), `swiftshader-${version}`), (folder) =>
    unpackTarBrotli(archive, folder),
  );
}

/**
 * The drivers look for a runtime folder of the user's; where none is set one that only this user can read.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
function runtimeFolder(env) {
  if (env.XDG_RUNTIME_DIR) return {};
  const folder = join(tmpdir(), `heddle-runtime-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { XDG_RUNTIME_DIR: folder };
}

/**
 * A software Vulkan driver for tests and for machines without a GPU. HEDDLE_VULKAN names one
 * (`llvmpipe`, `swiftshader`, or `system` to change nothing). Outside Linux the platform's own API is used.
 * Throws when there is none, and says what to install.
 * @param {{ root?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<VulkanChoice>}
 */
export async function softwareVulkan({ root = projectRoot(), env = process.env } = {}) {
  const wanted = env.HEDDLE_VULKAN ?? '';
  if (process.platform !== 'linux' || wanted === 'system') return { driver: 'system', env: {} };
  const llvmpipe = wanted === 'swiftshader' ? undefined : llvmpipeDriver();
  if (llvmpipe !== undefined)
    return { driver: 'llvmpipe', env: { ...runtimeFolder(env), VK_DRIVER_FILES: llvmpipe } };
  const folder = wanted === 'llvmpipe' ? undefined : await unpackSwiftShader(root);
  if (folder === undefined)
    throw new Error(
      `No software Vulkan driver${wanted && ` "${wanted}"`} was found. Install Mesa 25 or newer and the Vulkan ` +
        'loader (Debian: mesa-vulkan-drivers and libvulkan1); on x64 the npm package @sparticuz/chromium will do.',
    );
  const paths = [folder, env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return {
    driver: 'swiftshader',
    env: {
      ...runtimeFolder(env),
      LD_LIBRARY_PATH: paths,
      VK_DRIVER_FILES: join(folder, 'vk_swiftshader_icd.json'),
    },
  };
}

/** Whether the kernel offers a GPU: Linux's own drivers, NVIDIA's, or the one of WSL. */
function hasGpu() {
  const hasRenderNode =
    existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  return hasRenderNode || existsSync('/dev/nvidia0') || existsSync('/dev/dxg');
}

/**
 * What a process needs to reach the best adapter of this machine: nothing where there is a GPU with a Vulkan
 * driver, else a software driver. Where Dawn finds no adapter even so, `softwareVulkan` is the next thing to try.
 * @param {{ root?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<VulkanChoice>}
 */
export async function vulkanForDawn({ root = projectRoot(), env = process.env } = {}) {
  const hasHardwareDriver = systemDrivers().some((path) => !isLlvmpipe(path));
  if (env.VK_DRIVER_FILES || (hasGpu() && hasSystemLoader() && hasHardwareDriver))
    return { driver: 'system', env: {} };
  return softwareVulkan({ root, env });
}
