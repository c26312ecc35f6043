// Checkpoint folders are whole or do not exist, whenever their writer dies; and damage is found by its file.

import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointSink, listCheckpoints, stagedBy } from '../../../main/engine-host/checkpoint-folder.ts';
import { openCheckpoint } from '../../../main/engine-host/checkpoint-source.ts';
import { startSource, untilEnded, untilSays } from '../run-source.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function save(folder: string, step: number): Promise<string> {
  const writer = await checkpointSink(folder, (at) => ({ 'record.json': `{"at":${at}}` })).begin(step);
  await writer.writeFile('model.safetensors', [encode('weights '), encode('of a model')]);
  await writer.writeFile('state.json', [encode('{}')]);
  return (await writer.commit()).path;
}

describe('a checkpoint', () => {
  it('is read back as it was written', async () => {
    const path = await save(temp.path('checkpoints'), 7);
    const checkpoint = await openCheckpoint(path);
    expect(checkpoint.manifest.files.map(({ name }) => name)).toEqual([
      'model.safetensors',
      'state.json',
      'record.json',
    ]);
    const source = await checkpoint.open('model.safetensors');
    expect(Buffer.from(await source.read(8, 100)).toString()).toBe('of a model');
    expect(await checkpoint.readText('record.json')).toBe('{"at":7}');
    await checkpoint.close();
  });

  it('leaves nothing when it is abandoned', async () => {
    const folder = temp.path('checkpoints');
    const writer = await checkpointSink(folder).begin(3);
    await writer.writeFile('state.json', [encode('{}')]);
    await writer.abandon();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing when a file of it cannot be made', async () => {
    const folder = temp.path('checkpoints');
    const writer = await checkpointSink(folder).begin(3);
    const broken = (function* (): Generator<Uint8Array> {
      yield encode('half');
      throw new Error('device lost');
    })();
    await expect(writer.writeFile('model.safetensors', broken)).rejects.toThrow('device lost');
    await writer.abandon();
    expect(await listCheckpoints(folder)).toEqual({ whole: [], others: [] });
  });

  it('takes no name that leads elsewhere', async () => {
    const writer = await checkpointSink(temp.path('checkpoints')).begin(3);
    for (const name of ['../x', '/x', 'a/b', 'manifest.json', '.x', '']) {
      await expect(writer.writeFile(name, [])).rejects.toThrow(/no name/);
    }
    await writer.abandon();
  });

  it('of the same step takes the place of a damaged one', async () => {
    const folder = temp.path('checkpoints');
    const path = await save(folder, 7);
    rmSync(join(path, 'manifest.json'));
    expect((await listCheckpoints(folder)).whole).toEqual([]);
    await save(folder, 7);
    expect((await listCheckpoints(folder)).whole.map(({ step }) => step)).toEqual([7]);
  });
});

const points = [
  'begun',
  'within model.safetensors',
  'model.safetensors',
  'within optimizer.safetensors',
  'optimizer.safetensors',
  'state.json',
  'committed',
];

describe.each(points)('when its writer is killed at "%s"', (point) => {
  it('the one before it is whole and it is there whole or not at all', async () => {
    const folder = temp.path('checkpoints');
    await save(folder, 10);
    const child = startSource('tests/main/engine-host/save-and-hang.ts', [folder, point]);
    const ended = untilEnded(child);
    await untilSays(child, `reached ${point}`);
    child.kill('SIGKILL');
    await ended;
    const { whole, others } = await listCheckpoints(folder);
    expect(whole.map(({ step }) => step)).toEqual(point === 'committed' ? [10, 20] : [10]);
    expect(others.map(stagedBy)).toEqual(point === 'committed' ? [] : [child.pid]);
    for (const { step } of whole) await (await openCheckpoint(join(folder, String(step)))).close();
  });
});

describe('damage is found', () => {
  const damages: [string, (path: string) => void, RegExp][] = [
    [
      'a byte that changed',
      (path) => flip(join(path, 'model.safetensors')),
      /model\.safetensors does not have the hash/,
    ],
    [
      'a file cut short',
      (path) => writeFileSync(join(path, 'state.json'), '{'),
      /state\.json has 1 bytes where 2/,
    ],
    [
      'a file that grew',
      (path) => appendFileSync(join(path, 'state.json'), ' '),
      /state\.json has 3 bytes where 2/,
    ],
    ['a file that is gone', (path) => rmSync(join(path, 'state.json')), /state\.json is missing/],
    [
      'a manifest that is none',
      (path) => writeFileSync(join(path, 'manifest.json'), '{'),
      /manifest\.json is not JSON/,
    ],
  ];
  it.each(damages)('%s, by name', async (_, damage, message) => {
    const path = await save(temp.path('checkpoints'), 7);
    damage(path);
    await expect(openCheckpoint(path)).rejects.toEqual(
      expect.objectContaining({ code: 'checkpoint-damaged', message: expect.stringMatching(message) }),
    );
    expect(existsSync(path)).toBe(true);
  });

  it('a folder without a manifest is no checkpoint', async () => {
    const path = await save(temp.path('checkpoints'), 7);
    rmSync(join(path, 'manifest.json'));
    await expect(openCheckpoint(path)).rejects.toMatchObject({ code: 'checkpoint-not-found' });
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[5]! ^= 1;
  writeFileSync(file, bytes);
}
