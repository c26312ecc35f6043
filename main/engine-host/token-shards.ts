// The tokens of a dataset in files that can be read at any offset: a cache keyed by everything that decides
// them. A folder without its manifest, or with one of another version, is made again.

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { noTrainedTokens, tokenizerHash, type Tokenizer } from '../../engine/index.ts';
import { syncFolder, writeWhole } from '../studio/durable-file.ts';
import type { DatasetText } from './messages.ts';
import {
  isPartWhole,
  openPart,
  partFiles,
  writePart,
  type BytesPerToken,
  type PartCounts,
  type TokenPart,
} from './shard-part.ts';
import type { RowJudge } from './chat-pieces.ts';
import type { TaskData } from './task-data.ts';
import { taskPieces } from './token-pieces.ts';
import { rowEndOf } from './tokenizer-preparation.ts';

export interface TokenShards {
  readonly train: TokenPart;
  /** Null when nothing is held out. */
  readonly validation: TokenPart | null;
  readonly bytesPerToken: BytesPerToken;
  /** What is read. */
  readonly files: readonly ShardFile[];
  close(): Promise<void>;
}

export interface ShardFile {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

const parts = ['train', 'validation'] as const;
type Part = (typeof parts)[number];

/** 1 held tokens alone; 2 adds where examples begin and which tokens are trained on. */
const schemaVersion = 2;

interface ShardManifest {
  readonly schemaVersion: typeof schemaVersion;
  readonly bytesPerToken: BytesPerToken;
  /** No `validation` where nothing is held out. */
  readonly parts: Readonly<Partial<Record<Part, PartCounts>>>;
}

/**
 * Opens the tokens of a dataset under `tokensFolder`, encoding them first where they are not there yet.
 * Throws `no-trained-tokens` when a part has none that is trained on, and what the judge of the training part refuses.
 */
export async function openTokenShards(
  tokensFolder: string,
  dataset: DatasetText,
  task: TaskData,
  tokenizer: Tokenizer,
  signal: AbortSignal,
  judge: RowJudge | null = null,
): Promise<TokenShards> {
  const folder = join(tokensFolder, await keyOf(dataset, task, tokenizer));
  const kept = await readShardManifest(folder);
  if (kept && judge) {
    for await (const _ of taskPieces(dataset, 'train', task, tokenizer, signal, judge));
    judge.finish();
  }
  const manifest = kept ?? (await encode(folder, dataset, task, tokenizer, signal, judge));
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((closePart) => closePart()));
  };
  const open = async (part: Part): Promise<TokenPart | null> => {
    const counts = manifest.parts[part];
    if (!counts) return null;
    if (counts.tokens > 0 && counts.trainedOn === 0) {
      throw noTrainedTokens(part === 'train' ? 'training' : 'held-out');
    }
    const opened = await openPart(folder, part, manifest.bytesPerToken, counts);
    closers.push(opened.close);
    return opened.tokens;
  };
  try {
    const { bytesPerToken } = manifest;
    const files = parts.flatMap((part) => {
      const counts = manifest.parts[part];
      return counts ? partFiles(part, bytesPerToken, counts) : [];
    });
    return {
      train: (await open('train'))!,
      validation: await open('validation'),
      bytesPerToken,
      files: files.map((file) => ({ ...file, path: join(folder, file.name) })),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function keyOf(dataset: DatasetText, taskData: TaskData, tokenizer: Tokenizer): Promise<string> {
  const { contentHash, kind, textColumn } = dataset;
  const { validationFraction, splitBy } = taskData.data;
  const key = [
    1,
    ...taskKey(taskData, tokenizer),
    contentHash,
    kind,
    textColumn,
    await tokenizerHash(tokenizer),
    validationFraction,
    splitBy,
    // Which token ends a row may stand outside the tokenizer's own file, and so outside its hash.
    ...(kind === 'table' ? [rowEndOf(tokenizer)] : []),
  ];
  return createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
}

/** What of a task decides its tokens. */
function taskKey({ task, data, labels, length }: TaskData, tokenizer: Tokenizer): unknown[] {
  const { inputColumn, targetColumn, chatTemplate, answersOnly } = data;
  switch (task) {
    case 'text':
      return [task];
    case 'translate':
    case 'seq2seq':
      return ['pairs', inputColumn, targetColumn];
    case 'classify':
      return [task, inputColumn, targetColumn, labels];
    case 'mask':
      return [task, inputColumn, length];
    case 'instruct':
    case 'chat':
      return ['chat', inputColumn, targetColumn, chatTemplate, tokenizer.chatTemplate, answersOnly];
    default:
      return task satisfies never;
  }
}

/** The manifest of a folder whose files are all there in their sizes, else null. */
async function readShardManifest(folder: string): Promise<ShardManifest | null> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as ShardManifest;
    if (manifest.schemaVersion !== schemaVersion) return null;
    for (const part of parts) {
      const counts = manifest.parts[part];
      if (counts && !(await isPartWhole(folder, part, manifest.bytesPerToken, counts))) return null;
    }
    return manifest;
  } catch {
    return null;
  }
}

async function encode(
  folder: string,
  dataset: DatasetText,
  task: TaskData,
  tokenizer: Tokenizer,
  signal: AbortSignal,
  judge: RowJudge | null,
): Promise<ShardManifest> {
  const staged = `${folder}.staged-${process.pid}`;
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true, mode: 0o700 });
  try {
    const bytesPerToken = tokenizer.vocabSize <= 0x10000 ? 2 : 4;
    const counts: Partial<Record<Part, PartCounts>> = {};
    for (const part of parts) {
      if (part === 'validation' && task.data.validationFraction === 0) continue;
      const heard = part === 'train' ? judge : null;
      const pieces = taskPieces(dataset, part, task, tokenizer, signal, heard);
      counts[part] = await writePart(staged, part, bytesPerToken, pieces);
      heard?.finish();
    }
    const manifest: ShardManifest = { schemaVersion, bytesPerToken, parts: counts };
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
