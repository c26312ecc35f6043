// The runs that wait for the device, in order, and how each is to be run.

import type Database from 'better-sqlite3';
import type { DeviceChoice } from '../../preload/contract.ts';
import { fromRow } from './rows.ts';

export interface QueueEntry {
  readonly runId: string;
  readonly device: DeviceChoice;
  readonly stopAtStep: number | null;
}

export class QueueTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  /** Puts a run at the end; one that waits already keeps its place. */
  add({ runId, device, stopAtStep }: QueueEntry): void {
    this.database
      .prepare('INSERT OR IGNORE INTO queue (run_id, device, stop_at_step) VALUES (?, ?, ?)')
      .run(runId, JSON.stringify(device), stopAtStep);
  }

  /** Puts a run before all others. */
  addFirst({ runId, device, stopAtStep }: QueueEntry): void {
    this.database
      .prepare(
        `INSERT OR IGNORE INTO queue (position, run_id, device, stop_at_step)
         SELECT coalesce(min(position), 1) - 1, ?, ?, ? FROM queue`,
      )
      .run(runId, JSON.stringify(device), stopAtStep);
  }

  first(): QueueEntry | null {
    const row = this.database
      .prepare('SELECT run_id, device, stop_at_step FROM queue ORDER BY position LIMIT 1')
      .get();
    return row === undefined ? null : fromRow<QueueEntry>(row, { json: ['device'] });
  }

  /** The waiting runs in order. */
  runIds(): string[] {
    return this.database.prepare('SELECT run_id FROM queue ORDER BY position').pluck().all() as string[];
  }

  /** Moves a waiting run to a place counted from 0; beyond the end means last. False when it does not wait. */
  move(runId: string, position: number): boolean {
    const runIds = this.runIds();
    if (!runIds.includes(runId)) return false;
    const order = runIds.filter((other) => other !== runId);
    order.splice(position, 0, runId);
    this.database.transaction(() => {
      // Above every place in use, so that no two runs have one place on the way.
      const last = this.database.prepare('SELECT max(position) FROM queue').pluck().get() as number;
      const place = this.database.prepare('UPDATE queue SET position = ? WHERE run_id = ?');
      order.forEach((other, i) => place.run(last + 1 + i, other));
    })();
    return true;
  }

  /** Takes a run out; true when it was there. */
  remove(runId: string): boolean {
    return this.database.prepare('DELETE FROM queue WHERE run_id = ?').run(runId).changes > 0;
  }
}
