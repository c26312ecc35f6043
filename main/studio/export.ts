// Exports: a checkpoint's model in the form of another program.

import type { EngineHost } from '../engine-host/host.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { AreaHandlers } from './handlers.ts';

/** The calls of the area. */
export function exportHandlers(host: EngineHost, checkpoints: Checkpoints): AreaHandlers<'export'> {
  return {
    'export.run': async ({ checkpoint, format, outPath }) => {
      const { path } = await checkpoints.resolve(checkpoint);
      return host.request({ kind: 'export', checkpoint: path, format, outPath });
    },
  };
}
