// Examples of a task as they lie in token shards: neighbouring tokens with a flag each. A pair is its source, not
// trained on, and its target; a text with a class is its tokens, not trained on, and the number of the class.

import { EngineError } from '../errors.ts';
import type { TokenSource } from './windows.ts';

/** Tokens that are divided into examples. */
export interface ExampleSource extends TokenSource {
  readonly exampleCount: number;
  /** The first tokens of examples [first, first + count), in rising order. */
  readExampleStarts(first: number, count: number): Promise<number[]>;
}

export interface Example {
  readonly ids: Uint32Array;
  /** 1 or 0 for each token. */
  readonly trainedOn: Uint8Array;
}

/** Reads examples by number; knows the length of each. */
export class Examples {
  readonly count: number;
  private readonly source: ExampleSource;
  private readonly starts: readonly number[];

  private constructor(source: ExampleSource, starts: readonly number[]) {
    this.source = source;
    this.starts = starts;
    this.count = source.exampleCount;
  }

  /** Reads where examples begin; refuses data without examples, with code `no-examples`. */
  static async open(source: TokenSource | ExampleSource, what: string): Promise<Examples> {
    if (!('exampleCount' in source) || source.exampleCount === 0) {
      throw new EngineError('no-examples', `The ${what} data has no examples for this task.`, {
        hint: 'Choose the columns that hold them, or hold out a smaller share.',
      });
    }
    return new Examples(source, [
      ...(await source.readExampleStarts(0, source.exampleCount)),
      source.tokenCount,
    ]);
  }

  /** Tokens of an example. */
  lengthOf(index: number): number {
    return this.starts[index + 1]! - this.starts[index]!;
  }

  /** How many tokens stand before the first that is trained on. */
  async borderOf(index: number): Promise<number> {
    const { readTrainedOn } = this.source;
    if (!readTrainedOn) return 0;
    const flags = await readTrainedOn(this.starts[index]!, this.lengthOf(index));
    const border = flags.indexOf(1);
    return border < 0 ? flags.length : border;
  }

  async read(index: number): Promise<Example> {
    const start = this.starts[index]!;
    const count = this.lengthOf(index);
    const [ids, flags] = await Promise.all([
      this.source.read(start, count),
      this.source.readTrainedOn?.(start, count),
    ]);
    return { ids, trainedOn: flags ?? new Uint8Array(count).fill(1) };
  }
}
