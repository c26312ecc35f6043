// The texts that runs wrote while they were evaluated.

import type Database from 'better-sqlite3';
import type { Sample } from '../../preload/contract.ts';
import { fromRow, type RowShape } from './rows.ts';

const shape: RowShape = { json: ['examples'] };

export class SampleTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  add(runId: string, { step, prompt, text, examples, timeMs }: Sample): void {
    this.database
      .prepare(
        `INSERT OR REPLACE INTO samples (run_id, step, prompt, text, examples, time_ms)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(runId, step, prompt, text, JSON.stringify(examples), Math.round(timeMs));
  }

  /** In order of steps. */
  list(runId: string): Sample[] {
    const rows = this.database
      .prepare('SELECT step, prompt, text, examples, time_ms FROM samples WHERE run_id = ? ORDER BY step')
      .all(runId);
    return rows.map((row) => fromRow<Sample>(row, shape));
  }

  cutAfter(runId: string, step: number): void {
    this.database.prepare('DELETE FROM samples WHERE run_id = ? AND step > ?').run(runId, step);
  }
}
