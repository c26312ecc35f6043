// The tokens of a dataset in files that can be read at any offset: a cache keyed by everything that decides
// them. A folder without its manifest is half written and is made again.

import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodeStream,
  tokenizerHash,
  type DataConfig,
  type Tokenizer,
  type TokenSource,
} from '../../engine/index.ts';
import { syncFolder, writeWhole } from '../studio/durable-file.ts';
import { datasetText } from './dataset-text.ts';
import { FileSource } from './file-source.ts';
import type { DatasetText } from './messages.ts';
import { rowEndOf } from './tokenizer-preparation.ts';

export interface TokenShards {
  readonly train: TokenSource;
  /** Null when nothing is held out. */
  readonly validation: TokenSource | null;
  close(): Promise<void>;
}

interface ShardManifest {
  readonly schemaVersion: 1;
  readonly bytesPerToken: 2 | 4;
  readonly tokenCounts: { readonly train: number; readonly validation: number };
}

/** Token files up to this size are held in memory; larger ones are read where they are needed. */
const largestInMemoryBytes = 64 * 1024 * 1024;

/** Opens the tokens of a dataset under `tokensFolder`, encoding them first where they are not there yet. */
export async function openTokenShards(
  tokensFolder: string,
  dataset: DatasetText,
  data: DataConfig,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): Promise<TokenShards> {
  const folder = join(tokensFolder, await keyOf(dataset, data, tokenizer));
  const manifest =
    (await readShardManifest(folder)) ?? (await encode(folder, dataset, data, tokenizer, signal));
  const { bytesPerToken, tokenCounts } = manifest;
  const files: FileSource[] = [];
  const openPart = async (part: 'train' | 'validation'): Promise<TokenSource> => {
    const file = await FileSource.open(join(folder, `${part}.bin`));
    files.push(file);
    return tokenSource(file, bytesPerToken, tokenCounts[part]);
  };
  return {
    train: await openPart('train'),
    validation: data.validationFraction > 0 ? await openPart('validation') : null,
    close: async () => {
      await Promise.all(files.map((file) => file.close()));
    },
  };
}

async function keyOf(dataset: DatasetText, data: DataConfig, tokenizer: Tokenizer): Promise<string> {
  const { contentHash, kind, textColumn } = dataset;
  const { validationFraction, splitBy } = data;
  const parts = [
    1,
    'text',
    contentHash,
    kind,
    textColumn,
    await tokenizerHash(tokenizer),
    validationFraction,
    splitBy,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

async function readShardManifest(folder: string): Promise<ShardManifest | null> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const manifest = JSON.parse(text) as ShardManifest;
  return manifest.schemaVersion === 1 ? manifest : null;
}

async function encode(
  folder: string,
  dataset: DatasetText,
  data: DataConfig,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): Promise<ShardManifest> {
  const staged = `${folder}.staged-${process.pid}`;
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true, mode: 0o700 });
  try {
    const bytesPerToken = tokenizer.vocabSize <= 0x10000 ? 2 : 4;
    const write = (part: 'train' | 'validation'): Promise<number> => {
      const text = datasetText(dataset, part, data, rowEndOf(tokenizer));
      return writeTokens(join(staged, `${part}.bin`), encodeStream(tokenizer, text, signal), bytesPerToken);
    };
    const tokenCounts = {
      train: await write('train'),
      validation: data.validationFraction > 0 ? await write('validation') : 0,
    };
    const manifest: ShardManifest = { schemaVersion: 1, bytesPerToken, tokenCounts };
    await writeWhole(join(staged, 'manifest.json'), JSON.stringify(manifest));
    await rm(folder, { recursive: true, force: true });
    await rename(staged, folder);
    await syncFolder(join(folder, '..'));
    return manifest;
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw error;
  }
}

async function writeTokens(
  file: string,
  tokens: AsyncIterable<Uint32Array>,
  bytesPerToken: 2 | 4,
): Promise<number> {
  const handle = await open(file, 'wx', 0o600);
  let count = 0;
  try {
    for await (const ids of tokens) {
      await handle.writeFile(bytesPerToken === 2 ? Uint16Array.from(ids) : ids);
      count += ids.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return count;
}

/** Little-endian tokens of a file as the engine reads them. */
async function tokenSource(file: FileSource, bytesPerToken: 2 | 4, tokenCount: number): Promise<TokenSource> {
  const asTokens = (bytes: Uint8Array): Uint16Array | Uint32Array =>
    bytesPerToken === 2
      ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)
      : new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  if (file.sizeBytes <= largestInMemoryBytes) {
    const all = asTokens(await file.read(0, tokenCount * bytesPerToken));
    return {
      tokenCount,
      read: (start, count) => Promise.resolve(Uint32Array.from(all.subarray(start, start + count))),
    };
  }
  return {
    tokenCount,
    read: async (start, count) =>
      Uint32Array.from(asTokens(await file.read(start * bytesPerToken, count * bytesPerToken))),
  };
}
