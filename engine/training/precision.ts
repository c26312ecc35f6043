// Whether a device can train in the precision that settings ask for.

import type { TrainingConfig } from '../config.ts';
import type { DeviceInfo } from '../device/device.ts';
import { halfFeature, takesHalf } from '../device/half-feature.ts';
import type { SettingProblem } from '../setting-problem.ts';

/** What is wrong with the precision on a device; empty when it can do it. */
export function precisionProblems(
  { mixedPrecision }: TrainingConfig,
  device: Pick<DeviceInfo, 'kind' | 'name' | 'features'>,
): SettingProblem[] {
  if (mixedPrecision !== 'fp16' || takesHalf(device)) return [];
  const lack = device.kind === 'cpu' ? 'The CPU' : `"${device.name}"`;
  return [
    {
      path: 'training.mixedPrecision',
      message: `Mixed precision fp16 needs a WebGPU adapter with ${halfFeature}. ${lack} has none.`,
      hint:
        'Set mixed precision to no (--mixed-precision no), which works everywhere, or choose an adapter that ' +
        'heddle doctor lists with shader-f16.',
    },
  ];
}
