// Opens the record: one SQLite file in WAL mode, checked, migrated, and written by this process alone.
// Must not know any table.

import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { EngineError } from '../../engine/index.ts';
import { migrate, migrations } from './migrations.ts';

/** Before this version two connections that checkpoint at once can corrupt a write-ahead log. */
const oldestSqlite = [3, 51, 3] as const;

/**
 * Opens or creates the database at `file` and brings it to the newest schema.
 * Throws `store-newer` for a schema from a newer Heddle (its bytes stay as they are), `store-damaged`,
 * `store-unusable`, `sqlite-too-old`.
 */
export function openDatabase(file: string, backupsFolder: string): Database.Database {
  try {
    if (existsSync(file)) refuseNewer(file);
    const database = new Database(file, { timeout: 5_000 });
    try {
      requireSqlite(database);
      database.pragma('journal_mode = WAL');
      // A crash of the process loses nothing; a power cut may lose the last moments, and checkpoint folders
      // that then have no row are found again at the next start.
      database.pragma('synchronous = NORMAL');
      database.pragma('foreign_keys = ON');
      database.pragma('trusted_schema = OFF');
      database.pragma('cell_size_check = ON');
      migrate(database, backupsFolder);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    if (hasCode(error, /^SQLITE_(CORRUPT|NOTADB)/)) throw damaged(file, backupsFolder, error);
    if (hasCode(error, /^SQLITE_(IOERR|CANTOPEN|READONLY)/)) throw unusable(file, error);
    throw error;
  }
}

function refuseNewer(file: string): void {
  const database = new Database(file, { readonly: true, timeout: 5_000 });
  try {
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version <= migrations.length) return;
    throw new EngineError(
      'store-newer',
      `${file} has schema version ${version}; this Heddle knows up to ${migrations.length}.`,
      { hint: 'Open it with the newer Heddle that wrote it, or choose another folder with --home.' },
    );
  } finally {
    database.close();
  }
}

function requireSqlite(database: Database.Database): void {
  const version = database.prepare('SELECT sqlite_version()').pluck().get() as string;
  const parts = version.split('.').map(Number);
  const difference = oldestSqlite.map((part, i) => (parts[i] ?? 0) - part).find((part) => part !== 0);
  if (difference === undefined || difference > 0) return;
  throw new EngineError(
    'sqlite-too-old',
    `SQLite ${version} is bundled; ${oldestSqlite.join('.')} or newer is needed.`,
    { hint: 'Install the packages of this project again.' },
  );
}

function hasCode(error: unknown, pattern: RegExp): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && pattern.test(code);
}

function unusable(file: string, cause: unknown): EngineError {
  return new EngineError(
    'store-unusable',
    `${file} cannot be opened for writing: ${(cause as Error).message}.`,
    {
      hint: 'Check the disk and who may write there, or choose another folder with --home.',
      cause,
    },
  );
}

function damaged(file: string, backupsFolder: string, cause: unknown): EngineError {
  return new EngineError('store-damaged', `${file} is damaged and was not opened.`, {
    hint: `Move it away to begin a new one, or put a copy from ${backupsFolder} in its place; runs and their checkpoints are kept in their own folders.`,
    cause,
  });
}
