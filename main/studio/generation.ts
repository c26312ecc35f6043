// Text from a checkpoint, streamed as it is written; works while a run trains, between its steps.

import { EngineError } from '../../engine/index.ts';
import type { CallOutput } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { EventBus } from './event-bus.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import { PromptTokens } from './prompt-tokens.ts';

/** More than this many texts at once would only make each of them late. */
const mostAtOnce = 16;

export class Generation {
  readonly handlers: AreaHandlers<'generation'>;
  private readonly bus: EventBus;
  private readonly host: EngineHost;
  private readonly checkpoints: Checkpoints;
  private readonly running = new Map<string, AbortController>();

  constructor(bus: EventBus, host: EngineHost, checkpoints: Checkpoints) {
    this.bus = bus;
    this.host = host;
    this.checkpoints = checkpoints;
    const promptTokens = new PromptTokens(checkpoints);
    this.handlers = {
      'generation.countTokens': (input) => promptTokens.count(input),
      'generation.run': (input) => this.run(input),
      'generation.cancel': ({ generationId }) => {
        this.running.get(generationId)?.abort('now');
        return {};
      },
    };
  }

  private async run(input: CheckedInput<'generation.run'>): Promise<CallOutput<'generation.run'>> {
    const { generationId, prompt, messages, config, device } = input;
    if (this.running.has(generationId) || this.running.size >= mostAtOnce) {
      throw new EngineError('generation-busy', 'Too many texts are being written, or this one is already.', {
        hint: 'Wait until one of them has ended.',
      });
    }
    const abort = new AbortController();
    this.running.set(generationId, abort);
    try {
      const checkpoint = await this.checkpoints.resolve(input.checkpoint);
      const result = await this.host.request(
        { kind: 'generate', checkpoint: checkpoint.path, prompt, messages, config, device },
        {
          signal: abort.signal,
          onEvent: (event) => {
            if (event.type === 'text') this.bus.emit('generation.text', { generationId, text: event.text });
          },
        },
      );
      return { ...result, checkpoint };
    } finally {
      this.running.delete(generationId);
    }
  }
}
