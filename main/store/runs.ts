// The runs and the newest figures of each. Settings and checkpoints lie in the run's folder, not here.

import type Database from 'better-sqlite3';
import type { RunSummary } from '../../preload/contract.ts';
import { columnOf, fromRow, insertValues, toRow, type RowShape } from './rows.ts';

const shape: RowShape = {
  json: ['error', 'parent', 'tags'],
  booleans: ['is_starred', 'is_pinned', 'is_archived'],
};

/** What may change once a run exists. */
export type RunChange = Partial<Omit<RunSummary, 'id' | 'datasetId' | 'createdAtMs'>>;

export class RunTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  insert(run: RunSummary): void {
    const row = toRow(run, shape);
    this.database.prepare(`INSERT INTO runs ${insertValues(row)}`).run(row);
  }

  /** Newest first. */
  list(): RunSummary[] {
    const rows = this.database.prepare('SELECT * FROM runs ORDER BY created_at_ms DESC, id DESC').all();
    return rows.map((row) => fromRow<RunSummary>(row, shape));
  }

  get(id: string): RunSummary | null {
    const row = this.database.prepare('SELECT * FROM runs WHERE id = ?').get(id);
    return row === undefined ? null : fromRow<RunSummary>(row, shape);
  }

  /** The run with this id, else the one with this name. */
  find(idOrName: string): RunSummary | null {
    const byId = this.get(idOrName);
    if (byId) return byId;
    const row = this.database.prepare('SELECT * FROM runs WHERE name = ?').get(idOrName);
    return row === undefined ? null : fromRow<RunSummary>(row, shape);
  }

  update(id: string, change: RunChange): void {
    const fields = Object.keys(change);
    if (fields.length === 0) return;
    const assignments = fields.map((field) => `${columnOf(field)} = :${columnOf(field)}`).join(', ');
    this.database
      .prepare(`UPDATE runs SET ${assignments} WHERE id = :id`)
      .run({ ...toRow(change, shape), id });
  }

  remove(id: string): void {
    this.database.prepare('DELETE FROM runs WHERE id = ?').run(id);
  }
}
