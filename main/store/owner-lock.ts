// The lock that says which process owns a home folder: an exclusive SQLite transaction that is never
// committed. The operating system releases it when the process ends, however it ends.

import Database from 'better-sqlite3';

export interface OwnerLock {
  release(): void;
}

/** Takes the lock at `file`, or gives null when another process has it. */
export function takeOwnerLock(file: string): OwnerLock | null {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  return { release: () => database.close() };
}
