// Runs the same training step in several processes, a few steps each in turn, so that whatever else the machine
// does slows all of them alike. Every process is fed the same weights and batches; their losses must agree.

import { setTimeout as wait } from 'node:timers/promises';
import { Subject, type SubjectCommand } from './subject.ts';

const warmups = 3;
/** Turns of each process, and steps in one turn. */
const manySteps = { rounds: 6, stepsPerRound: 3 };
/** As many steps as a median needs, where each takes seconds. */
const fewSteps = { rounds: 5, stepsPerRound: 2 };
/** Threads of the one before (OpenMP spins for 200 ms) must be asleep. */
const restMs = 300;

export interface Racer {
  readonly peer: string | null;
  readonly description: string;
  readonly matmulGflops: number | null;
  readonly firstMs: number;
  readonly medianMs: number;
  readonly bestMs: number;
  readonly losses: readonly number[];
  readonly peakBytes: number;
}

export interface RaceOptions {
  /** Whether a step takes seconds. */
  readonly isSlow?: boolean;
  /** One process at a time, for models of which two do not fit in memory together. */
  readonly isSequential?: boolean;
}

/** Warms every process up, races them, and gives their times in the order of the commands. */
export async function race(
  commands: readonly SubjectCommand[],
  { isSlow = false, isSequential = false }: RaceOptions = {},
): Promise<Racer[]> {
  const turns = isSlow ? fewSteps : manySteps;
  if (!isSequential) return raceTogether(commands, turns);
  const racers: Racer[] = [];
  for (const command of commands) racers.push(...(await raceTogether([command], turns)));
  return racers;
}

async function raceTogether(
  commands: readonly SubjectCommand[],
  { rounds, stepsPerRound }: { rounds: number; stepsPerRound: number },
): Promise<Racer[]> {
  const subjects: Subject[] = [];
  try {
    for (const command of commands) subjects.push(await Subject.start(command));
    const laps = subjects.map((subject) => ({
      subject,
      timesMs: [] as number[],
      losses: [] as number[],
      peakBytes: 0,
    }));
    for (let round = 0; round <= rounds; round++) {
      for (const lap of laps) {
        await wait(restMs);
        const results = await lap.subject.run(round === 0 ? warmups : stepsPerRound);
        lap.timesMs.push(...results.timesMs);
        lap.losses.push(...results.losses);
        lap.peakBytes = results.peakBytes;
      }
    }
    return laps.map(({ subject, timesMs, losses, peakBytes }) => {
      const measured = timesMs.slice(warmups).sort((a, b) => a - b);
      return {
        peer: subject.peer,
        description: subject.ready.description,
        matmulGflops: subject.ready.matmulGflops ?? null,
        firstMs: timesMs[0]!,
        medianMs: median(measured),
        bestMs: measured[0]!,
        losses,
        peakBytes,
      };
    });
  } finally {
    await Promise.all(subjects.map((subject) => subject.end()));
  }
}

/** The middle of sorted numbers. */
function median(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!;
}
