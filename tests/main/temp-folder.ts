// A folder for one test file, removed when the file's tests have ended.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Makes the folder; `path(name)` gives a path in it that was not given before. */
export function tempFolder(): { folder: string; path: (name: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let number = 0;
  return { folder, path: (name) => join(folder, `${number++}-${name}`) };
}
