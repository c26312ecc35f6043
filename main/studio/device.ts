// What this computer can compute with. What a report finds is kept, for estimates while no engine runs.

import type { DeviceChoice, DeviceReport } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { AreaHandlers } from './handlers.ts';
import type { KnownDevices } from './known-devices.ts';

export class Devices {
  readonly handlers: AreaHandlers<'device'> = { 'device.report': (choice) => this.report(choice) };
  private readonly host: EngineHost;
  private readonly known: KnownDevices;
  /** Choices that were looked into without being asked to. */
  private readonly explored = new Set<string>();

  constructor(host: EngineHost, known: KnownDevices) {
    this.host = host;
    this.known = known;
  }

  /** Looks into a choice in the background, once; nobody waits for what it finds. */
  explore(choice: DeviceChoice): void {
    const key = JSON.stringify(choice);
    if (this.explored.has(key)) return;
    this.explored.add(key);
    // A device that cannot be opened is said when a run asks for it.
    this.report(choice).catch(() => undefined);
  }

  private async report(device: DeviceChoice): Promise<DeviceReport> {
    const report = await this.host.request({ kind: 'report', device });
    this.known.remember(device, report);
    return report;
  }
}
