// Whether the record's file is sound, table by table, so that other work gets its turn between two of them.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';

/** What SQLite's quick check finds wrong, a sentence each; empty when all is well. */
export async function integrityProblems(database: Database.Database): Promise<string[]> {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  const problems: string[] = [];
  for (const table of tables) {
    await nextTurn();
    problems.push(...check(database, table).map((line) => `${table}: ${line}`));
  }
  return problems;
}

function check(database: Database.Database, table: string): string[] {
  try {
    const found = database.prepare(`PRAGMA quick_check("${table}")`).pluck().all() as string[];
    return found.filter((line) => line !== 'ok');
  } catch (error) {
    // Some damage ends the check itself.
    return [(error as Error).message];
  }
}
