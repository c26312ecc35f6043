// What this computer can compute with.

import type { EngineHost } from '../engine-host/host.ts';
import type { AreaHandlers } from './handlers.ts';

/** The calls of the area. */
export function deviceHandlers(host: EngineHost): AreaHandlers<'device'> {
  return { 'device.report': (device) => host.request({ kind: 'report', device }) };
}
