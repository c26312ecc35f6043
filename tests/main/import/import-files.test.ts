// Importing: what becomes of files of each kind, and the errors that say which file and line is wrong.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { importFiles } from '../../../main/import/import-files.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
let folder: string;
let said: string[];

beforeEach(() => {
  folder = temp.path('import');
  mkdirSync(join(folder, 'datasets'), { recursive: true });
  said = [];
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const importAll = (
  paths: string[],
  options: { textColumn?: string; hasHeader?: boolean; name?: string } = {},
) =>
  importFiles({
    id: 'id',
    datasetsFolder: join(folder, 'datasets'),
    paths,
    ...options,
    onProgress: (title, value) => value === null && said.push(title),
  });

const written = (name: string): string => readFileSync(join(folder, 'datasets', 'id', name), 'utf8');
const rows = (): unknown[] =>
  written('rows.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a text', () => {
  it('is kept with its counts and the hash of its content', async () => {
    const dataset = await importAll([file('story.md', '\ufeffAé😀\r\nend')]);
    expect(written('text.txt')).toBe('Aé😀\nend');
    expect(dataset).toMatchObject({
      name: 'story',
      kind: 'text',
      columns: [],
      rowCount: 2,
      characterCount: 7,
      sizeBytes: 11,
      sourceName: 'story.md',
      contentHash: createHash('sha256').update('Aé😀\nend').digest('hex'),
    });
  });

  it('of several files is joined line by line', async () => {
    const dataset = await importAll([file('a.txt', 'one'), file('b.txt', 'two\n'), file('c.txt', 'three')]);
    expect(written('text.txt')).toBe('one\ntwo\nthree');
    expect(dataset).toMatchObject({ rowCount: 3, sourceName: 'a.txt and 2 more' });
  });
});

describe('a table', () => {
  it('of JSON lines keeps its values', async () => {
    const path = file('t.jsonl', '{"text":"One","n":1}\n\n{"text":"Two","tags":["a"]}');
    const dataset = await importAll([path]);
    expect(rows()).toEqual([
      { text: 'One', n: 1 },
      { text: 'Two', tags: ['a'] },
    ]);
    expect(dataset).toMatchObject({
      kind: 'table',
      columns: ['text', 'n', 'tags'],
      textColumn: 'text',
      rowCount: 2,
    });
    expect(dataset.characterCount).toBe(6);
  });

  it('of conversations alone has them as its text', async () => {
    const messages = [
      { role: 'user', content: 'warp?' },
      { role: 'assistant', content: 'weft' },
    ];
    const dataset = await importAll([file('talk.jsonl', `${JSON.stringify({ messages })}\n`)]);
    expect(dataset).toMatchObject({ columns: ['messages'], textColumn: 'messages', rowCount: 1 });
    expect(dataset.characterCount).toBe(JSON.stringify(messages).length);
    expect(rows()).toEqual([{ messages }]);
  });

  it('with commas has quotes, separators and line ends in its cells', async () => {
    const dataset = await importAll([file('t.csv', 'label,story\n1,"He said ""no"", and\nleft"\n0,Plain\n')]);
    expect(rows()).toEqual([
      { label: '1', story: 'He said "no", and\nleft' },
      { label: '0', story: 'Plain' },
    ]);
    expect(dataset).toMatchObject({ columns: ['label', 'story'], textColumn: 'story', rowCount: 2 });
    expect(said).toEqual([
      't.csv: the first line names the columns (label, story)',
      'The text is taken from the column "story"',
    ]);
  });

  it('with tabs takes quotes as they are', async () => {
    await importAll([file('t.tsv', 'sentence\tlabel\nso "good\t1\n')]);
    expect(rows()).toEqual([{ sentence: 'so "good', label: '1' }]);
  });

  it('without names has numbered columns', async () => {
    await importAll([file('t.tsv', 'a long sentence of words\t1\nanother sentence here\t0\n')]);
    expect(rows()[0]).toEqual({ column1: 'a long sentence of words', column2: '1' });
    expect(said[0]).toBe('t.tsv: no line of names, so the columns are column1, column2');
  });

  it('is read as it is told', async () => {
    const path = file('t.csv', 'text,label\nx,y\n');
    await importAll([path], { hasHeader: false, textColumn: 'column2' });
    expect(rows()).toEqual([
      { column1: 'text', column2: 'label' },
      { column1: 'x', column2: 'y' },
    ]);
    expect(said).toEqual([]);
  });
});

describe('what cannot be imported is refused by name', () => {
  const cases: [string, string, string | Uint8Array, string, RegExp][] = [
    ['an empty file', 'a.txt', '', 'dataset-empty', /a\.txt/],
    ['white space alone', 'a.txt', ' \n\t\n', 'dataset-empty', /a\.txt/],
    ['a table of names alone', 'a.csv', '', 'dataset-empty', /a\.csv/],
    ['another kind of file', 'a.docx', 'x', 'file-kind-unknown', /"\.docx".*\.txt, \.md, \.jsonl/],
    ['a broken line', 'a.jsonl', '{"text":"x"}\n{"text":', 'jsonl-invalid', /a\.jsonl line 2 is not JSON/],
    ['a line that is a list', 'a.jsonl', '["x"]', 'jsonl-invalid', /line 1 holds a list/],
    [
      'a row with too many cells',
      'a.csv',
      'a,text\n1,b\n1,b,c\n',
      'table-row-invalid',
      /a\.csv line 3 has 3 cells/,
    ],
    ['a quote that never ends', 'a.csv', 'a,text\n1,"b\n', 'table-row-invalid', /a\.csv line/],
    ['a column named twice', 'a.csv', 'text,text\n1,2\n', 'table-columns-invalid', /column1|"text" twice/],
    ['numbers alone', 'a.jsonl', '{"n":1}\n', 'table-no-text', /has n/],
    ['a cell that is no text', 'a.jsonl', '{"text":"x"}\n{"text":3}\n', 'table-cell-not-text', /row 2 has 3/],
    ['bytes that are no text', 'a.csv', Buffer.from([0x61, 0x2c, 0xff]), 'text-not-utf8', /byte 2/],
  ];
  it.each(cases)('%s', async (_, name, content, code, message) => {
    const options = name === 'a.csv' && code === 'table-columns-invalid' ? { hasHeader: true } : {};
    await expect(importAll([file(name, content)], options)).rejects.toEqual(
      expect.objectContaining({
        code,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(/\w/),
      }),
    );
    expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
  });

  it('a column that is not there', async () => {
    const path = file('a.csv', 'text,label\nx,1\n');
    await expect(importAll([path], { textColumn: 'story' })).rejects.toMatchObject({
      code: 'table-column-unknown',
    });
  });

  it('texts and tables together', async () => {
    const paths = [file('a.txt', 'x'), file('b.jsonl', '{"text":"x"}')];
    await expect(importAll(paths)).rejects.toMatchObject({ code: 'import-mixed' });
  });

  it('files that are not there, folders and pipes', async () => {
    await expect(importAll([join(folder, 'none.txt')])).rejects.toMatchObject({ code: 'file-not-found' });
    mkdirSync(join(folder, 'folder.txt'));
    await expect(importAll([join(folder, 'folder.txt')])).rejects.toMatchObject({ code: 'folder-empty' });
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(folder, 'pipe.txt')]);
    await expect(importAll([join(folder, 'pipe.txt')])).rejects.toMatchObject({ code: 'file-not-regular' });
  });
});
