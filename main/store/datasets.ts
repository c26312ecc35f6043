// The datasets that were imported. Their text lies in folders named by their id, not here.

import type Database from 'better-sqlite3';
import type { Dataset, Split } from '../../preload/contract.ts';
import { fromRow, insertValues, toRow, type RowShape } from './rows.ts';

const shape: RowShape = { json: ['columns', 'split'] };

/** A dataset whose split nobody chose has none. */
function read(row: unknown): Dataset {
  const { split, ...dataset } = fromRow<Omit<Dataset, 'split'> & { split: Split | null }>(row, shape);
  return split === null ? dataset : { ...dataset, split };
}

export class DatasetTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  insert(dataset: Dataset): void {
    const row = toRow(dataset, shape);
    this.database.prepare(`INSERT INTO datasets ${insertValues(row)}`).run(row);
  }

  /** Newest first. */
  list(): Dataset[] {
    const rows = this.database.prepare('SELECT * FROM datasets ORDER BY created_at_ms DESC, id DESC').all();
    return rows.map(read);
  }

  get(id: string): Dataset | null {
    const row = this.database.prepare('SELECT * FROM datasets WHERE id = ?').get(id);
    return row === undefined ? null : read(row);
  }

  /** The dataset with the same content, kind and text column. */
  findSame({
    contentHash,
    kind,
    textColumn,
  }: Pick<Dataset, 'contentHash' | 'kind' | 'textColumn'>): Dataset | null {
    const row = this.database
      .prepare('SELECT * FROM datasets WHERE content_hash = ? AND kind = ? AND text_column = ?')
      .get(contentHash, kind, textColumn);
    return row === undefined ? null : read(row);
  }

  /** The newest dataset that says it is from `sourceName`. */
  findBySource(sourceName: string): Dataset | null {
    const row = this.database
      .prepare('SELECT * FROM datasets WHERE source_name = ? ORDER BY created_at_ms DESC, id DESC LIMIT 1')
      .get(sourceName);
    return row === undefined ? null : read(row);
  }

  /** Names of the runs that need the dataset. */
  runNames(id: string): string[] {
    const query = this.database.prepare('SELECT name FROM runs WHERE dataset_id = ? ORDER BY created_at_ms');
    return query.pluck().all(id) as string[];
  }

  rename(id: string, name: string): void {
    this.database.prepare('UPDATE datasets SET name = ? WHERE id = ?').run(name, id);
  }

  setSplit(id: string, split: Split): void {
    const { split: text } = toRow({ split }, shape);
    this.database.prepare('UPDATE datasets SET split = ? WHERE id = ?').run(text, id);
  }

  remove(id: string): void {
    this.database.prepare('DELETE FROM datasets WHERE id = ?').run(id);
  }
}
