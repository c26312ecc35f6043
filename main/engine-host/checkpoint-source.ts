// Opens a checkpoint folder for reading, once every file has been found as its manifest says: size and hash.
// A folder that Hugging Face tools wrote has no manifest and is not a checkpoint: model-source.ts opens both.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, type ByteSource, type CheckpointSource } from '../../engine/index.ts';
import { manifestName, refuseCheckpoint, type Manifest } from './checkpoint-folder.ts';
import { FileSource } from './file-source.ts';

/** A checkpoint whose files can be read until it is closed. */
export interface OpenCheckpoint extends CheckpointSource {
  readonly manifest: Manifest;
  readText(name: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Verifies and opens a checkpoint; throws `checkpoint-not-found` or `checkpoint-damaged`. Without
 * `verifiesHashes` files are only looked at for their sizes: whoever reads their values opens them again.
 */
export async function openCheckpoint(
  path: string,
  { verifiesHashes }: { verifiesHashes: boolean } = { verifiesHashes: true },
): Promise<OpenCheckpoint> {
  const manifest = await requireManifest(path);
  for (const { name, sizeBytes, sha256 } of manifest.files) {
    const file = join(path, name);
    const found = await stat(file).catch(() => null);
    if (found === null) refuseCheckpoint(path, `${name} is missing`);
    if (found.size !== sizeBytes) {
      refuseCheckpoint(path, `${name} has ${found.size} bytes where ${sizeBytes} were written`);
    }
    if (verifiesHashes && (await hashFile(file)) !== sha256)
      refuseCheckpoint(path, `${name} does not have the hash it had`);
  }
  const opened: FileSource[] = [];
  const open = async (name: string): Promise<ByteSource> => {
    if (!manifest.files.some((file) => file.name === name)) refuseCheckpoint(path, `it has no ${name}`);
    const source = await FileSource.open(join(path, name));
    opened.push(source);
    return source;
  };
  return {
    path,
    manifest,
    open,
    readText: (name) => readFile(join(path, name), 'utf8'),
    close: async () => {
      await Promise.all(opened.splice(0).map((source) => source.close()));
    },
  };
}

async function requireManifest(path: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(path, manifestName), 'utf8');
  } catch (error) {
    throw new EngineError('checkpoint-not-found', `${path} holds no whole checkpoint.`, {
      hint: 'Name a run, RUN@STEP, or a folder under checkpoints/ of a run.',
      cause: error,
    });
  }
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch {
    return refuseCheckpoint(path, `${manifestName} is not JSON`);
  }
  if (manifest.schemaVersion !== 1 || !Array.isArray(manifest.files)) {
    refuseCheckpoint(path, `${manifestName} is not one this Heddle reads`);
  }
  return manifest;
}

/** SHA-256 of a file, in hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
