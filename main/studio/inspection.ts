// Looks into checkpoints: finds what is named and asks the engine, which waits for a step's end while a run trains.

import type { Checkpoint } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { InspectRequest } from '../engine-host/messages.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';

export class Inspections {
  readonly handlers: AreaHandlers<'inspection'>;
  private readonly checkpoints: Checkpoints;

  constructor(host: EngineHost, checkpoints: Checkpoints) {
    this.checkpoints = checkpoints;
    this.handlers = {
      'inspection.look': async (input) => {
        const { checkpoint, asked } = await this.looked(input);
        return { ...(await host.request({ ...asked, kind: 'inspect' })), checkpoint };
      },
      'inspection.attention': async ({ kind, layer, head, ...input }) => {
        const { asked } = await this.looked(input);
        return host.request({ ...asked, kind: 'inspect-head', attention: kind, layer, head });
      },
      'inspection.heads': async ({ kind, layer, ...input }) => {
        const { asked } = await this.looked(input);
        return host.request({ ...asked, kind: 'inspect-heads', attention: kind, layer });
      },
    };
  }

  /** Finds what is named, and says what the engine is asked about. */
  private async looked({
    checkpoint: reference,
    text,
    target,
    device,
  }: CheckedInput<'inspection.look'>): Promise<{
    checkpoint: Checkpoint;
    asked: Omit<InspectRequest, 'kind'>;
  }> {
    const checkpoint = await this.checkpoints.resolve(reference);
    return { checkpoint, asked: { checkpoint: checkpoint.path, text, target: target ?? null, device } };
  }
}
