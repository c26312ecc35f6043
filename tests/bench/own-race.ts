// One way of Heddle's own against another: the same program over the same numbers in two processes, in turns.

import type { BenchContext } from './measure.ts';
import { race, type Racer } from './race.ts';
import type { StepRace } from './step-race.ts';
import { nodeSubject } from './subject.ts';

/** By how much the first figures of both may differ, as a part of the other's. */
const tolerance = 1e-4;

export interface OwnWays {
  /** Under `peers/`; gets the threads and one of the words. */
  readonly file: string;
  readonly word: string;
  readonly other: { readonly word: string; readonly peer: string };
  /** What both say of their first step, for the error: `loss`. */
  readonly figure: string;
}

/** Races two ways whose steps take seconds; throws where their first figures differ. */
export async function raceOwnWays(
  { threads }: BenchContext,
  { file, word, other, figure }: OwnWays,
): Promise<StepRace> {
  const commands = [
    nodeSubject(null, file, [String(threads), word]),
    nodeSubject(other.peer, file, [String(threads), other.word]),
  ];
  const [own, against] = (await race(commands, { isSlow: true })) as [Racer, Racer];
  const [found, expected] = [own.losses[0]!, against.losses[0]!];
  if (!(Math.abs(found - expected) <= tolerance * Math.abs(expected))) {
    throw new Error(`the ${figure} is ${found} by "${word}" and ${expected} by "${other.word}".`);
  }
  return { own, peers: [against] };
}
