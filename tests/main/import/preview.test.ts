// Previews: what they say files would become, what they find wrong and where, and that they write nothing.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { importPreviewSchema } from '../../../preload/contract.ts';
import { importFiles } from '../../../main/import/import-files.ts';
import { previewFiles, type PreviewOptions } from '../../../main/import/preview.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
let folder: string;

beforeEach(() => {
  folder = temp.path('preview');
  mkdirSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A preview that the contract allows, and after which the folder is as it was. */
async function preview(paths: string[], options: Partial<PreviewOptions> = {}) {
  const before = readdirSync(folder);
  const found = await previewFiles({ paths, ...options });
  expect(readdirSync(folder)).toEqual(before);
  return importPreviewSchema.parse(found);
}

const places = (troubles: readonly { file: string; line: number | null }[]) =>
  troubles.map(({ file: name, line }) => `${name}:${line}`);

describe('a text', () => {
  it('shows its lines, counts and copies', async () => {
    const text = 'The weaver sang all day.\nshort\nshort\nThe weaver sang all day.\n\nüÜ😀';
    const found = await preview([file('a.txt', text)]);
    expect(found).toMatchObject({
      files: [{ name: 'a.txt', format: 'txt' }],
      kind: 'text',
      columns: [],
      text,
      rowCount: 6,
      characterCount: [...text].length,
      duplicateCount: 1,
      troubles: [],
      isPartial: false,
      aligned: null,
    });
    expect(found.rows).toEqual(text.split('\n').map((line) => [line]));
  });

  it('of two files counts as the import does, and says whether their lines could belong together', async () => {
    const paths = [file('a.txt', 'one\ntwo'), file('b.txt', 'eins\nzwei\ndrei\n')];
    const found = await preview(paths);
    expect(found).toMatchObject({
      text: 'one\ntwo\neins\nzwei\ndrei\n',
      aligned: { lineCounts: [2, 3], isPossible: false },
    });
    mkdirSync(join(folder, 'datasets'));
    const dataset = await importFiles({
      id: 'i',
      datasetsFolder: join(folder, 'datasets'),
      paths,
      onProgress: () => undefined,
    });
    expect(found).toMatchObject({ rowCount: dataset.rowCount, characterCount: dataset.characterCount });
  });

  it('names the lines that are not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('good\n'),
      Buffer.from([0x63, 0x61, 0x66, 0xe9]),
      Buffer.from('\ngood\nna'),
      Buffer.from([0xef, 0x76, 0x65]),
      Buffer.from('\nn\u0000l'),
    ]);
    const found = await preview([file('latin.txt', bytes)]);
    expect(places(found.troubles)).toEqual(['latin.txt:2', 'latin.txt:4', 'latin.txt:5']);
    expect(found.troubles[0]!.message).toContain('byte 8');
    expect(found.rows[1]).toEqual(['caf\ufffd']);
  });

  it('in UTF-16 is named as such', async () => {
    const found = await preview([file('a.txt', Buffer.from('\ufeffhello', 'utf16le'))]);
    expect(found.troubles).toEqual([{ file: 'a.txt', line: 1, message: expect.stringContaining('UTF-16') }]);
  });

  it('that is large is read in part', async () => {
    const line = `${'wool '.repeat(20)}\n`;
    const found = await preview([file('a.txt', line.repeat(350_000))]);
    expect(found.isPartial).toBe(true);
    expect(found.rowCount).toBe(Math.floor((32 * 1024 * 1024) / line.length));
    expect(found.characterCount).toBe(found.rowCount * line.length);
    expect(found).toMatchObject({ duplicateCount: found.rowCount - 1, troubles: [] });
    expect(found.text.length).toBeLessThanOrEqual(20_000);
    expect(found.rows).toHaveLength(200);
  });
});

