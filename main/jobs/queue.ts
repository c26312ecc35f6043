// The runs that wait and the one that has the device. The order is kept in the store; this only looks for
// the next one whenever the device is free.

import type { TrainingWish } from '../../engine/index.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import type { QueueEntry } from '../store/queue.ts';
import type { RunBook } from '../studio/run-book.ts';
import { RunJob, type Ending } from './run-job.ts';

export class RunQueue {
  private readonly book: RunBook;
  private readonly host: EngineHost;
  private readonly datasetText: (datasetId: string) => DatasetText;
  private current: { job: RunJob; ended: Promise<void> } | null = null;
  private isOpen = true;

  constructor(book: RunBook, host: EngineHost, datasetText: (datasetId: string) => DatasetText) {
    this.book = book;
    this.host = host;
    this.datasetText = datasetText;
  }

  /** Puts a run at the end and starts it when the device is free. */
  add(entry: QueueEntry): void {
    this.book.store.transaction(() => {
      this.book.store.queue.add(entry);
      this.book.store.runs.update(entry.runId, { state: 'queued', phase: '', error: null });
    });
    this.book.update(entry.runId, {});
    this.tellOrder();
    this.startNext();
  }

  /** Starts the first run that waits, unless one is running. */
  startNext(): void {
    if (!this.isOpen || this.current) return;
    const entry = this.book.store.queue.first();
    if (!entry) return;
    this.book.store.transaction(() => {
      this.book.store.queue.remove(entry.runId);
      this.book.store.runs.update(entry.runId, { state: 'running' });
    });
    this.tellOrder();
    const job = new RunJob(entry, this.book, this.host, this.datasetText);
    const ended = job.run().finally(() => {
      this.current = null;
      this.startNext();
    });
    this.current = { job, ended };
  }

  /** Asks something of a run that trains; false when it does not. */
  ask(runId: string, wish: TrainingWish): boolean {
    if (this.current?.job.runId !== runId) return false;
    this.current.job.ask(wish);
    return true;
  }

  /** Whether a run has the device. */
  get isBusy(): boolean {
    return this.current !== null;
  }

  /** Tells the order of the waiting runs to whoever listens. */
  tellOrder(): void {
    this.book.bus.emit('queue.changed', { runIds: this.book.store.queue.runIds() });
  }

  /** Ends a run that has the device or waits for it, and resolves when it has ended. */
  async end(runId: string, ending: Exclude<Ending, 'hand-over'>): Promise<void> {
    if (this.current?.job.runId === runId) {
      const { job, ended } = this.current;
      job.end(ending);
      await ended;
    } else if (this.book.store.queue.remove(runId)) {
      const state = ending === 'pause' ? 'paused' : 'stopped';
      this.book.update(runId, { state });
      this.book.addEvent(runId, state, 'before it began');
      this.tellOrder();
    }
  }

  /** Starts nothing more; the run that has the device saves, and waits for whoever owns the home next or is paused. */
  async close(ending: 'pause' | 'hand-over'): Promise<void> {
    this.isOpen = false;
    this.current?.job.end(ending);
    await this.current?.ended;
  }
}
