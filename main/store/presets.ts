// The presets that this user saved. Those that come with Heddle are in the engine.

import type Database from 'better-sqlite3';
import type { RunSettings } from '../../engine/index.ts';
import { fromRow } from './rows.ts';

export interface OwnPreset {
  readonly name: string;
  readonly label: string;
  readonly settings: RunSettings;
  readonly createdAtMs: number;
}

export class PresetTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  /** In order of their names. */
  list(): OwnPreset[] {
    const rows = this.database.prepare('SELECT * FROM presets ORDER BY name').all();
    return rows.map((row) => fromRow<OwnPreset>(row, { json: ['settings'] }));
  }

  /** Adds a preset; one of the same name is replaced. */
  put({ name, label, settings, createdAtMs }: OwnPreset): void {
    this.database
      .prepare('INSERT OR REPLACE INTO presets (name, label, settings, created_at_ms) VALUES (?, ?, ?, ?)')
      .run(name, label, JSON.stringify(settings), createdAtMs);
  }

  /** True when it was there. */
  remove(name: string): boolean {
    return this.database.prepare('DELETE FROM presets WHERE name = ?').run(name).changes > 0;
  }
}
