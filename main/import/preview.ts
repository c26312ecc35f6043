// What files would become, before anything is imported: reads a bounded part of them and writes nothing.
// Where an import would refuse a line, a preview names it and goes on.

import type { EngineError } from '../../engine/index.ts';
import type { ImportPreview } from '../../preload/contract.ts';
import { firstPart, type FirstPart } from './first-part.ts';
import { findFiles } from './find-files.ts';
import { inputFile } from './input-file.ts';
import type { ImportKind, ReadOptions, TableKind } from './kind.ts';
import { TablePreview, TextPreview } from './preview-content.ts';
import { readingOf } from './reading.ts';
import { Turns } from './turns.ts';

export interface PreviewOptions {
  readonly paths: readonly string[];
  readonly textColumn?: string;
  readonly hasHeader?: boolean;
  readonly isAligned?: boolean;
  /** Hears the share done. */
  readonly onProgress?: (title: string, value: number) => void;
  readonly signal?: AbortSignal;
}

const mostBytes = 32 * 1024 * 1024;
const mostRows = 50_000;
const mostTroubles = 100;

/** Looks at files; throws what is wrong with their names and kinds, and reports what is wrong in them. */
export async function previewFiles(options: PreviewOptions): Promise<ImportPreview> {
  const found = await findFiles(options.paths);
  const files: FirstPart[] = [];
  let left = mostBytes;
  let doneBytes = 0;
  const onBytes = (count: number): void => {
    options.signal?.throwIfAborted();
    doneBytes += count;
    options.onProgress?.('Reading', Math.min(1, doneBytes / Math.max(1, mostBytes - left)));
  };
  const share = Math.ceil(mostBytes / found.length);
  for (const { path, isFound } of found) {
    const file = await inputFile(path, onBytes, isFound);
    // Two aligned files get half each; of many others the first ones are read further.
    const part = Math.max(found.length === 2 ? share : left, 0);
    left -= Math.min(part, file.sizeBytes);
    files.push(firstPart(file, part));
  }
  const { alignment, kinds, textColumn } = readingOf(files, options);
  const troubles = new Troubles(files);
  const guesses: string[] = [];
  const readOptions = {
    hasHeader: options.hasHeader,
    mostRows,
    onGuess: (guess: string) => guesses.push(guess),
  };
  const isTable = kinds[0]!.dataset === 'table';
  const content = isTable
    ? await readTables(files, kinds as TableKind[], { ...options, textColumn }, readOptions, troubles)
    : await readTexts(files, kinds, readOptions, troubles);
  const isPartial = content.isPartial || files.some((file) => file.isCut());
  const lineCounts = alignment?.lineCounts ?? (content.lineCounts.length === 2 ? content.lineCounts : null);
  const { preview } = content;
  return {
    files: files.map(({ name, extension, sizeBytes }) => ({ name, format: extension.slice(1), sizeBytes })),
    kind: isTable ? 'table' : 'text',
    columns: preview.columns,
    textColumn: preview.textColumn,
    guess: [...guesses, ...preview.guesses(alignment?.columns)].join('; '),
    rows: preview.rows,
    text: preview.text,
    rowCount: preview.rowCount,
    characterCount: preview.characterCount,
    duplicateCount: preview.duplicateCount,
    troubles: troubles.list,
    isPartial,
    aligned: lineCounts && {
      lineCounts: [...lineCounts],
      isPossible: isPartial || lineCounts[0] === lineCounts[1],
    },
  };
}

type Reading = Pick<ReadOptions, 'hasHeader' | 'mostRows' | 'onGuess'>;

async function readTexts(
  files: readonly FirstPart[],
  kinds: readonly ImportKind[],
  reading: Reading,
  troubles: Troubles,
): Promise<{ preview: TextPreview; isPartial: boolean; lineCounts: number[] }> {
  const preview = new TextPreview();
  const lineCounts: number[] = [];
  for (const [i, file] of files.entries()) {
    const kind = kinds[i]!;
    const before = preview.rowCount;
    if (kind.dataset !== 'text') continue;
    for await (const text of kind.read(file, { ...reading, onTrouble: troubles.of(file) })) preview.add(text);
    preview.endFile();
    lineCounts.push(preview.rowCount - before);
  }
  return { preview, isPartial: false, lineCounts };
}

async function readTables(
  files: readonly FirstPart[],
  kinds: readonly TableKind[],
  { textColumn, signal }: PreviewOptions,
  reading: Reading,
  troubles: Troubles,
): Promise<{ preview: TablePreview; isPartial: boolean; lineCounts: number[] }> {
  const preview = new TablePreview(textColumn);
  const turns = new Turns();
  let isPartial = false;
  for (const [i, kind] of kinds.entries()) {
    const file = files[i]!;
    const onTrouble = troubles.of(file);
    const left = mostRows - preview.rowCount;
    if (left <= 0) {
      isPartial = true;
      break;
    }
    let number = 0;
    for await (const row of kind.read(file, { ...reading, mostRows: left, onTrouble })) {
      if (turns.isDue) await turns.give();
      signal?.throwIfAborted();
      preview.add(row, `${file.path} row ${++number}`, onTrouble);
      // A file of a row more than is read is not told from one that ends here: the counts are right for both.
      if (preview.rowCount >= mostRows) {
        isPartial = true;
        break;
      }
    }
  }
  preview.finish(troubles.of(files[0]!));
  return { preview, isPartial, lineCounts: [] };
}

/** Keeps the first troubles of all files. */
class Troubles {
  readonly list: ImportPreview['troubles'] = [];
  private readonly files: readonly FirstPart[];

  constructor(files: readonly FirstPart[]) {
    this.files = files;
  }

  of(file: FirstPart): ReadOptions['onTrouble'] {
    return (error: EngineError, line: number | null) => {
      // That a list or a quote is not closed, or that texts differ in length, comes from where reading stopped.
      const isOfTheCut =
        this.files.some((one) => one.isCut()) && (error.cause !== undefined || line === null);
      if (!isOfTheCut && this.list.length < mostTroubles) {
        this.list.push({ file: file.name, line, message: error.message });
      }
      return this.list.length < mostTroubles;
    };
  }
}
