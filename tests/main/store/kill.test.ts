// Rows that were committed are there after the process that wrote them was killed, and the file is whole.

import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../../main/store/store.ts';
import { startSource, untilEnded } from '../run-source.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();

it.each([20, 200, 900])('every row that was acknowledged survives kill -9 after about %i', async (after) => {
  const home = temp.path('home');
  mkdirSync(home);
  const child = startSource('tests/main/store/write-forever.ts', [home]);
  child.stdout?.on('data', (chunk: Buffer) => {
    const step = Number(chunk.toString().trim().split('\n').pop());
    if (step >= after) child.kill('SIGKILL');
  });
  const { signal, stdout, stderr } = await untilEnded(child);
  expect(stderr).toBe('');
  expect(signal).toBe('SIGKILL');
  const acknowledged = stdout.slice(0, stdout.lastIndexOf('\n')).split('\n').map(Number);
  const store = openStore(home);
  const steps = store.metrics.list('r', -1).map(({ step }) => step);
  store.close();
  expect(steps.slice(0, acknowledged.length)).toEqual(acknowledged);
  // One more may have been committed and not yet said.
  expect(steps.length - acknowledged.length).toBeLessThanOrEqual(1);
  const file = new Database(join(home, 'heddle.db'), { readonly: true });
  expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
});
