// Keeps checkpoints as folders. A checkpoint is written beside its place, every file hashed and synced, the
// manifest last, then renamed: a folder under its step's number is whole or does not exist.

import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineError, type CheckpointSink, type CheckpointWriter } from '../../engine/index.ts';
import { syncFolder } from '../studio/durable-file.ts';
import { freeDiskBytes } from '../studio/free-space.ts';

export const manifestName = 'manifest.json';

export interface ManifestFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly schemaVersion: 1;
  readonly step: number;
  readonly createdAtMs: number;
  readonly files: readonly ManifestFile[];
}

/** Small text files for a checkpoint of `step`, written beside what the engine writes. */
export type ExtraFiles = (step: number) => Readonly<Record<string, string>>;

/** Checkpoints under `folder`, by step; `extraFiles` adds small text files to each. */
export function checkpointSink(folder: string, extraFiles: ExtraFiles = () => ({})): CheckpointSink {
  return {
    begin: async (step, sizeBytes = 0) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await requireSpace(folder, step, Math.ceil(sizeBytes * roomFactor));
      const staged = join(folder, `${stagedPrefix}${step}-${process.pid}`);
      await rm(staged, { recursive: true, force: true });
      await mkdir(staged, { mode: 0o700 });
      return new FolderWriter(join(folder, String(step)), staged, step, extraFiles);
    },
  };
}

const stagedPrefix = '.staged-';
/** Room that a checkpoint wants for each of its bytes: its manifest, its record and what the disk rounds up. */
const roomFactor = 1.05;

async function requireSpace(folder: string, step: number, needBytes: number): Promise<void> {
  // Where the system does not say what is free, the writes themselves will.
  const freeBytes = await freeDiskBytes(folder).catch(() => Infinity);
  if (freeBytes >= needBytes) return;
  throw new EngineError(
    'disk-full',
    `The checkpoint of step ${step} needs ${mebibytes(needBytes)} MiB; ${mebibytes(freeBytes)} MiB are free.`,
    { hint: 'Free some space and resume the run; what was saved before is whole.' },
  );
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toLocaleString('en', { maximumFractionDigits: 1 });
}

/** The process that writes a staged folder, or null for any other name. */
export function stagedBy(name: string): number | null {
  const match = /^\.staged-\d+-(\d+)$/.exec(name);
  return match ? Number(match[1]) : null;
}

class FolderWriter implements CheckpointWriter {
  private readonly target: string;
  private readonly staged: string;
  private readonly step: number;
  private readonly extraFiles: ExtraFiles;
  private readonly files: ManifestFile[] = [];

  constructor(target: string, staged: string, step: number, extraFiles: ExtraFiles) {
    this.target = target;
    this.staged = staged;
    this.step = step;
    this.extraFiles = extraFiles;
  }

  async writeFile(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    if (!/^[a-z0-9][a-z0-9._-]*$/.test(name) || name === manifestName) {
      throw new Error(`"${name}" is no name for a file of a checkpoint`);
    }
    this.files.push({ name, ...(await writeSynced(join(this.staged, name), chunks)) });
  }

  async commit(): Promise<{ path: string; sizeBytes: number }> {
    for (const [name, text] of Object.entries(this.extraFiles(this.step))) {
      await this.writeFile(name, [new TextEncoder().encode(text)]);
    }
    const { step, files } = this;
    const manifest: Manifest = { schemaVersion: 1, step, createdAtMs: Date.now(), files };
    const bytes = new TextEncoder().encode(JSON.stringify(manifest, null, 2));
    const { sizeBytes } = await writeSynced(join(this.staged, manifestName), [bytes]);
    await syncFolder(this.staged);
    // A checkpoint of this step can only be one that was refused as damaged.
    await rm(this.target, { recursive: true, force: true });
    await rename(this.staged, this.target);
    await syncFolder(dirname(this.target));
    return { path: this.target, sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, sizeBytes) };
  }

  async abandon(): Promise<void> {
    await rm(this.staged, { recursive: true, force: true });
  }
}

async function writeSynced(
  file: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<{ sizeBytes: number; sha256: string }> {
  const handle = await open(file, 'wx', 0o600);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      await writeFully(handle, chunk);
      sizeBytes += chunk.byteLength;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function writeFully(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength;) {
    done += (await handle.write(chunk, done)).bytesWritten;
  }
}

/** The manifest of a checkpoint folder whose files are all there in their size, else null. Hashes nothing. */
export async function readManifest(path: string): Promise<Manifest | null> {
  try {
    const manifest = JSON.parse(await readFile(join(path, manifestName), 'utf8')) as Manifest;
    if (manifest.schemaVersion !== 1 || !Number.isSafeInteger(manifest.step)) return null;
    for (const { name, sizeBytes } of manifest.files) {
      if ((await stat(join(path, name))).size !== sizeBytes) return null;
    }
    return manifest;
  } catch {
    return null;
  }
}

/** Steps of the whole checkpoints under a folder, ascending, and the names of everything else there. */
export async function listCheckpoints(folder: string): Promise<{ whole: Manifest[]; others: string[] }> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const whole: Manifest[] = [];
  const others: string[] = [];
  for (const name of names) {
    const manifest = /^\d+$/.test(name) ? await readManifest(join(folder, name)) : null;
    if (manifest && manifest.step === Number(name)) whole.push(manifest);
    else others.push(name);
  }
  return { whole: whole.sort((a, b) => a.step - b.step), others };
}

/** Throws `checkpoint-damaged`, naming the file and what is wrong with it. */
export function refuseCheckpoint(path: string, reason: string): never {
  throw new EngineError('checkpoint-damaged', `The checkpoint ${path} is damaged: ${reason}.`, {
    hint: 'Use the checkpoint before it, for example RUN@STEP.',
  });
}
