// Commands typed as in a terminal: the built program, each in a process of its own, in one home, with a model so
// small that the real engine trains it in a moment.

import type { ChildProcess } from 'node:child_process';
import { beforeAll } from 'vitest';
import { buildHeddle, spawnHeddle } from '../../e2e/command-line.ts';
import { untilEnded, type Ended } from '../run-source.ts';

/** Flags of a very small model on the CPU. */
export const smallModel = (
  '--hidden-size 16 --num-hidden-layers 1 --num-attention-heads 2 --intermediate-size 32 --eval-batches 2 ' +
  '--max-position-embeddings 16 --per-device-train-batch-size 4 --warmup-steps 2 --device cpu'
).split(' ');

export interface Terminal {
  /** Starts a command and leaves it running. */
  readonly heddle: (...args: string[]) => ChildProcess;
  /** Waits until a command has ended. */
  readonly run: (...args: string[]) => Promise<Ended>;
}

/** A terminal whose commands all use one home; for a file of tests, before which the program is built. */
export function openTerminal(home: string): Terminal {
  beforeAll(buildHeddle);
  const heddle = (...args: string[]): ChildProcess => spawnHeddle(...args, '--home', home);
  return { heddle, run: (...args) => untilEnded(heddle(...args)) };
}
