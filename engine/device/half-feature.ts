// The feature that a device needs before kernels can load and store f16.

import type { DeviceInfo } from './device.ts';

/** As WebGPU names it. */
export const halfFeature = 'shader-f16';

/** Whether a device's kernels can load and store f16; the CPU's cannot. */
export function takesHalf({ kind, features }: Pick<DeviceInfo, 'kind' | 'features'>): boolean {
  return kind === 'webgpu' && features.includes(halfFeature);
}
