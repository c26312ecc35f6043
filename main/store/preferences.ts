// What the user prefers and what the studio remembers between two starts, by key, as JSON. Must not know
// which keys there are.

import type Database from 'better-sqlite3';

export class PreferenceTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  /** The value of a key, or undefined where nothing was kept. */
  get(key: string): unknown {
    const value = this.database.prepare('SELECT value FROM preferences WHERE key = ?').pluck().get(key);
    return value === undefined ? undefined : JSON.parse(value as string);
  }

  set(key: string, value: unknown): void {
    this.database
      .prepare('INSERT OR REPLACE INTO preferences (key, value) VALUES (?, ?)')
      .run(key, JSON.stringify(value));
  }
}
