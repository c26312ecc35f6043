// The numbered migrations and how they are applied: each in one transaction with its version number, and
// never before the database as it was has been copied beside it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { initial } from './migrations/0001-initial.ts';
import { studio } from './migrations/0002-studio.ts';
import { tasks } from './migrations/0003-tasks.ts';
import { split } from './migrations/0004-split.ts';

/** SQL of each migration in order; the schema version is the number of those that were applied. */
export const migrations: readonly string[] = [initial, studio, tasks, split];

/**
 * Brings a database to the newest schema. A database that holds anything is first copied to
 * `<backupsFolder>/schema-<version>-<time>.db`; a failed migration leaves the schema as it was.
 */
export function migrate(
  database: Database.Database,
  backupsFolder: string,
  steps: readonly string[] = migrations,
): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  for (let next = version; next < steps.length; next++) {
    if (version > 0) backUp(database, backupsFolder, next);
    database
      .transaction(() => {
        database.exec(steps[next]!);
        database.pragma(`user_version = ${next + 1}`);
      })
      .immediate();
  }
}

function backUp(database: Database.Database, folder: string, version: number): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  // Unlike a copied file this one holds what is still in the write-ahead log.
  database.prepare('VACUUM INTO ?').run(join(folder, `schema-${version}-${stamp}.db`));
}
