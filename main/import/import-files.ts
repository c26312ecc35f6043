// Turns files into one dataset folder: text.txt for texts, rows.jsonl for tables. The folder is written
// beside its place and renamed when it is whole; a refused or cancelled import leaves nothing behind.

import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import type { Dataset, Split } from '../../preload/contract.ts';
import { syncFolder } from '../studio/durable-file.ts';
import { DatasetWriter } from './dataset-writer.ts';
import { findFiles, nameOfSources } from './find-files.ts';
import { inputFile, type InputFile } from './input-file.ts';
import { throwTrouble, type ImportKind, type TableKind } from './kind.ts';
import { readingOf } from './reading.ts';
import { writeTable } from './write-table.ts';

/** Names of the file that a dataset folder holds. */
export const datasetFiles = { text: 'text.txt', table: 'rows.jsonl' } as const;

export interface ImportOptions {
  readonly id: string;
  readonly datasetsFolder: string;
  /** Files and folders. */
  readonly paths: readonly string[];
  readonly name?: string;
  readonly textColumn?: string;
  readonly hasHeader?: boolean;
  /** Two texts whose lines belong together. */
  readonly isAligned?: boolean;
  readonly split?: Split;
  /** What the dataset says it is from; the names of its files otherwise. */
  readonly sourceName?: string;
  /** Hears what is going on, in words, and the share done. */
  readonly onProgress: (title: string, value: number | null) => void;
  readonly signal?: AbortSignal;
}

/** Imports files of one sort (texts, or tables with the same columns); throws by file, line or byte. */
export async function importFiles(options: ImportOptions): Promise<Dataset> {
  const progress = new ImportProgress(options);
  const found = await findFiles(options.paths);
  const files: InputFile[] = [];
  for (const { path, isFound } of found) {
    options.signal?.throwIfAborted();
    files.push(await inputFile(path, (count) => progress.add(count), isFound));
  }
  progress.totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const { kinds, textColumn } = readingOf(files, options);
  const kind = kinds[0]!.dataset;
  const staged = join(options.datasetsFolder, `.staged-${options.id}`);
  await mkdir(staged, { recursive: true, mode: 0o700 });
  try {
    const writer = await DatasetWriter.create(join(staged, datasetFiles[kind]));
    let content;
    try {
      content = await writeContent(files, kinds, writer, { ...options, textColumn });
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    const contentHash = await writer.finish();
    requireText(writer, files);
    await syncFolder(staged);
    await rename(staged, join(options.datasetsFolder, options.id));
    await syncFolder(options.datasetsFolder);
    return {
      id: options.id,
      name: options.name?.trim() || nameOfSources(options.paths, found),
      kind,
      ...content,
      rowCount: writer.lineCount,
      characterCount: kind === 'text' ? writer.characterCount : content.characterCount,
      sizeBytes: writer.sizeBytes,
      contentHash,
      sourceName: options.sourceName ?? sourceNameOf(files),
      ...(options.split && { split: options.split }),
      createdAtMs: Date.now(),
    };
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw error;
  }
}

interface Content {
  columns: string[];
  textColumn: string;
  characterCount: number;
}

async function writeContent(
  files: readonly InputFile[],
  kinds: readonly ImportKind[],
  writer: DatasetWriter,
  options: ImportOptions,
): Promise<Content> {
  const tables = kinds.filter((kind): kind is TableKind => kind.dataset === 'table');
  if (tables.length > 0) return writeTable(files.slice(0, tables.length), tables, writer, options);
  const { hasHeader, signal } = options;
  for (const [i, file] of files.entries()) {
    const kind = kinds[i]!;
    // Texts follow each other line by line: the last line of one does not run into the next.
    if (writer.isWithinLine) await writer.write('\n');
    if (kind.dataset !== 'text') continue;
    for await (const text of kind.read(file, {
      hasHeader,
      onGuess: () => undefined,
      onTrouble: throwTrouble,
    })) {
      signal?.throwIfAborted();
      await writer.write(text);
    }
  }
  return { columns: [], textColumn: '', characterCount: 0 };
}

function sourceNameOf([first, ...others]: readonly InputFile[]): string {
  return others.length === 0 ? first!.name : `${first!.name} and ${others.length} more`;
}

function requireText(writer: DatasetWriter, files: readonly InputFile[]): void {
  if (writer.hasText) return;
  const names = files.map(({ path }) => path).join(', ');
  throw new EngineError('dataset-empty', `There is no text in ${names}.`, {
    hint: 'Choose a file that holds text.',
  });
}

class ImportProgress {
  totalBytes = 0;
  private doneBytes = 0;
  private lastShown = -1;
  private readonly title: string;
  private readonly onProgress: ImportOptions['onProgress'];
  private readonly signal: AbortSignal | undefined;

  constructor({ paths, onProgress, signal }: ImportOptions) {
    this.title = paths.length === 1 ? `Importing ${basename(paths[0]!)}` : `Importing ${paths.length} files`;
    this.onProgress = onProgress;
    this.signal = signal;
  }

  /** Bytes were read; throws when the import was cancelled, however long a line or a file without rows is. */
  add(count: number): void {
    this.signal?.throwIfAborted();
    this.doneBytes += count;
    const value = Math.min(1, this.doneBytes / Math.max(1, this.totalBytes));
    if (value - this.lastShown < 0.01) return;
    this.lastShown = value;
    this.onProgress(this.title, value);
  }
}
