// A full disk at every single write, sync and rename of a checkpoint, of token files, an import and an export:
// it is said to be full, nothing is left half, and what was there before is whole and used.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dataFields, defaultsOf, train } from '../../engine/index.ts';
import { checkpointSink, listCheckpoints } from '../../main/engine-host/checkpoint-folder.ts';
import { openCheckpoint } from '../../main/engine-host/checkpoint-source.ts';
import type { DatasetText } from '../../main/engine-host/messages.ts';
import { openTokenShards } from '../../main/engine-host/token-shards.ts';
import { prepareTokenizer } from '../../main/engine-host/tokenizer-preparation.ts';
import { writeExport } from '../../main/export/target.ts';
import { importFiles } from '../../main/import/import-files.ts';
import { writeWhole } from '../../main/studio/durable-file.ts';
import { toFailure } from '../../main/studio/failure.ts';
import { makeCpuDevice } from '../engine/on-each-device.ts';
import { smallModels, smallRun } from '../engine/training/small-run.ts';
import { tempFolder } from './temp-folder.ts';

const disk = await vi.hoisted(async () => {
  const { FaultyDisk } = await import('./faulty-disk.ts');
  return new FaultyDisk();
});
vi.mock('node:fs/promises', async (importOriginal) => disk.wrap(await importOriginal()));

const temp = tempFolder();
const { signal } = new AbortController();
const text = 'Once upon a time there was a weaver.\n'.repeat(40);
const encode = (content: string): Uint8Array => new TextEncoder().encode(content);

beforeEach(() => disk.heal());
afterEach(() => disk.heal());

function newFolder(name: string): string {
  const folder = temp.path(name);
  mkdirSync(folder);
  return folder;
}

/**
 * Does `work` in a new place again and again while the disk is full from its first, second, … change on, and
 * once more for that change alone; `look` sees what is left, and then `work` must succeed.
 */
async function atEveryChange<Place>(
  prepare: () => Promise<Place> | Place,
  work: (place: Place) => Promise<unknown>,
  look: (place: Place, isDone: boolean) => Promise<void> | void,
): Promise<number> {
  const whole = await prepare();
  disk.fill(Infinity);
  await work(whole);
  const changes = disk.count;
  await look(whole, true);
  for (let at = 1; at <= changes; at++) {
    for (const once of [true, false]) {
      const place = await prepare();
      disk.fill(at, { once });
      const failure = await work(place).then(
        () => null,
        (error: unknown) => toFailure(error),
      );
      disk.heal();
      expect(failure?.code, `change ${at} of ${changes}`).toBe('disk-full');
      await look(place, false);
      await work(place);
      await look(place, true);
    }
  }
  return changes;
}

