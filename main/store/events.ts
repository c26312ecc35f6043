// What happened to runs, in order: started, paused, resumed, restarted, finished.

import type Database from 'better-sqlite3';
import type { RunEvent } from '../../preload/contract.ts';
import { fromRow } from './rows.ts';

export class EventTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  add(runId: string, { step, timeMs, key, value }: RunEvent): void {
    this.database
      .prepare('INSERT INTO events (run_id, step, time_ms, key, value) VALUES (?, ?, ?, ?, ?)')
      .run(runId, step, Math.round(timeMs), key, value);
  }

  /** In the order they happened, whatever the clock said. */
  list(runId: string): RunEvent[] {
    const rows = this.database
      .prepare('SELECT step, time_ms, key, value FROM events WHERE run_id = ? ORDER BY id')
      .all(runId);
    return rows.map((row) => fromRow<RunEvent>(row));
  }
}
