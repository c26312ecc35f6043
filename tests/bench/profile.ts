// Where a training step's time goes: every command of the plan by itself, over and over, on the CPU device, the
// best round counted, and the sums by kernel and shape. Alone a command finds its data in the cache more often
// than in the step, so the sum is given beside the time of the whole step.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '../../engine/device/device.ts';
import type { Command } from '../../engine/graph/kernel.ts';
import type { Plan } from '../../engine/graph/plan.ts';
import { packScalars } from '../../engine/graph/scalars.ts';
import { Tape } from '../../engine/graph/tape.ts';
import { flopsOf } from './flops.ts';
import { openDevice } from './heddle-device.ts';
import { openOwnRun } from './own-run.ts';
import { openWorkload } from './peers/workload-files.ts';
import { writeWorkload } from './workload.ts';

const warmups = 3;
const rounds = 12;
/** Runs of a command in one plan. */
const repeats = 8;
/** A round submits such a plan until it takes about this long, so that starting it does not count. */
const roundMs = 3;

interface Line {
  readonly label: string;
  count: number;
  /** Of all commands of this kernel and shape together. */
  totalMs: number;
  flops: number;
}

/** The kernel and what decides its time: a product's sizes and what is done to it, else the largest tensor. */
function labelOf({ kernel, params, tensors }: Command): string {
  const p = params as Readonly<Record<string, number>>;
  const names = Object.keys(kernel.bindings);
  if (kernel.name === 'matmul') {
    const layout = `${p.transA ? 'T' : 'N'}${p.transB ? 'T' : 'N'}`;
    const extras = names.slice(3).filter((_, i) => tensors[i + 3] !== null);
    return [`matmul ${layout} ${p.m}x${p.n}x${p.k}`, ...extras, p.accumulate ? 'accumulate' : '']
      .join(' ')
      .trim();
  }
  const largest = tensors.reduce((best, tensor) => {
    const size = (t: typeof tensor): number => (t ? t.shape.reduce((product, n) => product * n, 1) : 0);
    return size(tensor) > size(best) ? tensor : best;
  });
  return `${kernel.name} ${largest?.shape.join('x') ?? ''}`;
}

/** A plan of one command, repeated, in the places that the step's plan gives its tensors. */
function planOf(step: Plan, command: Command): Plan {
  const tape = new Tape({ training: false });
  tape.commands.push(...Array.from({ length: repeats }, () => command));
  return { tape, places: step.places, slabBytes: step.slabBytes };
}

/** Times every command of a workload's step; gives lines in order of time, and the whole step's best time. */
export async function profileStep(
  device: Device,
  folder: string,
): Promise<{ lines: Line[]; stepMs: number }> {
  const kinds = new Map<string, { line: Line; plan: Plan }>();
  const run = await openOwnRun(device, openWorkload(folder), (step) => {
    for (const command of step.tape.commands) {
      const label = labelOf(command);
      const kind = kinds.get(label) ?? {
        line: { label, count: 0, totalMs: 0, flops: 0 },
        plan: planOf(step, command),
      };
      kind.line.count++;
      kind.line.flops += flopsOf(command);
      kinds.set(label, kind);
    }
    return [...kinds.values()].map(({ plan }) => plan);
  });
  let stepMs = Infinity;
  for (let index = 0; index < warmups + rounds; index++) {
    const startMs = performance.now();
    await run.step(index);
    if (index >= warmups) stepMs = Math.min(stepMs, performance.now() - startMs);
  }
  // A learning rate of 0 leaves the weights as they are, however often the optimizer is repeated.
  run.executor.submit(run.plan, {
    ...run.inputs(0),
    scalars: packScalars({ biasCorrection1: 1, biasCorrection2: 1 }),
  });
  const timeOf = async (plan: Plan, submits: number): Promise<number> => {
    const startMs = performance.now();
    for (let i = 0; i < submits; i++) run.executor.submit(plan, {});
    await run.executor.readOutput(run.plan, 'metrics');
    return (performance.now() - startMs) / (submits * repeats);
  };
  for (const { line, plan } of kinds.values()) {
    const roughMs = Math.min(await timeOf(plan, 1), await timeOf(plan, 1));
    const submits = Math.min(50, Math.max(1, Math.round(roundMs / (roughMs * repeats))));
    let bestMs = roughMs;
    for (let round = 0; round < rounds; round++) bestMs = Math.min(bestMs, await timeOf(plan, submits));
    line.totalMs = bestMs * line.count;
  }
  run.executor.destroy();
  return { lines: [...kinds.values()].map(({ line }) => line).sort((a, b) => b.totalMs - a.totalMs), stepMs };
}

/** The profile of one workload as a table. */
function tableOf(lines: readonly Line[], stepMs: number): string {
  const sumMs = lines.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const flops = lines.reduce((sum, line) => sum + line.flops, 0);
  const row = (ms: number, count: string, rate: string, label: string): string =>
    [
      `${ms.toFixed(3).padStart(10)} ms`,
      `${((100 * ms) / sumMs).toFixed(1).padStart(5)} %`,
      count.padStart(4),
      rate.padStart(8),
      ` ${label}`,
    ].join(' ');
  return [
    '      time         share  runs  GFLOP/s  kernel',
    ...lines.map(({ label, count, totalMs, flops }) =>
      row(totalMs, String(count), flops > 0 ? (flops / totalMs / 1e6).toFixed(1) : '', label),
    ),
    row(sumMs, '', (flops / sumMs / 1e6).toFixed(1), 'sum'),
    `${stepMs.toFixed(3).padStart(10)} ms  the whole step, ${(flops / stepMs / 1e6).toFixed(1)} GFLOP/s`,
  ].join('\n');
}

if (import.meta.main) {
  const [name = 'small', threads = '2'] = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  const device = await openDevice('cpu', Number(threads));
  try {
    writeWorkload(name, folder);
    const { lines, stepMs } = await profileStep(device, folder);
    process.stdout.write(`${name}, ${device.info.name}\n${tableOf(lines, stepMs)}\n`);
  } finally {
    await device.destroy();
    rmSync(folder, { recursive: true });
  }
}
