// The calls of datasets on a whole studio: what they answer, announce, refuse and leave on disk.

import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../main/store/store.ts';
import { openStudio } from '../../../main/studio/studio.ts';
import { newRun } from '../store/records.ts';
import { tempFolder } from '../temp-folder.ts';
import { hostileName, studioWithFiles } from './studio-with-files.ts';

const { home, call, listen, said, progressOf, onDisk, file, importText } = studioWithFiles();
const { path } = tempFolder();

/** Cancels an operation as soon as its progress is heard. */
const cancelWhenHeard = (operationId: string): (() => void) =>
  listen('progress', (data) => {
    if (data.operationId === operationId) void call('operations.cancel', { operationId });
  });

describe('an import', () => {
  it('tells its progress by the name of its operation, and announces the dataset', async () => {
    const dataset = await call('datasets.import', {
      sources: [file('a.txt', 'One line of wool.\n'.repeat(100))],
      operationId: 'import-a',
    });
    expect(progressOf('import-a').at(-1)).toEqual({
      operationId: 'import-a',
      title: 'Importing a.txt',
      value: 1,
    });
    expect(said('dataset.updated')).toContainEqual(dataset);
  });

  it('that is cancelled leaves nothing', async () => {
    const before = onDisk('datasets');
    const sources = [file('long.txt', 'Wool and linen. '.repeat(2_000_000))];
    const stop = cancelWhenHeard('cancelled');
    await expect(call('datasets.import', { sources, operationId: 'cancelled' })).rejects.toMatchObject({
      code: 'operation-cancelled',
    });
    stop();
    expect(onDisk('datasets')).toEqual(before);
    expect((await call('datasets.list', {})).some(({ name }) => name === 'long')).toBe(false);
  });

  it('of the same content twice gives the first', async () => {
    const [one, two] = [await importText('b.txt', 'the same'), await importText('c.txt', 'the same')];
    expect(two).toEqual(one);
    expect(onDisk('datasets')).toHaveLength((await call('datasets.list', {})).length);
  });
});

describe('the split of a dataset', () => {
  it('is the one that was said last, for the same content too, and none where nobody said', async () => {
    const plain = await importText('unsplit.txt', 'unsplit');
    expect('split' in plain).toBe(false);
    const split = { validationFraction: 0.25, splitBy: 'hash' } as const;
    const sources = [file('again.txt', 'unsplit')];
    expect(await call('datasets.import', { sources, split })).toEqual({ ...plain, split });
    await importText('once-more.txt', 'unsplit');
    expect((await call('datasets.list', {})).find(({ id }) => id === plain.id)).toEqual({ ...plain, split });
  });

  it('is refused beyond its range', async () => {
    const split = { validationFraction: 0.95, splitBy: 'order' } as const;
    const sources = [file('beyond.txt', 'beyond')];
    await expect(call('datasets.import', { sources, split })).rejects.toMatchObject({
      code: 'input-invalid',
    });
  });
});

describe('a dataset', () => {
  it('is previewed without a trace', async () => {
    const before = [onDisk('datasets'), readdirSync(home).sort()];
    const preview = await call('datasets.preview', {
      sources: [file('p.csv', 'text,n\nhello,1\n')],
      operationId: 'look',
    });
    expect(preview).toMatchObject({ kind: 'table', textColumn: 'text', rowCount: 1 });
    expect(progressOf('look').at(-1)).toMatchObject({ title: 'Reading', value: 1 });
    expect([onDisk('datasets'), readdirSync(home).sort()]).toEqual(before);
  });

  it('is read and counted', async () => {
    const { id } = await importText('r.txt', `${'x'.repeat(70_000)}end of it`);
    const read = await call('datasets.read', { datasetId: id, offset: 70_000, limit: 100 });
    expect(read).toEqual({ text: 'end of it', rows: [], total: 70_009 });
    const counted = await call('datasets.statistics', {
      datasetId: id,
      tokenizer: { kind: 'characters' },
      operationId: 'count',
    });
    expect(counted).toMatchObject({ characterCount: 70_009, wordCount: 3, tokenCount: 70_009 });
    expect(counted.topTokens[0]).toMatchObject({ text: 'x', count: 70_000 });
    expect(progressOf('count').at(-1)!.title).toBe('Counting');
  });

  it('keeps the name it is given as text', async () => {
    const { id } = await importText('n.txt', 'to be renamed');
    const renamed = await call('datasets.rename', { datasetId: id, name: ` ${hostileName} ` });
    expect(renamed.name).toBe(hostileName);
    expect(said('dataset.updated')).toContainEqual(renamed);
    await expect(call('datasets.rename', { datasetId: id, name: ' \n ' })).rejects.toMatchObject({
      code: 'name-empty',
    });
    await expect(call('datasets.rename', { datasetId: '../x', name: 'y' })).rejects.toMatchObject({
      code: 'dataset-not-found',
    });
  });

  it('is removed with its files, and announced', async () => {
    const { id } = await importText('gone.txt', 'to be removed');
    const tokenizer = await call('tokenizers.train', { datasetId: id, kind: 'characters' });
    expect(await call('datasets.remove', { datasetId: id })).toEqual({});
    expect(onDisk('datasets')).not.toContain(id);
    expect(said('dataset.removed')).toContainEqual({ datasetId: id });
    expect(said('tokenizer.updated')).toContainEqual({ ...tokenizer, datasetId: null });
    expect(await call('tokenizers.list', {})).toContainEqual({ ...tokenizer, datasetId: null });
    await expect(call('datasets.remove', { datasetId: id })).rejects.toMatchObject({
      code: 'dataset-not-found',
    });
  });

  it('that a run needs stays', async () => {
    const { id } = await importText('needed.txt', 'needed by a run');
    const store = openStore(home);
    store.runs.insert(newRun('r', id));
    store.close();
    await expect(call('datasets.remove', { datasetId: id })).rejects.toMatchObject({
      code: 'dataset-in-use',
      message: expect.stringContaining('run r'),
    });
    expect(onDisk('datasets')).toContain(id);
  });
});

