// Checkpoints listed and removed, and exports of them: where they go, what they hold, what is told.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventData, RunSummary } from '../../../preload/contract.ts';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { openModelSource } from '../../../main/engine-host/model-source.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';
import { importText, onCpu, tinySettings, trainRun, weaving } from './real-studio.ts';

const { path } = tempFolder();
const home = path('home');
let studio: OpenStudio;
let datasetId: string;
let run: RunSummary;
beforeAll(async () => {
  studio = await openStudio(home, { startQueue: true });
  datasetId = await importText(studio, path('weaving.txt'), weaving);
  run = await trainRun(studio, { datasetId, name: 'a: b', settings: tinySettings() });
});
afterAll(() => studio.close('pause'));

describe('export.run', () => {
  it('goes under the home unless told otherwise, under a name that every system allows and that is free', async () => {
    const first = await studio.call('export.run', { checkpoint: 'a: b@20', format: 'huggingface' });
    expect(first.path).toBe(join(home, 'exports', 'a_ b-20-huggingface'));
    const again = await studio.call('export.run', { checkpoint: 'a: b@20', format: 'huggingface' });
    expect(again.path).toBe(`${first.path}-2`);
    expect(again.downloadId).not.toBe(first.downloadId);
    expect(first.verifiedTensorCount).toBe(16);
    const sizes = first.files.map((name) => readFileSync(join(first.path, name)).length);
    expect(first.sizeBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    const outPath = path('named');
    const named = await studio.call('export.run', {
      checkpoint: goldenFolder('llama'),
      format: 'pth',
      outPath,
    });
    expect(named).toMatchObject({ path: outPath, verifiedTensorCount: 21 });
  });

  it('has a folder of its own, also beside another of the same; of one that fails nothing is left', async () => {
    const input = { checkpoint: 'a: b@10', format: 'pth' } as const;
    const both = await Promise.all([studio.call('export.run', input), studio.call('export.run', input)]);
    const base = join(home, 'exports', 'a_ b-10-pth');
    expect(both.map((one) => one.path).toSorted()).toEqual([base, `${base}-2`]);
    for (const { path: folder, files } of both) {
      expect(readdirSync(folder).toSorted()).toEqual([...files].toSorted());
    }
    const before = readdirSync(join(home, 'exports'));
    const failing = studio.call('export.run', { ...input, operationId: 'failing' });
    await studio.call('operations.cancel', { operationId: 'failing' });
    await expect(failing).rejects.toMatchObject({ code: 'operation-cancelled' });
    expect(readdirSync(join(home, 'exports'))).toEqual(before);
  });

  it.each([
    ['f16', 'float16', 2 ** -11],
    ['bf16', 'bfloat16', 2 ** -8],
  ] as const)(
    'in %s every value is the nearest and config.json says so',
    async (elementType, dtype, relative) => {
      const { path: whole } = await studio.call('checkpoints.resolve', { checkpoint: run.id });
      const { path: folder } = await studio.call('export.run', {
        checkpoint: run.id,
        format: 'huggingface',
        elementType,
      });
      expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toMatchObject({ dtype });
      const [before, after] = [await openModelSource([whole]), await openModelSource([folder])];
      for (const [name] of before.weights.tensors) {
        expect(after.weights.tensors.get(name)?.elementType).toBe(elementType);
        const values = await after.weights.readF32(name);
        (await before.weights.readF32(name)).forEach((value, i) => {
          // Half the distance of two neighbours; below the smallest normal f16 they lie 2^-24 apart.
          expect(Math.abs(values[i]! - value)).toBeLessThanOrEqual(
            Math.max(relative * Math.abs(value), 2 ** -25),
          );
        });
      }
      await Promise.all([before.close(), after.close()]);
    },
  );

  it('says how far it is and can be cancelled; then nothing is left of it', async () => {
    const heard: EventData<'progress'>[] = [];
    const stop = studio.on('progress', (data) => heard.push(data));
    await studio.call('export.run', { checkpoint: run.id, format: 'safetensors', operationId: 'one' });
    stop();
    expect(heard.at(-1)).toEqual({ operationId: 'one', title: 'Exporting a_ b-40', value: 1 });
    expect(heard.map(({ value }) => value)).toEqual(heard.map(({ value }) => value).toSorted());

    const outPath = path('cancelled');
    const exporting = studio.call('export.run', {
      checkpoint: run.id,
      format: 'pth',
      outPath,
      operationId: 'two',
    });
    await studio.call('operations.cancel', { operationId: 'two' });
    await expect(exporting).rejects.toMatchObject({ code: 'operation-cancelled' });
    expect(existsSync(outPath)).toBe(false);
    expect(readdirSync(join(home, 'exports')).filter((name) => name.includes('staged'))).toEqual([]);
  });
});

describe('checkpoints.remove', () => {
  it('removes row and folder, finds the best again, and says so', async () => {
    const removed: EventData<'run.checkpointRemoved'>[] = [];
    studio.on('run.checkpointRemoved', (data) => removed.push(data));
    const told: EventData<'run.checkpoint'>[] = [];
    studio.on('run.checkpoint', (data) => told.push(data));
    const { checkpoints } = await studio.call('runs.get', { runId: run.id });
    const best = checkpoints.find(({ isBest }) => isBest)!;
    await studio.call('checkpoints.remove', { runId: run.id, step: best.step });
    expect(removed).toEqual([{ runId: run.id, step: best.step }]);
    expect(existsSync(best.path)).toBe(false);
    const rest = checkpoints.filter(({ step }) => step !== best.step);
    const smallest = rest.toSorted((a, b) => a.evalLoss! - b.evalLoss!)[0]!;
    const { summary } = await studio.call('runs.get', { runId: run.id });
    expect(summary).toMatchObject({ bestStep: smallest.step, bestEvalLoss: smallest.evalLoss });
    expect(told).toEqual([{ ...smallest, isBest: true }]);
    const list = await studio.call('checkpoints.list', {});
    expect(list.map(({ step }) => step)).toEqual(rest.map(({ step }) => step));
    await expect(studio.call('checkpoints.remove', { runId: run.id, step: best.step })).rejects.toMatchObject(
      { code: 'checkpoint-not-found' },
    );
  });

  it('keeps the only one of a run that will go on from it', async () => {
    const settings = tinySettings({ maxSteps: 1_000_000, evalSteps: 0 });
    const isTraining = new Promise((resolve) => studio.on('run.metrics', resolve));
    const { id } = await studio.call('runs.create', { datasetId, settings, device: onCpu });
    await isTraining;
    await studio.call('runs.pause', { runId: id });
    const { checkpoints } = await studio.call('runs.get', { runId: id });
    expect(checkpoints).toHaveLength(1);
    const { step } = checkpoints[0]!;
    await expect(studio.call('checkpoints.remove', { runId: id, step })).rejects.toMatchObject({
      code: 'checkpoint-needed',
      message: expect.stringContaining('paused'),
    });
    expect(existsSync(checkpoints[0]!.path)).toBe(true);
  });
});
