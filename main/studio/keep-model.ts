// Keeps a model's files in a folder of this home, written beside its place and renamed when it is whole.
// Files that Heddle wrote never change, so those are linked where the disk can; all others are copied.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { manifestName, type Manifest, type ManifestFile } from '../engine-host/checkpoint-folder.ts';
import type { ModelFile } from '../engine-host/huggingface-model.ts';
import { syncFolder } from './durable-file.ts';

export interface KeepOptions {
  /** Links files that nobody changes; where that cannot be done they are copied. */
  readonly links: boolean;
  readonly signal?: AbortSignal;
  /** Share of the bytes that is there, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Looks at the folder before it counts as written; what it throws undoes all. */
  readonly check?: (folder: string) => Promise<void>;
}

/** Writes files into a new folder; after an error, or when it is cancelled, nothing of it is left. */
export async function keepFiles(
  files: readonly ModelFile[],
  folder: string,
  { links, signal, onProgress, check }: KeepOptions,
): Promise<{ sizeBytes: number }> {
  const staged = `${folder}.staged-${process.pid}`;
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true, mode: 0o700 });
  try {
    const sizes = await Promise.all(files.map(sizeOf));
    const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
    let doneBytes = 0;
    const advance = (count: number): void => {
      doneBytes += count;
      onProgress?.(totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes));
    };
    for (const file of files) {
      signal?.throwIfAborted();
      await keepFile(file, join(staged, file.name), { links, signal, advance });
    }
    await syncFolder(staged);
    await check?.(staged);
    signal?.throwIfAborted();
    await rename(staged, folder);
    await syncFolder(dirname(folder));
    return { sizeBytes: totalBytes };
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    // A stream that was cancelled says so in words of its own.
    signal?.throwIfAborted();
    throw error;
  }
}

/** The files of a checkpoint with its manifest: `known` has the hashes of those that are not texts. */
export function withManifest(
  files: readonly ModelFile[],
  known: readonly ManifestFile[],
  step: number,
): ModelFile[] {
  const entries = files.map((file): ManifestFile => {
    if ('text' in file) return describe(file.name, file.text);
    const found = known.find(({ name }) => name === file.name);
    if (!found) throw new Error(`${file.name} is in no manifest`);
    return found;
  });
  const manifest: Manifest = { schemaVersion: 1, step, createdAtMs: Date.now(), files: entries };
  return [...files, { name: manifestName, text: JSON.stringify(manifest, null, 2) }];
}

function describe(name: string, text: string): ManifestFile {
  const bytes = Buffer.from(text);
  return { name, sizeBytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function sizeOf(file: ModelFile): Promise<number> {
  return 'text' in file ? Buffer.byteLength(file.text) : (await stat(file.path)).size;
}

interface FileOptions {
  readonly links: boolean;
  readonly signal: AbortSignal | undefined;
  readonly advance: (count: number) => void;
}

async function keepFile(file: ModelFile, target: string, options: FileOptions): Promise<void> {
  if ('text' in file) {
    const handle = await open(target, 'wx', 0o600);
    try {
      await handle.writeFile(file.text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    options.advance(Buffer.byteLength(file.text));
    return;
  }
  if (options.links && (await isLinked(file.path, target))) {
    options.advance((await stat(target)).size);
    return;
  }
  const meter = new Transform({
    transform: (chunk: Buffer, _, done) => {
      options.advance(chunk.byteLength);
      done(null, chunk);
    },
  });
  const from = createReadStream(file.path, { highWaterMark: 1 << 20 });
  const to = createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(from, meter, to, { signal: options.signal });
}

/** Other disks and some file systems have no hard links. */
async function isLinked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    () => false,
  );
}
