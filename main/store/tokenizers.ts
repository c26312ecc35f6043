// The tokenizers that are kept by themselves. Their files lie in folders named by their id, not here.

import type Database from 'better-sqlite3';
import type { TokenizerRecord } from '../../preload/contract.ts';
import { fromRow, insertValues, toRow } from './rows.ts';

export class TokenizerTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  insert(tokenizer: TokenizerRecord): void {
    const row = toRow(tokenizer);
    this.database.prepare(`INSERT INTO tokenizers ${insertValues(row)}`).run(row);
  }

  /** Newest first. */
  list(): TokenizerRecord[] {
    const rows = this.database.prepare('SELECT * FROM tokenizers ORDER BY created_at_ms DESC, id DESC').all();
    return rows.map((row) => fromRow<TokenizerRecord>(row));
  }

  get(id: string): TokenizerRecord | null {
    const row = this.database.prepare('SELECT * FROM tokenizers WHERE id = ?').get(id);
    return row === undefined ? null : fromRow<TokenizerRecord>(row);
  }

  /** The tokenizer of the same hash that was made from the same dataset. */
  findSame({ hash, datasetId }: Pick<TokenizerRecord, 'hash' | 'datasetId'>): TokenizerRecord | null {
    const row = this.database
      .prepare('SELECT * FROM tokenizers WHERE hash = ? AND dataset_id IS ?')
      .get(hash, datasetId);
    return row === undefined ? null : fromRow<TokenizerRecord>(row);
  }

  remove(id: string): void {
    this.database.prepare('DELETE FROM tokenizers WHERE id = ?').run(id);
  }
}
