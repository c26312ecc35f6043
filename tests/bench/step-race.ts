// One training step of a workload, Heddle against its peers: the race, the check that all computed the same,
// and the rows. The steps are those of the workload; nothing about them depends on who runs them.

import { join } from 'node:path';
import type { BenchContext } from './measure.ts';
import { pythonWith } from './python-peers.ts';
import { race, type RaceOptions, type Racer } from './race.ts';
import { nodeSubject, pythonSubject, type SubjectCommand } from './subject.ts';
import { writeWorkload } from './workload.ts';

/** Losses of the first step may differ by rounding alone; later ones by what rounding grows to. */
const firstLossTolerance = 1e-5;
const laterLossTolerance = 1e-3;
const laterStep = 10;

export interface StepRace {
  /** Heddle's own result. */
  readonly own: Racer;
  readonly peers: readonly Racer[];
}

/** The commands of a CPU race: Heddle, then whichever peers are asked for and there. */
export function cpuSubjects(
  context: BenchContext,
  folder: string,
  { withJsPeers }: { withJsPeers: boolean },
): SubjectCommand[] {
  const threads = String(context.threads);
  const commands = [nodeSubject(null, 'heddle-step.ts', [folder, 'cpu', threads, 'matmul'])];
  if (withJsPeers) {
    commands.push(nodeSubject('jax-js Wasm', 'jax-js-step.ts', [folder, 'wasm', threads]));
    commands.push(nodeSubject('tfjs Wasm', 'tfjs-step.ts', [folder, 'wasm', threads]));
  }
  const python = pythonWith('torch', context);
  if (python) commands.push(pythonSubject('PyTorch', python, 'pytorch_step.py', [folder, threads]));
  return commands;
}

/** Writes the workload, races the subjects over it and checks their losses; Heddle is the first subject. */
export async function raceStep(
  context: BenchContext,
  workload: string,
  subjects: (folder: string) => SubjectCommand[],
  options: RaceOptions = {},
): Promise<StepRace> {
  const folder = join(context.folder, workload);
  writeWorkload(workload, folder);
  const racers = await race(subjects(folder), options);
  const [own, ...peers] = racers as [Racer, ...Racer[]];
  for (const { peer, description, losses, firstMs, bestMs } of racers) {
    const later = losses[laterStep - 1]!;
    context.report.note(
      `${workload}, ${peer ?? 'Heddle'} (${description}): loss ${losses[0]!.toFixed(5)}, after ${laterStep} steps ` +
        `${later.toFixed(5)}; first step ${firstMs.toFixed(0)} ms, best ${bestMs.toFixed(1)} ms`,
    );
    requireSame(`${peer}'s first loss`, losses[0]!, own.losses[0]!, firstLossTolerance);
    requireSame(`${peer}'s loss at step ${laterStep}`, later, own.losses[laterStep - 1]!, laterLossTolerance);
  }
  return { own, peers };
}

function requireSame(what: string, value: number, expected: number, tolerance: number): void {
  if (Math.abs(value - expected) <= tolerance * Math.abs(expected)) return;
  throw new Error(`${what} is ${value} where Heddle's is ${expected}: they did not compute the same.`);
}
