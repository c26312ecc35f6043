// Evaluations that were just removed, so that a removal can be undone while the studio is open. Bounded: what was
// removed first is forgotten first. Writes nothing; the record is the store's.

import type { ScoredExample } from '../../preload/contract.ts';
import type { KeptEvaluation } from '../store/evaluations.ts';

export interface RemovedEvaluation {
  readonly evaluation: KeptEvaluation;
  readonly examples: readonly ScoredExample[];
}

/** Examples of all removed evaluations together; each is a few hundred bytes. */
const mostExamples = 100_000;

export class RemovedEvaluations {
  private readonly byId = new Map<string, RemovedEvaluation>();
  private exampleCount = 0;

  /** Remembers one; the last is remembered however large it is. */
  add(removed: RemovedEvaluation): void {
    this.byId.set(removed.evaluation.id, removed);
    this.exampleCount += removed.examples.length;
    for (const id of this.byId.keys()) {
      if (this.exampleCount <= mostExamples || id === removed.evaluation.id) return;
      this.take(id);
    }
  }

  /** Gives one back and forgets it; null where it is not remembered. */
  take(id: string): RemovedEvaluation | null {
    const removed = this.byId.get(id) ?? null;
    this.byId.delete(id);
    this.exampleCount -= removed?.examples.length ?? 0;
    return removed;
  }
}
