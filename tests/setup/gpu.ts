// Opens a WebGPU device for tests on the adapter that vitest.config.ts prepared. A missing adapter is an
// error here, never a reason to skip.
import { create, globals } from 'webgpu';

// Dawn frees everything when the object that `create` returned is collected: it must stay referenced.
let gpu: GPU | undefined;

/** WebGPU as the engine expects it from its platform; also puts the constants (GPUBufferUsage …) in place. */
export function openGpu(): GPU {
  Object.assign(globalThis, globals);
  gpu ??= create([]);
  return gpu;
}

/** The first adapter; throws with the Vulkan variables that were set when there is none. */
export async function openAdapter(): Promise<GPUAdapter> {
  const adapter = await openGpu().requestAdapter();
  if (adapter === null)
    throw new Error(
      `Dawn found no adapter. VK_DRIVER_FILES=${process.env.VK_DRIVER_FILES}, ` +
        `LD_LIBRARY_PATH=${process.env.LD_LIBRARY_PATH}`,
    );
  return adapter;
}
