// The build lock admits one at a time, waits for a live holder and takes over from a dead one.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withBuildLock } from '../../../main/build/lock.mjs';

let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'heddle-lock-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

function leaveLock(pid: number): string {
  mkdirSync(join(root, 'out'));
  const path = join(root, 'out', '.build.lock');
  writeFileSync(path, String(pid));
  return path;
}

it('admits one at a time, and the next one when that one failed', async () => {
  let inside = 0;
  let waited = 0;
  const work = async (name: number) => {
    inside++;
    expect(inside).toBe(1);
    await turn();
    inside--;
    if (name === 1) throw new Error('failed inside');
    return name;
  };
  const all = [1, 2, 3, 4].map((name) =>
    withBuildLock(
      root,
      () => waited++,
      () => work(name),
    ),
  );
  const results = await Promise.allSettled(all);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(waited).toBe(3);
});

it('takes over from a process that has ended', async () => {
  leaveLock(2 ** 22 + 1);
  expect(
    await withBuildLock(
      root,
      () => {},
      async () => 'built',
    ),
  ).toBe('built');
});

it('takes over from a process that no longer touches it', async () => {
  const path = leaveLock(process.pid);
  utimesSync(path, new Date(0), new Date(0));
  expect(
    await withBuildLock(
      root,
      () => {},
      async () => 'built',
    ),
  ).toBe('built');
});

it('waits for a live process', async () => {
  const path = leaveLock(process.pid);
  const order: string[] = [];
  const waiting = withBuildLock(
    root,
    () => order.push('waits'),
    async () => order.push('built'),
  );
  await turn();
  order.push('released');
  rmSync(path);
  await waiting;
  expect(order).toEqual(['waits', 'released', 'built']);
});