describe('a table', () => {
  it('names ragged rows and goes on', async () => {
    const found = await preview([
      file('t.csv', 'text,label\nA cat,1\nA dog\nA cow,1,2\n"two\nlines",3\nA cat,1\n'),
    ]);
    expect(places(found.troubles)).toEqual(['t.csv:3', 't.csv:4']);
    expect(found).toMatchObject({
      kind: 'table',
      columns: ['text', 'label'],
      textColumn: 'text',
      guess:
        't.csv: the first line names the columns (text, label); the text is taken from the column "text"',
      rowCount: 3,
      duplicateCount: 1,
      text: 'A cat\ntwo\nlines\nA cat\n',
    });
    expect(found.rows).toEqual([
      ['A cat', '1'],
      ['two\nlines', '3'],
      ['A cat', '1'],
    ]);
  });

  it('names lines that are not JSON, and cells that are no text', async () => {
    const found = await preview([file('t.jsonl', '{"text":"a"}\n{"text":\n[1]\n{"text":4}\n{"text":"e"}\n')]);
    expect(places(found.troubles)).toEqual(['t.jsonl:2', 't.jsonl:3', 't.jsonl:null']);
    expect(found.troubles[2]!.message).toMatch(/row 2 has 4 in the column "text"/);
    expect(found).toMatchObject({ rowCount: 3, text: 'a\ne\n' });
  });

  it('without text says so', async () => {
    const found = await preview([file('t.jsonl', '{"n":1}\n')]);
    expect(found).toMatchObject({
      textColumn: '',
      troubles: [{ message: expect.stringContaining('the columns are n') }],
    });
    const other = await preview([file('u.jsonl', '{"a":"x"}\n')], { textColumn: 'b' });
    expect(other).toMatchObject({
      textColumn: '',
      troubles: [{ message: expect.stringContaining('no column "b"') }],
    });
  });

  it('keeps hostile text as text and cuts long cells', async () => {
    const cell = `<img src=x onerror=alert(1)>\u001b[31m${'x'.repeat(5_000)}`;
    const found = await preview([file('t.json', JSON.stringify([{ text: cell }]))]);
    expect(found.rows[0]).toEqual([cell.slice(0, 2_000)]);
  });

  it.each([
    [
      't.json',
      (rows: number) =>
        `[${Array.from({ length: rows }, (_, i) => `{"text":"${'w'.repeat(900)}${i}"}`).join(',\n')}]`,
    ],
    [
      't.csv',
      (rows: number) =>
        `text,n\n${Array.from({ length: rows }, (_, i) => `"${'w'.repeat(900)}\n${i}",${i}`).join('\n')}\n`,
    ],
  ])('%s that is large is read in part without trouble from where reading stops', async (name, content) => {
    const found = await preview([file(name, content(45_000))]);
    expect(found).toMatchObject({ isPartial: true, troubles: [], duplicateCount: 0 });
    expect(found.rowCount).toBeGreaterThan(34_000);
  });
});

describe('aligned texts', () => {
  it('show both columns', async () => {
    const found = await preview([file('t.en', 'one\ntwo\n'), file('t.de', 'eins\nzwei\n')]);
    expect(found).toMatchObject({
      kind: 'table',
      columns: ['en', 'de'],
      textColumn: 'en',
      rows: [
        ['one', 'eins'],
        ['two', 'zwei'],
      ],
      aligned: { lineCounts: [2, 2], isPossible: true },
    });
  });

  it('of different length say why not', async () => {
    const found = await preview([file('a.txt', 'one\ntwo\n'), file('b.txt', 'eins')], { isAligned: true });
    expect(found.aligned).toEqual({ lineCounts: [2, 1], isPossible: false });
    expect(found.troubles[0]!.message).toMatch(/a\.txt has 2 lines, but .*b\.txt has 1 line/);
  });
});

it('more troubles than are shown do not take long to find', async () => {
  const found = await preview([file('noise.txt', Buffer.alloc(20 << 20, '\u00ff\n', 'latin1'))]);
  expect(found.troubles).toHaveLength(100);
});