describe('an export', () => {
  const written = async (datasetId: string, format: 'txt' | 'jsonl' | 'csv'): Promise<string> => {
    const { path, files, sizeBytes } = await call('datasets.export', { datasetId, format });
    const text = readFileSync(join(path, files[0]!), 'utf8');
    expect(Buffer.byteLength(text)).toBe(sizeBytes);
    return text;
  };

  it('of a table has its rows, without formulas for spreadsheets', async () => {
    const rows = [
      { text: 'Say "hi", then\nleave', n: -1, tags: ['a'] },
      { text: '=HYPERLINK("http://evil")', n: 2.5, tags: null },
      { text: '-3', n: 3, tags: '@x' },
    ];
    const { id } = await importText('t.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(await written(id, 'jsonl')).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    expect(await written(id, 'txt')).toBe('Say "hi", then\nleave\n=HYPERLINK("http://evil")\n-3\n');
    expect(await written(id, 'csv')).toBe(
      [
        'text,n,tags',
        '"Say ""hi"", then\nleave",-1,"[""a""]"',
        `"'=HYPERLINK(""http://evil"")",2.5,""`,
        `-3,3,'@x\n`,
      ].join('\n'),
    );
  });

  it('of a text has its lines', async () => {
    const { id } = await importText('l.txt', 'one\n\n"three"');
    expect(await written(id, 'txt')).toBe('one\n\n"three"');
    expect(await written(id, 'jsonl')).toBe('{"text":"one"}\n{"text":""}\n{"text":"\\"three\\""}\n');
    expect(await written(id, 'csv')).toBe('text\none\n""\n"""three"""\n');
  });

  it('stays in its folder whatever the name, and never over another', async () => {
    const { id } = await importText('h.txt', 'hostile by name', hostileName);
    const written = await Promise.all(
      [1, 2].map(() => call('datasets.export', { datasetId: id, format: 'txt' })),
    );
    for (const { path, files } of written) {
      expect(path.startsWith(join(home, 'exports', 'dataset-'))).toBe(true);
      expect(path.slice(join(home, 'exports').length + 1)).toMatch(/^[\w-]+$/);
      expect(files[0]).toMatch(/^[\w-]+\.txt$/);
      expect(readFileSync(join(path, files[0]!), 'utf8')).toBe('hostile by name');
    }
    expect(new Set(written.map(({ path }) => path)).size).toBe(2);
    expect(new Set(written.map(({ downloadId }) => downloadId)).size).toBe(2);
    const outPath = written[0]!.path;
    await expect(call('datasets.export', { datasetId: id, format: 'txt', outPath })).rejects.toMatchObject({
      code: 'export-target-taken',
    });
  });

  it('that is cancelled leaves nothing', async () => {
    const { id } = await importText('e.txt', 'Wool and linen.\n'.repeat(1_000_000));
    mkdirSync(join(home, 'exports'), { recursive: true });
    const before = onDisk('exports');
    const stop = cancelWhenHeard('export');
    await expect(
      call('datasets.export', { datasetId: id, format: 'csv', operationId: 'export' }),
    ).rejects.toMatchObject({ code: 'operation-cancelled' });
    stop();
    expect(onDisk('exports')).toEqual(before);
  });
});

describe('samples', () => {
  it('are listed, and become datasets once', async () => {
    const stories = async () => (await call('datasets.samples', {})).find(({ id }) => id === 'stories');
    expect(await stories()).toMatchObject({ kind: 'text', datasetId: null });
    const dataset = await call('datasets.sample', {});
    expect(dataset).toMatchObject({ kind: 'text', characterCount: expect.any(Number) });
    expect(await call('datasets.sample', { sampleId: 'stories' })).toEqual(dataset);
    expect(await stories()).toMatchObject({ datasetId: dataset.id });
    await expect(call('datasets.sample', { sampleId: '../x' })).rejects.toMatchObject({
      code: 'sample-not-found',
    });
  });

  it('are not imported any more by a studio that closes', async () => {
    const otherHome = path('other-home');
    const closing = await openStudio(otherHome);
    const [unwanted] = await Promise.allSettled([
      closing.call('datasets.sample', {}),
      closing.close('pause'),
    ]);
    expect(unwanted).toMatchObject({ status: 'rejected', reason: { code: 'operation-cancelled' } });
    expect(readdirSync(join(otherHome, 'datasets'))).toEqual([]);
  });

  it('can all be imported', async () => {
    for (const { id, kind } of await call('datasets.samples', {})) {
      expect(await call('datasets.sample', { sampleId: id })).toMatchObject({ kind });
    }
    expect(await call('datasets.sample', { sampleId: 'english-german' })).toMatchObject({ textColumn: 'en' });
    expect((await call('datasets.samples', {})).every(({ datasetId }) => datasetId !== null)).toBe(true);
  });
});
