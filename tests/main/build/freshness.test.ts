// A part is stale when an input changed, appeared or vanished, or its output is gone; other times alone with
// the same bytes make nothing stale.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  hashContents,
  hashStats,
  listInputs,
  recordBuilt,
  staleParts,
} from '../../../main/build/freshness.mjs';

let root = '';
function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'heddle-fresh-'));
  write('renderer/main.ts', '1');
  write('engine/config.ts', '1');
  write('out/renderer/index.html', '');
  const imported = ['engine/config.ts'];
  const paths = listInputs(root, 'renderer', imported);
  recordBuilt(root, 'renderer', {
    stat: hashStats(root, paths),
    content: hashContents(root, paths),
    imported,
  });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const isStale = (compareContents = false) => staleParts(root, ['renderer'], { compareContents }).length > 0;

it('is fresh as it was built', () => expect(isStale()).toBe(false));

it.each([
  ['a file of its own changed', () => write('renderer/main.ts', '22')],
  ['a file it imports from elsewhere changed', () => write('engine/config.ts', '22')],
  ['a file appeared', () => write('renderer/views/New.vue', '')],
  ['a file vanished', () => rmSync(join(root, 'renderer/main.ts'))],
  ['its output vanished', () => rmSync(join(root, 'out/renderer'), { recursive: true })],
])('is stale when %s', (_, change) => {
  change();
  expect(isStale()).toBe(true);
  expect(isStale(true)).toBe(true);
});

it('is fresh when files it does not use change', () => {
  write('engine/index.ts', '1');
  expect(isStale()).toBe(false);
});

it('is fresh, and remembered so, when only times changed', () => {
  utimesSync(join(root, 'renderer/main.ts'), new Date(0), new Date(0));
  expect(isStale()).toBe(true);
  expect(isStale(true)).toBe(false);
  expect(isStale()).toBe(false);
});
