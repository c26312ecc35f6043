// The checkpoints that exist as whole folders. Paths follow from run and step, so a home can be moved.

import type Database from 'better-sqlite3';
import { fromRow, insertValues, toRow, type RowShape } from './rows.ts';

const shape: RowShape = { booleans: ['is_marked'] };

export interface CheckpointRow {
  readonly runId: string;
  readonly step: number;
  readonly evalLoss: number | null;
  readonly isMarked: boolean;
  readonly sizeBytes: number;
  readonly createdAtMs: number;
}

export class CheckpointTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  /** Adds a checkpoint; one of the same step is replaced. */
  add(checkpoint: CheckpointRow): void {
    const row = toRow(checkpoint, shape);
    this.database.prepare(`INSERT OR REPLACE INTO checkpoints ${insertValues(row)}`).run(row);
  }

  /** In order of steps. */
  list(runId: string): CheckpointRow[] {
    const rows = this.database.prepare('SELECT * FROM checkpoints WHERE run_id = ? ORDER BY step').all(runId);
    return rows.map((row) => fromRow<CheckpointRow>(row, shape));
  }

  mark(runId: string, step: number, isMarked: boolean): void {
    this.database
      .prepare('UPDATE checkpoints SET is_marked = ? WHERE run_id = ? AND step = ?')
      .run(Number(isMarked), runId, step);
  }

  remove(runId: string, step: number): void {
    this.database.prepare('DELETE FROM checkpoints WHERE run_id = ? AND step = ?').run(runId, step);
  }
}
