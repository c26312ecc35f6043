// What a checkpoint keeps of a run's record beside the weights: figures and samples since the checkpoint before
// it, and the device. When main ended before it wrote them down, whoever finds the checkpoint has them here.

import { z } from 'zod';
import { metricPointSchema, sampleSchema, type MetricPoint, type Sample } from '../../preload/contract.ts';
import { metricsOf } from './metric-points.ts';
import type { EngineEvent } from './messages.ts';

export const recordName = 'record.json';

const recordSchema = z.object({
  schemaVersion: z.literal(1),
  /** Held-out loss at this very step, where it was measured. */
  evalLoss: z.number().nullable(),
  deviceName: z.string(),
  points: z.array(metricPointSchema),
  samples: z.array(sampleSchema).default([]),
});
export type RunRecord = z.infer<typeof recordSchema>;

/** Reads a record; null when it is none of this version. */
export function parseRecord(text: string): RunRecord | null {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Collects what a run says between two checkpoints. */
export class RecordKeeper {
  private readonly deviceName: string;
  private points: MetricPoint[] = [];
  private samples: Sample[] = [];
  private lastEval: { step: number; loss: number } | null = null;

  constructor(deviceName: string) {
    this.deviceName = deviceName;
  }

  hear(event: EngineEvent): void {
    if (event.type === 'eval') this.lastEval = { step: event.step, loss: event.loss };
    if (event.type === 'checkpoint') {
      this.points = [];
      this.samples = [];
    }
    if (event.type === 'sample') {
      const { step, prompt, text, examples = [] } = event;
      this.samples.push({ step, prompt, text, examples: [...examples], timeMs: Date.now() });
    }
    const metrics = metricsOf(event);
    if (metrics) this.points.push({ ...metrics, values: { ...metrics.values }, timeMs: Date.now() });
  }

  /** The files to put into a checkpoint of `step`. */
  files(step: number): Record<string, string> {
    const evalLoss = this.lastEval?.step === step ? this.lastEval.loss : null;
    const record: RunRecord = {
      schemaVersion: 1,
      evalLoss,
      deviceName: this.deviceName,
      points: this.points,
      samples: this.samples,
    };
    return { [recordName]: JSON.stringify(record) };
  }
}
