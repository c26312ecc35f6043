// What every kind of export is given and how its files reach the disk: into a folder written beside its
// place and renamed when it is whole. A folder that holds anything else is never touched.

import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EngineError, type RunSettings, type TensorReader, type Tokenizer } from '../../engine/index.ts';
import { syncFolder } from '../studio/durable-file.ts';

/** A trained model, ready to be written in another form. */
export interface ModelToExport {
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly weights: TensorReader;
}

type Content = string | AsyncIterable<Uint8Array>;

/** Files by name, each made when its turn comes. */
export type ExportFiles = Readonly<Record<string, () => Content>>;

/** Writes files into a new or empty folder; throws `export-target-taken`. */
export async function writeExport(
  outPath: string,
  files: ExportFiles,
): Promise<{ path: string; files: string[]; sizeBytes: number }> {
  const path = resolve(outPath);
  await requireFree(path);
  const staged = `${path}.staged-${process.pid}`;
  await mkdir(staged, { recursive: true });
  try {
    let sizeBytes = 0;
    for (const [name, content] of Object.entries(files))
      sizeBytes += await writeFile(join(staged, name), content());
    await syncFolder(staged);
    // Renaming over an empty folder fails on some systems.
    await rmdir(path).catch(() => undefined);
    await rename(staged, path);
    await syncFolder(dirname(path));
    return { path, files: Object.keys(files), sizeBytes };
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw error;
  }
}

async function requireFree(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  if (found.isDirectory() && (await readdir(path)).length === 0) return;
  throw new EngineError('export-target-taken', `${path} is there already and is not an empty folder.`, {
    hint: 'Name a folder that does not exist yet.',
  });
}

async function writeFile(file: string, content: Content): Promise<number> {
  const handle = await open(file, 'wx');
  let sizeBytes = 0;
  try {
    const chunks = typeof content === 'string' ? [new TextEncoder().encode(content)] : content;
    for await (const chunk of chunks) {
      await handle.writeFile(chunk);
      sizeBytes += chunk.byteLength;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return sizeBytes;
}
