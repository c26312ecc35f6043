// What to install where a GPU is there but no hardware adapter was found. Looks only at what the operating
// system says of its devices and drivers.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const vendors: Readonly<Record<string, string>> = {
  '0x10de':
    'an NVIDIA GPU: install its driver from the NVIDIA packages of your system (Debian: nvidia-driver)',
  '0x1002': 'an AMD GPU: install its Vulkan driver (Debian: mesa-vulkan-drivers)',
  '0x8086': 'an Intel GPU: install its Vulkan driver (Debian: mesa-vulkan-drivers)',
};

/** Sentences of advice; none when hardware is usable or nothing is known to be missing. */
export function gpuAdvice(
  hasHardwareAdapter: boolean,
  platform: NodeJS.Platform = process.platform,
): string[] {
  if (hasHardwareAdapter || platform !== 'linux') return [];
  const advice = linuxGpus().map((vendor) => `This computer has ${vendors[vendor]}.`);
  if (advice.length > 0 && !hasVulkanLoader()) {
    advice.push('The Vulkan loader is missing: install it too (Debian: libvulkan1).');
  }
  return advice;
}

/** Vendors of the graphics devices that the kernel lists, each once. */
function linuxGpus(folder = '/sys/class/drm'): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder).flatMap((name) => {
    const file = join(folder, name, 'device', 'vendor');
    return /^card\d+$/.test(name) && existsSync(file) ? [readFileSync(file, 'utf8').trim()] : [];
  });
  return [...new Set(found)].filter((vendor) => vendor in vendors);
}

function hasVulkanLoader(): boolean {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];
  return folders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
}
