// How long the examples of a dataset are in tokens, before it is cut into any: a few hundred rows from all over the
// file, laid out for the task, and a guess at the pieces that a tokenizer would learn from them.

import { join } from 'node:path';
import {
  chatTextRenderer,
  checkSettings,
  EngineError,
  guessConversationForm,
  isChatTask,
  isPairTask,
  readConversation,
  scratchChatTemplate,
  type DataConfig,
  type RunSettings,
} from '../../engine/index.ts';
import type { Dataset } from '../../preload/contract.ts';
import { FileSource } from '../engine-host/file-source.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { cellText } from '../import/cell-text.ts';
import { datasetFiles } from '../import/import-files.ts';
import type { Row } from '../import/kind.ts';
import { withColumns } from './dataset-columns.ts';

/** The tokens of the longer side of each sampled example, ends and frames included. */
export type ExampleLengths = readonly number[];

const places = 8;
const bytesPerPlace = 1 << 15;
const mostKept = 8;
/** An end behind each side, or a frame around a text. */
const framed = 2;

export class SampledLengths {
  /** By what decides them, the last used last: settings are typed letter by letter, few of them about the data. */
  private readonly known = new Map<string, ExampleLengths>();

  /** Null for what has no examples of its own, as a text that is cut into windows, and where columns do not fit. */
  async of(given: unknown, dataset: Dataset, text: DatasetText): Promise<ExampleLengths | null> {
    const { settings } = checkSettings(given);
    if (!settings || settings.task === 'text' || text.kind === 'text') return null;
    const { columns, textColumn } = dataset;
    const key = JSON.stringify([text.contentHash, columns, textColumn, settings.task, settings.data]);
    const lengths = this.known.get(key) ?? (await sampledLengths(settings, dataset, text));
    if (lengths === null) return null;
    this.known.delete(key);
    this.known.set(key, lengths);
    if (this.known.size > mostKept) this.known.delete(this.known.keys().next().value!);
    return lengths;
  }
}

async function sampledLengths(
  settings: RunSettings,
  { kind, columns, textColumn }: Dataset,
  text: DatasetText,
): Promise<ExampleLengths | null> {
  // What cannot be read is said when it is looked at or trained on.
  const rows = await sampleRows(text).catch(() => []);
  if (rows.length === 0) return null;
  try {
    const given = { kind, columns, rows, textColumn };
    const texts = textsOf(withColumns(settings, given), rows, columns);
    const written = texts.flat().filter((one) => one !== '');
    const count = pieceCounter(written, settings.data);
    return texts.map((sides) => Math.max(...sides.map(count)) + framed);
  } catch (error) {
    // What is wrong with the columns is said elsewhere.
    if (error instanceof EngineError) return null;
    throw error;
  }
}

/** The texts of each example that are read or written together. */
function textsOf(
  { task, data }: RunSettings,
  rows: readonly Row[],
  columns: readonly string[],
): readonly (readonly string[])[] {
  if (!isChatTask(task)) {
    const sides = isPairTask(task) ? [data.inputColumn, data.targetColumn] : [data.inputColumn];
    return rows.map((row) => sides.map((column) => cellText(row, column)));
  }
  const { source } = guessConversationForm([...columns], [...rows], data);
  if (!source) return [];
  const { text, bosToken, eosToken } = scratchChatTemplate(data.chatTemplate);
  const render = chatTextRenderer(text, { bosToken, eosToken });
  return rows.flatMap((row) => {
    try {
      return [[render(readConversation(row, source))]];
    } catch (error) {
      if (error instanceof EngineError) return [];
      throw error;
    }
  });
}

/** Words with the space before them, numbers, signs and space, roughly as byte-level tokenizers cut first. */
const wordPattern = / ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+/gu;
/** Of the pieces beyond the bytes this part are whole words; the rest are parts of words. */
const wholeWordPart = 0.6;
const bytePieces = 257;
const charactersOfPart = 3.5;

/** Counts tokens: the most frequent words are one each, others fall into parts; characters are one each. */
export function pieceCounter(
  texts: readonly string[],
  { tokenizer, tokenizerVocabSize }: Pick<DataConfig, 'tokenizer' | 'tokenizerVocabSize'>,
): (text: string) => number {
  if (tokenizer === 'characters') return (text) => [...text].length;
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.matchAll(wordPattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const known = Math.max(0, Math.round(wholeWordPart * (tokenizerVocabSize - bytePieces)));
  const whole = new Set(
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, known)
      .map(([word]) => word),
  );
  return (text) => {
    let count = 0;
    for (const [word] of text.matchAll(wordPattern))
      count += whole.has(word) ? 1 : Math.max(1, Math.ceil(word.length / charactersOfPart));
    return count;
  };
}

/** Rows from places spread over the file; of a small file all of them. */
async function sampleRows({ folder, kind }: DatasetText): Promise<Row[]> {
  const file = await FileSource.open(join(folder, datasetFiles[kind]));
  try {
    const isWhole = file.sizeBytes <= places * bytesPerPlace;
    const starts = isWhole
      ? [0]
      : Array.from({ length: places }, (_, i) =>
          Math.floor((i * (file.sizeBytes - bytesPerPlace)) / (places - 1)),
        );
    const rows: Row[] = [];
    for (const start of starts) {
      const bytes = await file.read(start, isWhole ? file.sizeBytes : bytesPerPlace);
      const lines = new TextDecoder().decode(bytes).split('\n');
      // A place may begin and end within a row.
      if (start > 0) lines.shift();
      if (start + bytes.length < file.sizeBytes) lines.pop();
      for (const line of lines) if (line !== '') rows.push(JSON.parse(line) as Row);
    }
    return rows;
  } finally {
    await file.close();
  }
}
