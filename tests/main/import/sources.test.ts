// JSON files, folders and aligned texts: what becomes of them and why they are refused.

import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { importFiles, type ImportOptions } from '../../../main/import/import-files.ts';
import { JsonItems } from '../../../main/import/json-items.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
let folder: string;

beforeEach(() => {
  folder = temp.path('sources');
  mkdirSync(join(folder, 'datasets'), { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const importAll = (paths: string[], options: Partial<ImportOptions> = {}) =>
  importFiles({
    id: 'id',
    datasetsFolder: join(folder, 'datasets'),
    paths,
    onProgress: () => undefined,
    ...options,
  });

const written = (name: string): string => readFileSync(join(folder, 'datasets', 'id', name), 'utf8');
const rows = (): unknown[] =>
  written('rows.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('items of a JSON text', () => {
  const items = (text: string, pieceLength: number): string[] => {
    const found: string[] = [];
    const json = new JsonItems();
    for (let i = 0; i < text.length; i += pieceLength) {
      for (const item of json.push(text.slice(i, i + pieceLength))) found.push(item.text);
    }
    json.finish();
    return found;
  };

  it.each<[string, string, unknown[]]>([
    ['a list', '[{"a":1},{"b":[2,{"c":"]},"}]}]', [{ a: 1 }, { b: [2, { c: ']},' }] }]],
    ['an empty list', ' [ ] ', []],
    ['plain values', '[1, "two\\"", null,true , [3] ]', [1, 'two"', null, true, [3]]],
    ['data among others', '{"n":{"data":[9]},"data":[{"a":"\\\\"}],"z":"]"}', [{ a: '\\' }]],
    ['data with an escaped name', '{"d\\u0061ta":[1]}', [1]],
  ])('are found in %s, however it is cut', (_, text, expected) => {
    for (let length = 1; length <= text.length; length++) {
      expect(items(text, length).map((item) => JSON.parse(item) as unknown)).toEqual(expected);
    }
  });

  it.each([
    ['', /ends before/],
    ['[1,2', /ends before/],
    ['[1,]', /a value is missing/],
    ['[,1]', /a value is missing/],
    ['[1 2]', /"," or "\]"/],
    ['{"data":3}', /not a list/],
    ['{"rows":[1]}', /no list "data"/],
    ['"text"', /neither/],
    ['[1] x', /follows/],
    ['{data:[1]}', /name in quotes/],
  ])('are refused in %s', (text, message) => {
    expect(() => items(text, 3)).toThrow(message);
  });
});

describe('JSON', () => {
  it('is a list of objects, or one under "data"', async () => {
    await importAll([file('a.json', '[\n{"text":"One","n":1},\n{"text":"Two"}\n]')]);
    expect(rows()).toEqual([{ text: 'One', n: 1 }, { text: 'Two' }]);
    const dataset = await importAll([file('b.json', '\ufeff{"version":"1","data":[{"text":"Three"}]}')], {
      id: 'b',
    });
    expect(dataset).toMatchObject({ name: 'b', columns: ['text'], rowCount: 1, characterCount: 5 });
  });

  it.each([
    ['[{"text":"a"},\n\n{"text":}]', /a\.json line 3 is not JSON/],
    ['[\n"text"]', /line 2 holds "text"; an object was expected/],
    ['[{"text":"a"}', /line 1: it ends before its list does/],
    ['{"text":"a"}', /no list "data"/],
  ])('%s is refused by its line', async (text, message) => {
    await expect(importAll([file('a.json', text)])).rejects.toMatchObject({
      code: 'json-invalid',
      message: expect.stringMatching(message),
    });
    expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
  });

  it('keeps names that reach for prototypes as columns', async () => {
    const dataset = await importAll([file('a.json', '[{"__proto__":"x","text":"y","constructor":"z"}]')]);
    expect(dataset.columns).toEqual(['__proto__', 'text', 'constructor']);
    expect(written('rows.jsonl')).toBe('{"__proto__":"x","text":"y","constructor":"z"}\n');
    expect({}).not.toHaveProperty('x');
  });
});

describe('a folder', () => {
  it('stands for its files by name, without hidden ones and links that lead out', async () => {
    file('f/b.txt', 'two');
    file('f/a.md', 'one');
    file('f/c/d.txt', 'three');
    file('f/.hidden.txt', 'hidden');
    file('f/.git/e.txt', 'hidden');
    file('f/picture.png', 'no text');
    symlinkSync(file('outside.txt', 'outside'), join(folder, 'f', 'link.txt'));
    symlinkSync(folder, join(folder, 'f', 'up'));
    const dataset = await importAll([join(folder, 'f')]);
    expect(written('text.txt')).toBe('one\ntwo\nthree');
    expect(dataset).toMatchObject({ name: 'f', sourceName: 'a.md and 2 more' });
  });

  it('without such files is refused', async () => {
    file('f/picture.png', 'no text');
    await expect(importAll([join(folder, 'f')])).rejects.toMatchObject({
      code: 'folder-empty',
      message: expect.stringContaining(join(folder, 'f')),
    });
  });
});

describe('aligned texts', () => {
  it.each([
    ['train.en', 'train.de', ['en', 'de']],
    ['en.txt', 'de.txt', ['en', 'de']],
    ['train.en.txt', 'train.de.txt', ['en', 'de']],
    ['left/a.txt', 'right/a.txt', ['left', 'right']],
    ['news.source', 'talks.target', ['source', 'target']],
  ])('%s and %s are one table', async (one, other, columns) => {
    const paths = [file(one, 'A cat\n\nA dog\n'), file(other, 'Eine Katze\r\n\r\nEin Hund')];
    const dataset = await importAll(paths, { isAligned: true });
    expect(dataset).toMatchObject({
      kind: 'table',
      columns,
      textColumn: columns[0],
      rowCount: 3,
      characterCount: 10,
    });
    const [a, b] = columns as [string, string];
    expect(rows()).toEqual([
      { [a]: 'A cat', [b]: 'Eine Katze' },
      { [a]: '', [b]: '' },
      { [a]: 'A dog', [b]: 'Ein Hund' },
    ]);
  });

  it('are known by their names where nothing else can be meant', async () => {
    const paths = [file('train.en', 'A cat\n'), file('train.de', 'Eine Katze\n')];
    expect((await importAll(paths)).columns).toEqual(['en', 'de']);
    await expect(importAll(paths, { id: 'b', isAligned: false })).rejects.toMatchObject({
      code: 'file-kind-unknown',
    });
  });

  it('of different length are refused with both counts', async () => {
    const paths = [file('a.en', 'one\ntwo\nthree\n'), file('a.de', 'eins\nzwei\n')];
    await expect(importAll(paths, { isAligned: true })).rejects.toMatchObject({
      code: 'aligned-lines-differ',
      message: expect.stringMatching(/a\.en has 3 lines, but .*a\.de has 2 lines/),
    });
    expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
  });

  it('are two', async () => {
    await expect(importAll([file('a.en', 'one')], { isAligned: true })).rejects.toMatchObject({
      code: 'aligned-not-two',
    });
  });
});

describe('a cancelled import', () => {
  it.each([
    ['a text', 'a.txt', 'words and words\n'],
    ['a table in one endless line', 'a.jsonl', 'words and words '],
    ['a table', 'a.jsonl', '{"text":"words and words"}\n'],
  ])('of %s leaves nothing', async (_, name, content) => {
    const path = file(name, content.repeat(300_000));
    const abort = new AbortController();
    const heard: number[] = [];
    const onProgress = (_title: string, value: number | null): void => {
      heard.push(value ?? 0);
      if (value !== null && value > 0.3) abort.abort(new Error('cancelled by the test'));
    };
    await expect(importAll([path], { onProgress, signal: abort.signal })).rejects.toThrow(
      'cancelled by the test',
    );
    expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
    expect(Math.max(...heard)).toBeLessThan(1);
  });
});
