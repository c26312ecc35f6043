// What may be asked of a run once it exists: another learning rate, an evaluation or a checkpoint now, another
// place in the queue. The engine carries it out between two steps; a run that
// rests takes a change when it goes on.

import { EngineError, type TrainingWish } from '../../engine/index.ts';
import type { RunSummary } from '../../preload/contract.ts';
import type { RunQueue } from '../jobs/queue.ts';
import { changeFromLastCheckpoint } from '../jobs/run-job.ts';
import type { CheckedInput } from './handlers.ts';
import { adoptCheckpoints } from './recovery.ts';
import type { RunBook } from './run-book.ts';

export class RunControls {
  private readonly book: RunBook;
  private readonly queue: RunQueue;

  constructor(book: RunBook, queue: RunQueue) {
    this.book = book;
    this.queue = queue;
  }

  /**
   * Another learning rate from the next step on. It takes the place of the rate in the settings: warm-up and
   * decay go on as planned, towards the final rate. Throws `run-not-running` when the run is finished.
   */
  async change({ runId, key, value }: CheckedInput<'runs.change'>): Promise<RunSummary> {
    const { id } = this.book.get(runId);
    const trains = (): boolean => ['running', 'finished'].includes(this.book.get(id).state);
    // What the engine saved last and main has not heard of is where the run will go on.
    if (!trains()) await adoptCheckpoints(this.book, id);
    // One that waited for the device may have got it meanwhile.
    if (trains()) this.ask(id, { kind: 'change', key, value });
    else changeFromLastCheckpoint(this.book, id, { key, value });
    return this.book.get(id);
  }

  /** Throws `run-not-running`. */
  ask(runId: string, wish: TrainingWish): void {
    const { id, name, state } = this.book.get(runId);
    if (state === 'running' && this.queue.ask(id, wish)) return;
    throw new EngineError('run-not-running', `The run "${name}" is ${state}, not running.`, {
      hint:
        wish.kind === 'change'
          ? 'Runs that are not finished can be changed; fork it to go on with another rate.'
          : 'Resume it first.',
    });
  }

  /** Throws `run-not-waiting`. */
  moveInQueue({ runId, position }: CheckedInput<'runs.moveInQueue'>): { runIds: string[] } {
    const { id, name, state } = this.book.get(runId);
    if (!this.book.store.queue.move(id, position)) {
      throw new EngineError(
        'run-not-waiting',
        `The run "${name}" is ${state} and does not wait for the device.`,
        {
          hint: 'See the runs that wait with "heddle runs queue".',
        },
      );
    }
    this.queue.tellOrder();
    return this.waiting();
  }

  /** The waiting runs in order. */
  waiting(): { runIds: string[] } {
    return { runIds: this.book.store.queue.runIds() };
  }
}
