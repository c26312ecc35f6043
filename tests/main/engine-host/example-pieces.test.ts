// Rows of a table as examples: every row whatever it holds, and texts of any length.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataFields, defaultsOf, trainCharacters, type Tokenizer } from '../../../engine/index.ts';
import { datasetRows } from '../../../main/engine-host/dataset-rows.ts';
import type { DatasetText } from '../../../main/engine-host/messages.ts';
import type { TaskData } from '../../../main/engine-host/task-data.ts';
import { taskPieces } from '../../../main/engine-host/token-pieces.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const { signal } = new AbortController();
/** What no argument list of a function holds. */
const longLength = 300_000;

function table(rows: readonly object[]): DatasetText {
  const folder = temp.path('dataset');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const rest = { kind: 'table', textColumn: 'a', contentHash: 'h', characterCount: 1 } as const;
  return { folder, ...rest, rowCount: rows.length };
}

const task = (name: TaskData['task'], labels: string[] = []): TaskData => ({
  task: name,
  data: { ...defaultsOf(dataFields), inputColumn: 'a', targetColumn: 'b' },
  labels,
  length: 64,
});

function tokenizerWith(specialTokens: string[]): Promise<Tokenizer> {
  const text = (async function* () {
    yield 'abc';
  })();
  return trainCharacters(text, { specialTokens, unknownToken: null });
}

it('a row may hold what some call the end of a line', async () => {
  const rows = [{ a: 'one\u2028two' }, { a: 'three\u2029\r four' }];
  const found: unknown[] = [];
  for await (const { row } of datasetRows(table(rows), 'all', defaultsOf(dataFields))) found.push(row);
  expect(found).toEqual(rows);
});

it.each([
  { name: 'translate', special: ['<|endoftext|>'], tokens: [longLength + 1, 3] },
  { name: 'classify', special: ['[CLS]', '[SEP]'], tokens: [longLength + 2, 1] },
  { name: 'mask', special: ['[CLS]', '[SEP]'], tokens: [longLength + 2] },
] as const)('$name takes a text of any length', async ({ name, special, tokens }) => {
  const dataset = table([{ a: 'ab'.repeat(longLength / 2), b: 'bc' }]);
  const tokenizer = await tokenizerWith([...special]);
  const counts: number[] = [];
  for await (const { ids } of taskPieces(dataset, 'all', task(name, ['bc']), tokenizer, signal)) {
    counts.push(ids.length);
  }
  expect(counts).toEqual(tokens);
});
