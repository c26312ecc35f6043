// Decides which device a run uses and says why in a sentence for people. Opens nothing: the caller lists
// the adapters (`describeAdapters`) and opens what was chosen.

import { EngineError } from '../errors.ts';
import type { DeviceKind } from './device.ts';
import type { AdapterDescription } from './webgpu/adapters.ts';

/** What the user asks for; `auto` takes a GPU where there is one. */
export type DevicePreference = 'auto' | DeviceKind;

export interface DeviceChoice {
  readonly kind: DeviceKind;
  /** The adapter to open, null for the CPU. */
  readonly adapter: AdapterDescription | null;
  /** Why, as one sentence for the run page and `heddle doctor`. */
  readonly reason: string;
}

/**
 * Chooses by preference and the adapters there are, best first.
 * `auto` means WebGPU on a hardware adapter and otherwise the CPU: on a software adapter WebGPU computes on
 * the same processor, several times slower than the CPU device does.
 * Throws `adapter-not-found` when WebGPU is asked for and there is no adapter at all.
 */
export function chooseDevice(
  preference: DevicePreference,
  adapters: readonly AdapterDescription[],
): DeviceChoice {
  const hardware = adapters.find((adapter) => !adapter.isSoftware) ?? null;
  const adapter = hardware ?? adapters[0] ?? null;
  if (preference === 'cpu') {
    const unused = hardware ? `; the GPU "${hardware.name}" stays unused` : '';
    return onCpu(`The CPU is used because the settings ask for it${unused}.`);
  }
  if (preference === 'auto') {
    if (hardware) return onAdapter(hardware, `The GPU "${hardware.name}" is used through WebGPU.`);
    if (!adapter) return onCpu('The CPU is used because this computer offers no WebGPU adapter.');
    return onCpu(
      `The CPU is used because the only WebGPU adapter, "${adapter.name}", is software and slower than it.`,
    );
  }
  if (!adapter) {
    throw new EngineError(
      'adapter-not-found',
      'The settings ask for WebGPU, and this computer offers no WebGPU adapter.',
      { hint: 'Choose "auto" or "cpu" as the device, or install the graphics driver.' },
    );
  }
  const asked = `is used through WebGPU because the settings ask for it`;
  return adapter.isSoftware
    ? onAdapter(adapter, `The software adapter "${adapter.name}" ${asked}; the CPU would be faster.`)
    : onAdapter(adapter, `The GPU "${adapter.name}" ${asked}.`);
}

function onCpu(reason: string): DeviceChoice {
  return { kind: 'cpu', adapter: null, reason };
}

function onAdapter(adapter: AdapterDescription, reason: string): DeviceChoice {
  return { kind: 'webgpu', adapter, reason };
}
