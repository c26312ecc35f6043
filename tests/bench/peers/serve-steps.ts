// The measured process's side of the conversation with the bench: JSON lines on stdin and stdout.
// In comes { "steps": n }; out goes { "ready": … } once, then { "timesMs", "losses", "peakBytes" } each time.

import { createInterface } from 'node:readline';

/** One whole training step of a workload, loss read back. */
export type Step = (index: number) => Promise<number>;

/** What a process says of itself once it is ready. */
export interface Ready {
  /** For people: version, device, threads. */
  readonly description: string;
  /** f32 matrix products of its own, where it measures them. */
  readonly matmulGflops?: number;
}

export interface StepResults {
  readonly timesMs: readonly number[];
  readonly losses: readonly number[];
  /** Largest resident memory of the process so far. */
  readonly peakBytes: number;
}

/** Runs steps as they are asked for, until stdin ends. */
export async function serveSteps(ready: Ready, step: Step): Promise<void> {
  const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  say({ ready });
  let index = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const { steps } = JSON.parse(line) as { steps: number };
    const timesMs: number[] = [];
    const losses: number[] = [];
    for (let i = 0; i < steps; i++) {
      const startMs = performance.now();
      losses.push(await step(index++));
      timesMs.push(performance.now() - startMs);
    }
    say({ timesMs, losses, peakBytes: process.resourceUsage().maxRSS * 1024 } satisfies StepResults);
  }
  process.exit(0);
}
