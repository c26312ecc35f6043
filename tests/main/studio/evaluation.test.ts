// Evaluations behind the contract: a run's own text or another, how far they are, how they end early.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventData } from '../../../preload/contract.ts';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';
import { baking, importText, onCpu, tinySettings, trainRun, weaving } from './real-studio.ts';

const { path } = tempFolder();
let studio: OpenStudio;
let checkpoint: string;
beforeAll(async () => {
  studio = await openStudio(path('home'), { startQueue: true });
  const datasetId = await importText(studio, path('weaving.txt'), weaving);
  checkpoint = (await trainRun(studio, { datasetId, settings: tinySettings() })).id;
});
afterAll(() => studio.close('pause'));

describe('evaluation.run', () => {
  it('reads each held-out token once at any stride, side by side unless one is given', async () => {
    const apart = await studio.call('evaluation.run', { checkpoint, device: onCpu });
    expect(apart).toMatchObject({ length: 16, stride: 16, topK: 5, checkpoint: { runId: checkpoint } });
    const input = { checkpoint, stride: 1, topK: 1, device: onCpu };
    const close = await studio.call('evaluation.run', input);
    expect(close.tokenCount).toBe(apart.tokenCount);
    expect(close).toMatchObject({ length: 16, stride: 1, topK: 1, byteCount: apart.byteCount });
    expect(close.metrics.loss).not.toBe(apart.metrics.loss);
    expect(close.metrics.top_k_accuracy).toBe(close.metrics.token_accuracy);
    expect(apart.metrics.top_k_accuracy).toBeGreaterThan(apart.metrics.token_accuracy!);
  });

  it('finds a text of other words harder', async () => {
    const datasetId = await importText(studio, path('baking.txt'), baking);
    const own = await studio.call('evaluation.run', { checkpoint, device: onCpu });
    const other = await studio.call('evaluation.run', { checkpoint, datasetId, device: onCpu });
    expect(other.metrics.loss).toBeGreaterThan(own.metrics.loss!);
    expect(other.metrics.token_accuracy).toBeLessThan(own.metrics.token_accuracy!);
    expect([own.datasetName, other.datasetName]).toEqual([
      expect.stringContaining('weaving'),
      expect.stringContaining('baking'),
    ]);
  });

  it('says how far it is, and ends when it is cancelled', async () => {
    const datasetId = await importText(studio, path('long.txt'), weaving.repeat(60));
    const heard: EventData<'progress'>[] = [];
    const stop = studio.on('progress', (data) => {
      if (data.operationId !== 'long') return;
      heard.push(data);
      void studio.call('operations.cancel', { operationId: 'long' });
    });
    const input = { checkpoint, datasetId, stride: 1, device: onCpu, operationId: 'long' };
    await expect(studio.call('evaluation.run', input)).rejects.toMatchObject({
      code: 'operation-cancelled',
    });
    stop();
    expect(heard[0]!.title).toMatch(/^Evaluating .+, step \d+$/);
    expect(heard.at(-1)!.value).toBeLessThan(1);
  });

  it.each([
    [{ stride: 17 }, 'stride-out-of-range'],
    [{ datasetId: 'none' }, 'dataset-not-found'],
    [{ checkpoint: goldenFolder('llama') }, 'checkpoint-without-run'],
  ])('refuses what is not there or does not fit: $1', async (change, code) => {
    const input = { checkpoint, device: onCpu, ...change };
    await expect(studio.call('evaluation.run', input)).rejects.toMatchObject({ code });
  });
});
