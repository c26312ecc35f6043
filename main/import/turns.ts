// Lets everything else in main have its turn while rows are read one after the other: rows that are there
// already would else come in one go, and windows would not be answered meanwhile.

import { setImmediate as nextTurn } from 'node:timers/promises';

/** What others may wait at once. */
const longestMs = 20;

export class Turns {
  private sinceMs = performance.now();

  /** Whether others have waited long enough; then `give`. */
  get isDue(): boolean {
    return performance.now() - this.sinceMs >= longestMs;
  }

  async give(): Promise<void> {
    await nextTurn();
    this.sinceMs = performance.now();
  }
}
