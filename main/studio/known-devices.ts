// What was found out about devices, kept between two starts: which one a choice means, how fast it is. Must
// not measure anything itself.

import { availableParallelism } from 'node:os';
import { cpuDeviceName } from '../../engine/index.ts';
import type { DeviceChoice, DeviceReport } from '../../preload/contract.ts';
import type { PreferenceTable } from '../store/preferences.ts';

export interface KnownDevice {
  readonly kind: 'cpu' | 'webgpu';
  readonly name: string;
  readonly isSoftware: boolean;
  /** Of 512 x 512 x 512 f32 products; null where it was not measured. */
  readonly matmulGflops: number | null;
  /** What it can give out in all; null where it does not say. */
  readonly memoryBytes: number | null;
  /** WebGPU's names of what it can do; not there where an older Heddle found it. */
  readonly features?: readonly string[];
}

/** Beside the preferences of the user, under a key that none of those has. */
const key = 'studio.knownDevices';

export class KnownDevices {
  private readonly table: PreferenceTable;

  constructor(table: PreferenceTable) {
    this.table = table;
  }

  /** Keeps what a report says of the device that a choice means. */
  remember(choice: DeviceChoice, { chosen, adapters, matmulGflops }: DeviceReport): void {
    const adapter = adapters.find(({ name }) => name === chosen.name);
    const device: KnownDevice = {
      kind: chosen.kind,
      name: chosen.name,
      isSoftware: adapter?.isSoftware ?? false,
      matmulGflops,
      memoryBytes: chosen.memoryBytes,
      features: chosen.kind === 'cpu' ? [] : adapter?.features,
    };
    this.table.set(key, { ...this.all(), [JSON.stringify(choice)]: device });
  }

  /** The device of a choice; before the first report the CPU stands for all but WebGPU. */
  find(choice: DeviceChoice): KnownDevice | null {
    const kept = this.all()[JSON.stringify(choice)];
    // What an older Heddle found says nothing of memory: it is found out again.
    const known = kept?.memoryBytes === undefined ? null : kept;
    if (known || choice.device === 'webgpu' || choice.adapter !== '') return known;
    const threads = choice.threads || availableParallelism();
    const name = cpuDeviceName(threads);
    return { kind: 'cpu', name, isSoftware: false, matmulGflops: null, memoryBytes: null, features: [] };
  }

  private all(): Record<string, KnownDevice> {
    return (this.table.get(key) as Record<string, KnownDevice> | undefined) ?? {};
  }
}
