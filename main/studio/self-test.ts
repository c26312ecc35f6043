// Whether Heddle works on this computer: its record, its disk, its engine and what that computes. Each test
// says what it found; a failed one ends none of the others.

import { randomBytes } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceChoice, SelfTest } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { Store } from '../store/store.ts';
import { toFailure } from './failure.ts';

export interface SelfTestOptions {
  readonly store: Store;
  readonly home: string;
  readonly host: EngineHost;
  readonly device: DeviceChoice;
}

/** Runs every test in turn; never rejects. */
export async function runSelfTests({ store, home, host, device }: SelfTestOptions): Promise<SelfTest[]> {
  const record = await timed('record', () => testRecord(store));
  const disk = await timed('disk', () => testDisk(home));
  const startMs = performance.now();
  try {
    const computed = await host.request({ kind: 'self-test', device });
    const durationMs = performance.now() - startMs;
    return [record, disk, { name: 'engine', isGood: true, detail: 'it answers', durationMs }, ...computed];
  } catch (error) {
    const durationMs = performance.now() - startMs;
    return [record, disk, { name: 'engine', isGood: false, detail: toFailure(error).message, durationMs }];
  }
}

/** `test` gives what it found, and throws what is wrong. */
async function timed(name: string, test: () => Promise<string>): Promise<SelfTest> {
  const startMs = performance.now();
  const result = await test().then(
    (detail) => ({ isGood: true, detail }),
    (error: unknown) => ({ isGood: false, detail: toFailure(error).message }),
  );
  return { name, ...result, durationMs: performance.now() - startMs };
}

async function testRecord(store: Store): Promise<string> {
  const problems = await store.integrityProblems();
  if (problems.length > 0) throw new Error(problems.slice(0, 3).join('; '));
  return `sound, SQLite ${store.sqliteVersion}`;
}

/** Writes, syncs and reads back as much as a small checkpoint's file. */
async function testDisk(home: string): Promise<string> {
  const file = join(home, `self-test-${process.pid}.tmp`);
  const bytes = randomBytes(256 * 1024);
  try {
    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!bytes.equals(await readFile(file))) throw new Error('What was read is not what was written.');
    return 'what is written is read back';
  } finally {
    await rm(file, { force: true });
  }
}
