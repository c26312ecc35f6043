// Opened weights: checked, copied, listed, removed; nothing is left of what was refused or cancelled.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventData } from '../../../preload/contract.ts';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { changeJson, copyGolden, goldenFolder, goldenModel } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';
import { hashes, importText, onCpu, tinySettings, trainRun, weaving } from './real-studio.ts';

const { path } = tempFolder();
const home = path('home');
const weightsFolder = join(home, 'weights');
let studio: OpenStudio;
beforeAll(async () => {
  studio = await openStudio(home, { startQueue: true });
});
afterAll(() => studio.close('pause'));

const generate = async (checkpoint: string, prompt: string, maxNewTokens = 20): Promise<string> => {
  const config = { temperature: 0, maxNewTokens };
  const input = { generationId: `g${Math.random()}`, checkpoint, prompt, config, device: onCpu };
  return (await studio.call('generation.run', input)).text;
};

describe('weights.open', () => {
  it('copies a folder, says how far it is, and offers it by id and by name', async () => {
    const heard: EventData<'progress'>[] = [];
    const stop = studio.on('progress', (data) => heard.push(data));
    const updated: string[] = [];
    studio.on('weights.updated', ({ id }) => updated.push(id));
    const weights = await studio.call('weights.open', {
      sources: [goldenFolder('gpt2')],
      operationId: 'opening',
    });
    stop();
    expect(weights).toMatchObject({ name: 'gpt2', modelType: 'gpt2', sourceName: 'gpt2' });
    expect(updated).toEqual([weights.id]);
    expect(hashes(join(weightsFolder, weights.id))).toEqual(hashes(goldenFolder('gpt2')));
    expect(await studio.call('weights.list', {})).toEqual([weights]);
    expect(heard.every(({ operationId }) => operationId === 'opening')).toBe(true);
    expect(heard.at(-1)?.value).toBe(1);

    const resolved = await studio.call('checkpoints.resolve', { checkpoint: 'weights:gpt2' });
    expect(resolved).toMatchObject({ reference: `weights:${weights.id}`, runId: null, step: 0 });
    const { prompt, writtenIds } = goldenModel('gpt2');
    const text = await generate('weights:gpt2', prompt, writtenIds.length);
    expect(text).toBe(await generate(goldenFolder('gpt2'), prompt, writtenIds.length));
    expect(text.length).toBeGreaterThan(5);
  });

  it('takes files that were chosen one by one', async () => {
    const folder = goldenFolder('llama');
    const sources = readdirSync(folder).map((name) => join(folder, name));
    const weights = await studio.call('weights.open', { sources, name: 'chosen' });
    expect(weights).toMatchObject({
      name: 'chosen',
      modelType: 'llama',
      sourceName: `${sources.length} files`,
    });
    expect(hashes(join(weightsFolder, weights.id))).toEqual(hashes(folder));
  });

  it('takes every export back, and a checkpoint folder', async () => {
    const datasetId = await importText(studio, path('weaving.txt'), weaving);
    const run = await trainRun(studio, { datasetId, settings: tinySettings({ maxSteps: 20 }) });
    const text = await generate(run.id, 'the loom');
    const best = await studio.call('checkpoints.resolve', { checkpoint: run.id });
    for (const format of ['huggingface', 'safetensors', 'pth'] as const) {
      const { path: folder, files } = await studio.call('export.run', { checkpoint: run.id, format });
      const source = format === 'safetensors' ? join(folder, files[0]!) : folder;
      const { id } = await studio.call('weights.open', { sources: [source] });
      expect(await generate(`weights:${id}`, 'the loom')).toBe(text);
    }
    const { id } = await studio.call('weights.open', { sources: [best.path], name: 'kept' });
    expect(await generate(`weights:${id}`, 'the loom')).toBe(text);
    expect(readdirSync(join(weightsFolder, id))).not.toContain('optimizer.safetensors');
    const { settings } = await studio.call('checkpoints.settings', { checkpoint: 'weights:kept' });
    expect(settings).toMatchObject({ training: { maxSteps: 20 } });
  });

  it('leaves nothing of what is refused, cancelled or damaged', async () => {
    const before = readdirSync(weightsFolder);
    const refused = copyGolden('llama', path('refused'));
    changeJson(join(refused, 'config.json'), (config) => Object.assign(config, { mlp_bias: true }));
    await expect(studio.call('weights.open', { sources: [refused] })).rejects.toThrow(/mlp_bias/);

    const stop = studio.on('progress', ({ operationId }) => {
      if (operationId === 'late') void studio.call('operations.cancel', { operationId });
    });
    const cancelled = studio.call('weights.open', { sources: [goldenFolder('gpt2')], operationId: 'late' });
    await expect(cancelled).rejects.toMatchObject({ code: 'operation-cancelled' });
    stop();

    const { path: kept } = await studio.call('checkpoints.resolve', { checkpoint: 'last' });
    const damaged = path('damaged');
    mkdirSync(damaged);
    for (const name of readdirSync(kept)) {
      const bytes = readFileSync(join(kept, name));
      if (name === 'model.safetensors') bytes[bytes.length - 1]! ^= 1;
      writeFileSync(join(damaged, name), bytes);
    }
    await expect(studio.call('weights.open', { sources: [damaged] })).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      message: expect.stringContaining('model.safetensors'),
    });
    expect(readdirSync(weightsFolder)).toEqual(before);
  });
});

