// Folders that results go into: each export gets one of its own, which nobody else can have at the same time.

import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** Makes an empty folder under `parent`, called `name` or, where that is taken, `name-2` and so on. */
export function claimFolder(parent: string, name: string): string {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  for (let number = 1; ; number++) {
    const path = join(parent, number === 1 ? name : `${name}-${number}`);
    try {
      // Looking first would not do: of two who look at once, both would find it free.
      mkdirSync(path);
      return path;
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
    }
  }
}

/** Removes a claimed folder that nothing was put into. */
export function releaseFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It is gone already, or somebody keeps something in it.
  }
}

/** Does `work` with the folder that a caller has named, else with a claimed one that goes again when it fails. */
export async function inFolder<T>(
  { outPath, parent, name }: { outPath: string | undefined; parent: string; name: string },
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (outPath !== undefined) return work(outPath);
  const folder = claimFolder(parent, name);
  try {
    return await work(folder);
  } catch (error) {
    releaseFolder(folder);
    throw error;
  }
}
