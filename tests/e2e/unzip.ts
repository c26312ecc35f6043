// Takes a downloaded archive apart, as a user would before taking the files elsewhere.

import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openStoredZip } from '../../engine/formats/zip-reader.ts';

/** Writes the files of an archive into a folder without its own folders; gives their names. */
export async function unzip(file: string, folder: string): Promise<string[]> {
  const bytes = await readFile(file);
  const source = {
    name: file,
    sizeBytes: bytes.length,
    read: async (offset: number, length: number) => new Uint8Array(bytes.subarray(offset, offset + length)),
  };
  const entries = await openStoredZip(source);
  const names: string[] = [];
  for (const [name, { offsetBytes, sizeBytes }] of entries) {
    if (name.endsWith('/')) continue;
    await writeFile(join(folder, basename(name)), bytes.subarray(offsetBytes, offsetBytes + sizeBytes));
    names.push(basename(name));
  }
  return names;
}