describe('the base model that comes with Heddle', () => {
  it('is opened once, small enough to come along, and writes text', async () => {
    const base = await studio.call('weights.base', {});
    expect(base.sizeBytes).toBeLessThan(4e6);
    expect(await studio.call('weights.base', {})).toEqual(base);
    expect(await generate(`weights:${base.id}`, 'Once there was')).not.toBe('');
  });

  it('is opened once for two who ask at once, and not at all by a studio that closes', async () => {
    const otherHome = path('other-home');
    const closing = await openStudio(otherHome);
    const [unwanted] = await Promise.allSettled([closing.call('weights.base', {}), closing.close('pause')]);
    expect(unwanted).toMatchObject({ status: 'rejected', reason: { code: 'operation-cancelled' } });
    expect(readdirSync(join(otherHome, 'weights'))).toEqual([]);

    const other = await openStudio(otherHome);
    const [first, second] = await Promise.all([
      other.call('weights.base', {}),
      other.call('weights.base', {}),
    ]);
    expect(second).toEqual(first);
    expect(await other.call('weights.list', {})).toEqual([first]);
    await other.close('pause');
  });
});

describe('weights that are gone', () => {
  it('are known no more after weights.remove, files and all', async () => {
    const { id } = await studio.call('weights.open', { sources: [goldenFolder('llama')], name: 'passing' });
    const removed: string[] = [];
    studio.on('weights.removed', ({ weightsId }) => removed.push(weightsId));
    await studio.call('weights.remove', { weightsId: id });
    expect(removed).toEqual([id]);
    expect(readdirSync(weightsFolder)).not.toContain(id);
    const gone = { code: 'weights-unknown' };
    await expect(studio.call('weights.remove', { weightsId: id })).rejects.toMatchObject(gone);
    await expect(studio.call('checkpoints.resolve', { checkpoint: 'weights:passing' })).rejects.toMatchObject(
      gone,
    );
  });

  it('half copied folders of an earlier life are removed at the start, the others stay', async () => {
    const before = readdirSync(weightsFolder);
    mkdirSync(join(weightsFolder, '01J.staged-1'));
    await studio.close('pause');
    studio = await openStudio(home);
    expect(readdirSync(weightsFolder).sort()).toEqual(before.sort());
    rmSync(join(weightsFolder, before[0]!), { recursive: true });
  });
});
