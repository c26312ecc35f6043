// Settings to begin with, and what settings will need before anything is allocated.

import { countParameters, memoryNeed, parseRunSettings, planTraining, presets } from '../../engine/index.ts';
import type { AreaHandlers } from './handlers.ts';

/** The largest binding that plans are made for while no device is open: nearly all of a 32-bit address space. */
const assumedBindingBytes = 0xffff_0000;

/** The calls of both areas. */
export const presetHandlers: AreaHandlers<'presets'> & AreaHandlers<'settings'> = {
  'presets.list': () => presets.map((preset) => ({ ...preset })),
  'settings.estimate': ({ settings }) => {
    const checked = parseRunSettings(settings);
    const parameterCount = countParameters(checked.model);
    return { parameterCount, ...memoryNeed(planTraining(checked, assumedBindingBytes)) };
  },
};
