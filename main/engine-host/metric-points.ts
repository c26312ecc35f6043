// Which figures an event of the engine brings, by metric key. The one place that names the keys: charts,
// tables and JSON lines show whatever is here.

import type { EngineEvent } from './messages.ts';

export interface EventMetrics {
  readonly step: number;
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The figures of an event, or null when it brings none. */
export function metricsOf(event: EngineEvent): EventMetrics | null {
  switch (event.type) {
    case 'step':
      return {
        step: event.step,
        epoch: event.epoch,
        values: {
          'train/loss': event.loss,
          'train/grad_norm': event.gradNorm,
          'train/learning_rate': event.learningRate,
          'perf/tokens_per_second': event.tokensPerSecond,
        },
      };
    case 'eval':
      return {
        step: event.step,
        epoch: event.epoch,
        values: {
          'eval/loss': event.loss,
          'eval/perplexity': event.perplexity,
          ...taskMetrics(event.metrics),
        },
      };
    case 'epoch':
      return {
        step: event.step,
        epoch: event.epoch,
        values: { 'train/epoch_loss': event.loss, 'train/epoch_perplexity': event.perplexity },
      };
    case 'memory':
      return { step: event.step, epoch: event.epoch, values: { 'system/memory_bytes': event.bytes } };
    default:
      return null;
  }
}

/** The figures of a task by their keys: `eval/bleu`. */
function taskMetrics(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`eval/${name}`, value]));
}