async function save(folder: string, step: number, sizeBytes?: number): Promise<void> {
  const sink = checkpointSink(folder, () => ({ 'record.json': '{}' }));
  const writer = await sink.begin(step, sizeBytes);
  try {
    await writer.writeFile('model.safetensors', [encode('weights '), encode('of a model')]);
    await writer.writeFile('state.json', [encode(`{"step":${step}}`)]);
    await writer.commit();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Steps of the checkpoints that can be opened; anything else there fails. */
async function stepsOf(folder: string): Promise<number[]> {
  const { whole, others } = await listCheckpoints(folder);
  expect(others).toEqual([]);
  for (const { step } of whole) await (await openCheckpoint(join(folder, String(step)))).close();
  return whole.map(({ step }) => step);
}

describe('a checkpoint', () => {
  it('is there whole or not at all, and the one before it stays', async () => {
    const changes = await atEveryChange(
      async () => {
        const folder = newFolder('checkpoints');
        await save(folder, 10);
        return folder;
      },
      (folder) => save(folder, 20),
      async (folder, isDone) => {
        // A checkpoint that failed after its rename is there; only that it lasts was not sure.
        const steps = await stepsOf(folder);
        expect(isDone ? steps : steps.slice(0, 1)).toEqual(isDone ? [10, 20] : [10]);
      },
    );
    expect(changes).toBeGreaterThan(12);
  });

  it('is refused before anything is written when there is no room for it', async () => {
    const folder = newFolder('checkpoints');
    await save(folder, 10);
    disk.leave(1_049_999);
    await expect(save(folder, 20, 1_000_000)).rejects.toMatchObject({
      code: 'disk-full',
      message: 'The checkpoint of step 20 needs 1 MiB; 1 MiB are free.',
      hint: expect.stringContaining('resume'),
    });
    expect(await stepsOf(folder)).toEqual([10]);
    disk.leave(1_050_000);
    await save(folder, 20, 1_000_000);
    expect(await stepsOf(folder)).toEqual([10, 20]);
  });
});

describe('a run whose disk is full', () => {
  it('ends, and goes on from what was saved as if nothing had happened', async () => {
    const device = await makeCpuDevice(1);
    const folder = newFolder('checkpoints');
    const straightFolder = newFolder('straight');
    const options = await smallRun(device, smallModels.gpt2, { maxSteps: 6, evalSteps: 2, sampleTokens: 0 });
    await train({ ...options, checkpoints: checkpointSink(straightFolder) });
    const isFull = { ...options, checkpoints: checkpointSink(folder) };
    const ending = train({
      ...isFull,
      onEvent: (event) => {
        if (event.type === 'checkpoint' && event.step === 2) disk.fill(7);
      },
    });
    expect(toFailure(await ending.catch((error: unknown) => error)).code).toBe('disk-full');
    disk.heal();
    expect(await stepsOf(folder)).toEqual([2]);
    // The engine says what it will write, and a little more is wanted.
    const bytes = (await listCheckpoints(folder)).whole[0]!.files.reduce(
      (sum, file) => sum + file.sizeBytes,
      0,
    );
    disk.leave(Math.floor(0.95 * bytes));
    const resumed = async (): Promise<unknown> => {
      const resume = await openCheckpoint(join(folder, '2'));
      return train({ ...isFull, resume }).finally(() => resume.close());
    };
    expect(toFailure(await resumed().catch((error: unknown) => error)).code).toBe('disk-full');
    expect(await stepsOf(folder)).toEqual([2]);
    disk.leave(Math.ceil(1.06 * bytes));
    await resumed();
    expect(await stepsOf(folder)).toEqual([2, 4, 6]);
    for (const name of ['model.safetensors', 'optimizer.safetensors']) {
      const [a, b] = [folder, straightFolder].map((one) => readFileSync(join(one, '6', name)));
      expect(Buffer.compare(a!, b!), name).toBe(0);
    }
    await device.destroy();
  });
});

function dataset(): DatasetText {
  const folder = newFolder('dataset');
  writeFileSync(join(folder, 'text.txt'), text);
  return {
    folder,
    kind: 'text',
    textColumn: '',
    contentHash: 'h',
    characterCount: text.length,
    rowCount: 40,
  };
}

it('token files are there whole or not at all', async () => {
  const data = { task: 'text' as const, data: defaultsOf(dataFields), labels: [], length: 64 };
  const source = dataset();
  const tokenizer = await prepareTokenizer(newFolder('run'), source, data, signal);
  await atEveryChange(
    () => newFolder('tokens'),
    async (folder) => {
      const shards = await openTokenShards(folder, source, data, tokenizer, signal);
      const ids = await shards.train.read(0, shards.train.tokenCount);
      await shards.close();
      expect(text.startsWith(tokenizer.decode(ids))).toBe(true);
    },
    (folder, isDone) => {
      const names = readdirSync(folder);
      expect(names.filter((name) => name.includes('staged'))).toEqual([]);
      expect(names.length).toBeGreaterThanOrEqual(isDone ? 1 : 0);
    },
  );
});

it('a file that is written anew is the old one or the new one', async () => {
  await atEveryChange(
    () => {
      const file = join(newFolder('files'), 'settings.json');
      writeFileSync(file, 'old');
      return file;
    },
    (file) => writeWhole(file, 'new'),
    (file, isDone) => {
      expect(readdirSync(join(file, '..'))).toEqual(['settings.json']);
      expect(readFileSync(file, 'utf8')).toMatch(isDone ? /^new$/ : /^(old|new)$/);
    },
  );
});

it('an import is there whole or not at all', async () => {
  const file = join(newFolder('source'), 'story.txt');
  writeFileSync(file, text);
  let id = 0;
  await atEveryChange(
    () => newFolder('datasets'),
    (datasetsFolder) =>
      importFiles({ id: `d${id++}`, datasetsFolder, paths: [file], onProgress: () => undefined }),
    (datasetsFolder) => {
      for (const name of readdirSync(datasetsFolder)) {
        expect(name).toMatch(/^d\d+$/);
        expect(readFileSync(join(datasetsFolder, name, 'text.txt'), 'utf8')).toBe(text);
      }
    },
  );
});

it('an export is there whole or not at all', async () => {
  const files = { 'config.json': () => '{}', 'model.safetensors': () => chunks() };
  const options = { signal, onBytes: () => undefined, check: () => Promise.resolve() };
  let number = 0;
  await atEveryChange(
    () => newFolder('exports'),
    (folder) => writeExport(join(folder, `out${number++}`), files, options),
    (folder) => {
      for (const name of readdirSync(folder)) {
        expect(name).toMatch(/^out\d+$/);
        expect(readFileSync(join(folder, name, 'model.safetensors'), 'utf8')).toBe('weights');
      }
    },
  );
});

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(encode('wei'));
  yield encode('ghts');
}
