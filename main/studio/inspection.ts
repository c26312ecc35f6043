// Looks into checkpoints: finds what is named and asks the engine, which waits for a step's end while a run trains.

import type { CallOutput } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { InspectRequest } from '../engine-host/messages.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';

export class Inspections {
  readonly handlers: AreaHandlers<'inspection'>;
  private readonly host: EngineHost;
  private readonly checkpoints: Checkpoints;

  constructor(host: EngineHost, checkpoints: Checkpoints) {
    this.host = host;
    this.checkpoints = checkpoints;
    this.handlers = {
      'inspection.look': (input) => this.open(input),
      'inspection.attention': async ({ kind, layer, head, ...input }) =>
        host.request({ ...(await this.looked(input)), kind: 'inspect-head', attention: kind, layer, head }),
      'inspection.heads': async ({ kind, layer, ...input }) =>
        host.request({ ...(await this.looked(input)), kind: 'inspect-heads', attention: kind, layer }),
    };
  }

  private async open(input: CheckedInput<'inspection.look'>): Promise<CallOutput<'inspection.look'>> {
    const checkpoint = await this.checkpoints.resolve(input.checkpoint);
    const { text, target, device } = input;
    const asked = { checkpoint: checkpoint.path, text, target: target ?? null, device };
    return { ...(await this.host.request({ kind: 'inspect', ...asked })), checkpoint };
  }

  private async looked({
    checkpoint,
    text,
    target,
    device,
  }: CheckedInput<'inspection.look'>): Promise<Omit<InspectRequest, 'kind'>> {
    const { path } = await this.checkpoints.resolve(checkpoint);
    return { checkpoint: path, text, target: target ?? null, device };
  }
}
