// The database file: its schema, its settings, and what happens to files of another schema or none at all.

import Database from 'better-sqlite3';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../main/store/database.ts';
import { migrate, migrations } from '../../../main/store/migrations.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();

describe('a new database', () => {
  const database = openDatabase(temp.path('new.db'), temp.path('backups'));

  it('has the newest schema in WAL mode with foreign keys', () => {
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  it('has only strict tables', () => {
    const tables = database.pragma('table_list') as { name: string; schema: string; strict: number }[];
    const loose = tables.filter(({ name, strict }) => !name.startsWith('sqlite_') && strict !== 1);
    expect(loose.map(({ name }) => name)).toEqual([]);
  });

  it('refuses a value of another type', () => {
    const insert = database.prepare(
      "INSERT INTO queue (run_id, device, stop_at_step) VALUES ('r', '{}', 'soon')",
    );
    expect(() => insert.run()).toThrow(/cannot store TEXT/);
  });
});

describe('migrations', () => {
  const second = 'ALTER TABLE samples ADD COLUMN note TEXT;';

  it('copy the database as it was before they change it', () => {
    const file = temp.path('migrate.db');
    const backups = temp.path('backups');
    const database = openDatabase(file, backups);
    migrate(database, backups, [...migrations, second]);
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length + 1);
    const [copy] = readdirSync(backups);
    const before = new Database(`${backups}/${copy}`, { readonly: true });
    expect(before.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(before.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(before.prepare('SELECT count(*) FROM samples').pluck().get()).toBe(0);
    expect(() => before.prepare('SELECT note FROM samples')).toThrow(/no such column/);
  });

  it('that fail leave the schema as it was', () => {
    const backups = temp.path('backups');
    const database = openDatabase(temp.path('failing.db'), backups);
    const broken = `${second} CREATE TABLE runs (id TEXT) STRICT;`;
    expect(() => migrate(database, backups, [...migrations, broken])).toThrow(/already exists/);
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(() => database.prepare('SELECT note FROM samples')).toThrow(/no such column/);
  });
});

describe('a file of another kind', () => {
  it('with a newer schema is refused by number and keeps every byte', () => {
    const file = temp.path('newer.db');
    const newer = openDatabase(file, temp.path('backups'));
    newer.pragma('user_version = 99');
    newer.close();
    const before = readFileSync(file);
    expect(() => openDatabase(file, temp.path('backups'))).toThrow(
      expect.objectContaining({
        code: 'store-newer',
        message: expect.stringMatching(new RegExp(`version 99.*up to ${migrations.length}`)),
      }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('that is no database is refused and kept', () => {
    const file = temp.path('text.db');
    writeFileSync(file, 'This is a letter and no database at all.\n'.repeat(200));
    const before = readFileSync(file);
    expect(() => openDatabase(file, temp.path('backups'))).toThrow(
      expect.objectContaining({ code: 'store-damaged' }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('that is a folder is refused', () => {
    const file = temp.path('folder.db');
    mkdirSync(file);
    expect(() => openDatabase(file, temp.path('backups'))).toThrow(
      expect.objectContaining({ code: 'store-unusable' }),
    );
  });
});
