// What is inside the invented datasets: text and rows that can be told by their place, a preview that tests can
// change, and tokenizers that take a text letter by letter. Answers by call name.

import { StudioError } from '../../renderer/lib/failure.ts';
import type {
  CallInput,
  CallOutput,
  Dataset,
  EventData,
  EventName,
  ImportPreview,
  TokenizerRecord,
} from '../../preload/contract.ts';

/** A table of reviews as a preview shows it. */
export const reviewsPreview: ImportPreview = {
  files: [{ name: 'reviews.csv', format: 'csv', sizeBytes: 41_000 }],
  kind: 'table',
  columns: ['text', 'label'],
  textColumn: 'text',
  guess: 'reviews.csv: the first line names the columns',
  rows: [
    ['The room was cold.', 'bad'],
    ['The bread was warm.', 'good'],
  ],
  text: 'The room was cold.\nThe bread was warm.\n',
  rowCount: 600,
  characterCount: 35_260,
  duplicateCount: 3,
  troubles: [],
  isPartial: false,
  aligned: null,
};

export interface FakeContent {
  readonly answers: Record<string, (input: never) => unknown>;
  /** What the next files turn out to be. */
  preview: ImportPreview;
}

/** Line `index` of an invented text; every line has 20 characters with its end. */
export const inventedLine = (index: number): string => `line number ${String(index).padStart(7, '0')}\n`;
/** Row `index` of an invented table. */
export const inventedRow = (index: number): string[] => [`question ${index}`, `answer ${index}`];

/** The answers over datasets and tokenizers that are kept elsewhere. */
export function createFakeContent(
  datasets: ReadonlyMap<string, Dataset>,
  tokenizers: Map<string, TokenizerRecord>,
  put: (dataset: Dataset) => Dataset,
  emit: <N extends EventName>(name: N, data: EventData<N>) => void,
): FakeContent {
  const need = (datasetId: string): Dataset => {
    const dataset = datasets.get(datasetId);
    if (dataset) return dataset;
    throw new StudioError({ code: 'dataset-not-found', message: 'There is no such dataset.', hint: '' });
  };
  const content: FakeContent = {
    preview: reviewsPreview,
    answers: {
      'datasets.preview': () => content.preview,
      'datasets.import': ({ name, textColumn }: CallInput<'datasets.import'>) => {
        const { kind, columns, rowCount, characterCount, files } = content.preview;
        return put({
          id: `dataset-${datasets.size + 1}`,
          name: name ?? files[0]!.name,
          kind,
          columns: kind === 'text' ? ['text'] : columns,
          textColumn: textColumn ?? (content.preview.textColumn || 'text'),
          rowCount,
          characterCount,
          sizeBytes: characterCount,
          contentHash: 'beef',
          sourceName: files[0]!.name,
          createdAtMs: Date.now(),
        });
      },
      'datasets.read': ({ datasetId, offset, limit }: CallInput<'datasets.read'>) => {
        const { kind, rowCount, characterCount } = need(datasetId);
        if (kind === 'table') {
          const end = Math.min(rowCount, offset + limit);
          const rows = Array.from({ length: Math.max(0, end - offset) }, (_, i) => inventedRow(offset + i));
          return { text: rows.map(([, answer]) => answer).join('\n'), rows, total: rowCount };
        }
        const lineLength = inventedLine(0).length;
        const first = Math.floor(offset / lineLength);
        const count = Math.ceil(limit / lineLength) + 1;
        const lines = Array.from({ length: count }, (_, i) => inventedLine(first + i)).join('');
        const start = offset - first * lineLength;
        const end = Math.min(start + limit, characterCount - first * lineLength);
        return { text: lines.slice(start, end), rows: [], total: characterCount };
      },
      'datasets.statistics': ({ datasetId }: CallInput<'datasets.statistics'>) => {
        const { rowCount, characterCount } = need(datasetId);
        return {
          characterCount,
          wordCount: 15_370,
          lineCount: rowCount,
          rowCount,
          duplicateCount: 2,
          distinctCharacterCount: 58,
          tokenCount: characterCount,
          vocabSize: 59,
          bytesPerToken: 1,
          lengths: { unit: 'characters', edges: [0, 10, 20], counts: [rowCount - 40, 40] },
          topTokens: [
            { id: 3, text: '␣', count: 14_721 },
            { id: 7, text: 'e', count: 6_622 },
          ],
          isPartial: false,
        } satisfies CallOutput<'datasets.statistics'>;
      },
      'datasets.export': ({ datasetId, format }: CallInput<'datasets.export'>) => {
        need(datasetId);
        const file = `dataset.${format}`;
        return {
          path: `/home/exports/${file}`,
          files: [file],
          sizeBytes: 1_000,
          downloadId: `out-${format}`,
        };
      },
      'tokenizers.train': ({ datasetId, kind, vocabSize = 1_024 }: CallInput<'tokenizers.train'>) => {
        const made: TokenizerRecord = {
          id: `tokenizer-${tokenizers.size + 1}`,
          name: `${need(datasetId).name}, ${kind === 'characters' ? 'characters' : `BPE ${vocabSize}`}`,
          kind,
          vocabSize: kind === 'characters' ? 59 : vocabSize,
          bytesPerToken: kind === 'characters' ? 1 : 3.43,
          datasetId,
          hash: `hash-${kind}-${vocabSize}`,
          createdAtMs: Date.now(),
        };
        tokenizers.set(made.id, made);
        emit('tokenizer.updated', made);
        return made;
      },
      'tokenizers.encode': ({ text }: CallInput<'tokenizers.encode'>) => ({
        tokens: Array.from(text, (character) => ({
          id: character.codePointAt(0)!,
          text: character.replace(' ', '␣').replace('\n', '\\n'),
        })),
        vocabSize: 59,
      }),
    },
  };
  return content;
}
