// Weights of other programs that were opened. Their files lie in a folder under the id, not here.

import type Database from 'better-sqlite3';
import type { Weights } from '../../preload/contract.ts';
import { fromRow, insertValues, toRow } from './rows.ts';

export class WeightsTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  insert(weights: Weights): void {
    const row = toRow(weights);
    this.database.prepare(`INSERT INTO weights ${insertValues(row)}`).run(row);
  }

  /** Newest first. */
  list(): Weights[] {
    const rows = this.database.prepare('SELECT * FROM weights ORDER BY created_at_ms DESC, id DESC').all();
    return rows.map((row) => fromRow<Weights>(row));
  }

  /** Those with this id, else the newest with this name. */
  find(idOrName: string): Weights | null {
    const row = this.database
      .prepare(
        'SELECT * FROM weights WHERE id = :word OR name = :word ORDER BY id = :word DESC, created_at_ms DESC',
      )
      .get({ word: idOrName });
    return row === undefined ? null : fromRow<Weights>(row);
  }

  remove(id: string): void {
    this.database.prepare('DELETE FROM weights WHERE id = ?').run(id);
  }
}
