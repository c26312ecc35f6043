// Runs while they run and while they wait: changed, evaluated, saved, labelled and moved, with an engine that
// plays along. What is changed is written down with its step and told to whoever trains the run next.

import { mkdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../preload/contract.ts';
import { openStore } from '../../../main/store/store.ts';
import type { OpenStudio } from '../../../main/studio/studio.ts';
import { anyDevice, beginRun, openStubStudio, untilState } from '../stub-studio.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const slow = { totalSteps: 400, saveSteps: 50, stepsPerLife: 0, end: 'exit', stepMs: 5 } as const;
let studio: OpenStudio;

afterEach(() => studio.close('pause'));

async function openHome(plan: Parameters<typeof openStubStudio>[1] = slow): Promise<string> {
  const home = temp.path('home');
  mkdirSync(home);
  studio = await openStubStudio(home, plan);
  return home;
}

function reaches(runId: string, step: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = studio.on('run.updated', (summary) => {
      if (summary.id !== runId || summary.step < step) return;
      stop();
      resolve();
    });
  });
}

/** Resolves when the run is said to be at a step, as it is when another engine goes on from there. */
function isAt(runId: string, step: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = studio.on('run.updated', (summary) => {
      if (summary.id !== runId || summary.step !== step) return;
      stop();
      resolve();
    });
  });
}

function untilEvent(runId: string, key: string): Promise<RunEvent> {
  return new Promise((resolve) => {
    const stop = studio.on('run.event', (data) => {
      if (data.runId !== runId || data.event.key !== key) return;
      stop();
      resolve(data.event);
    });
  });
}

const changesOf = async (runId: string) =>
  (await studio.call('runs.get', { runId })).events.filter(({ key }) => key === 'learningRate');
const ratesOf = async (runId: string) =>
  new Map(
    (await studio.call('runs.metrics', { runId })).map(({ step, values }) => [
      step,
      values['train/learning_rate'],
    ]),
  );

describe('a changed learning rate', () => {
  it('of a run that trains is an event with its step, told once', async () => {
    const home = await openHome();
    const { id } = await beginRun(studio, home);
    await reaches(id, 10);
    const told = untilEvent(id, 'learningRate');
    await studio.call('runs.change', { runId: id, key: 'learningRate', value: 0.25 });
    const event = await told;
    expect(event.value).toBe('0.25');
    await reaches(id, event.step + 5);
    await studio.call('runs.pause', { runId: id });
    expect(await changesOf(id)).toEqual([event]);
    const rates = await ratesOf(id);
    expect([rates.get(event.step), rates.get(event.step + 1)]).toEqual([1, 0.25]);
  });

  it('is told to the engine that goes on after one that died, at its step', async () => {
    const home = await openHome({ ...slow, totalSteps: 60, saveSteps: 20, stepsPerLife: 35 });
    const { id } = await beginRun(studio, home);
    const told = untilEvent(id, 'learningRate');
    await reaches(id, 22);
    await studio.call('runs.change', { runId: id, key: 'learningRate', value: 0.25 });
    const { step } = await told;
    // The first engine dies after step 35, be it before or after it made the change; the second begins at 20.
    expect((await untilState(studio, id, 'finished')).step).toBe(60);
    expect(step).toBeGreaterThanOrEqual(20);
    const rates = await ratesOf(id);
    expect([...rates].map(([at, rate]) => rate === (at > step ? 0.25 : 1)).every(Boolean)).toBe(true);
    expect(await changesOf(id)).toHaveLength(1);
  });

  it('that no step has seen when the run is paused is kept for its resume', async () => {
    const home = await openHome({ ...slow, hearsControl: false });
    const { id } = await beginRun(studio, home);
    await reaches(id, 10);
    await studio.call('runs.change', { runId: id, key: 'learningRate', value: 0.5 });
    const { step } = await studio.call('runs.pause', { runId: id });
    expect(await changesOf(id)).toMatchObject([{ step, value: '0.5' }]);
  });

  it('to a rate of before is not taken for made when the next engine says again what was changed', async () => {
    const home = await openHome();
    const { id } = await beginRun(studio, home);
    await reaches(id, 10);
    for (const value of [0.25, 0.5]) {
      const told = untilEvent(id, 'learningRate');
      await studio.call('runs.change', { runId: id, key: 'learningRate', value });
      await reaches(id, (await told).step + 2);
    }
    const { step: first } = await studio.call('runs.pause', { runId: id });
    await studio.close('pause');

    studio = await openStubStudio(home, { ...slow, saveSteps: 1_000, stepsPerLife: 30, hearsControl: false });
    const restarted = untilEvent(id, 'restarted');
    await studio.call('runs.resume', { runId: id, device: anyDevice });
    await reaches(id, first + 5);
    await studio.call('runs.change', { runId: id, key: 'learningRate', value: 0.25 });
    await restarted;
    await isAt(id, first);
    const { step } = await studio.call('runs.pause', { runId: id });
    expect((await changesOf(id)).at(-1)).toMatchObject({ step, value: '0.25' });
  });

  it('of a paused run counts from the checkpoint it goes on from; the last word wins', async () => {
    const home = await openHome();
    const { id } = await beginRun(studio, home);
    await reaches(id, 10);
    const { step } = await studio.call('runs.pause', { runId: id });
    for (const value of [0.5, 0.125])
      await studio.call('runs.change', { runId: id, key: 'learningRate', value });
    await studio.call('runs.resume', { runId: id, device: anyDevice, stopAtStep: step + 5 });
    await untilState(studio, id, 'stopped');
    expect((await ratesOf(id)).get(step + 1)).toBe(0.125);
  });

  it('of a run that failed is kept for its resume', async () => {
    const home = await openHome({
      ...slow,
      stepMs: 1,
      stepsPerLife: 70,
      end: 'fail',
    });
    const { id } = await beginRun(studio, home);
    await untilState(studio, id, 'failed');
    await studio.call('runs.change', { runId: id, key: 'learningRate', value: 0.5 });
    expect(await changesOf(id)).toMatchObject([{ step: 50, value: '0.5' }]);
    await studio.call('runs.resume', { runId: id, device: anyDevice, stopAtStep: 60 });
    await untilState(studio, id, 'stopped');
    const rates = await ratesOf(id);
    expect([rates.get(50), rates.get(51)]).toEqual([1, 0.5]);
  });

  it('of a run that waits holds from its first step', async () => {
    const home = await openHome({ ...slow, totalSteps: 20, stepMs: 1 });
    const first = await beginRun(studio, home);
    const { id } = await beginRun(studio, home);
    await studio.call('runs.change', { runId: id, key: 'learningRate', value: 0.5 });
    await studio.call('runs.stop', { runId: first.id, save: false });
    await untilState(studio, id, 'finished');
    expect((await ratesOf(id)).get(1)).toBe(0.5);
  });

  it('of a run that is finished is refused', async () => {
    const home = await openHome({ ...slow, totalSteps: 5, stepMs: 1 });
    const { id } = await beginRun(studio, home);
    await untilState(studio, id, 'finished');
    const refused = { code: 'run-not-running' };
    await expect(
      studio.call('runs.change', { runId: id, key: 'learningRate', value: 1 }),
    ).rejects.toMatchObject(refused);
    await expect(studio.call('runs.evaluateNow', { runId: id })).rejects.toMatchObject(refused);
    await expect(studio.call('runs.checkpointNow', { runId: id })).rejects.toMatchObject(refused);
  });
});

it('an evaluation and a checkpoint are made when they are asked for', async () => {
  const home = await openHome({ ...slow, saveSteps: 1_000 });
  const { id } = await beginRun(studio, home);
  await reaches(id, 10);
  for (const call of ['runs.evaluateNow', 'runs.checkpointNow'] as const) {
    const saved = new Promise<{ runId: string | null }>((resolve) => studio.on('run.checkpoint', resolve));
    await studio.call(call, { runId: id });
    expect((await saved).runId).toBe(id);
  }
});

describe('the queue', () => {
  it('is shown in order, told whenever it changes, and moved in', async () => {
    const home = await openHome();
    const first = await beginRun(studio, home);
    const told: string[][] = [];
    studio.on('queue.changed', ({ runIds }) => told.push(runIds));
    const [b, c, d] = [
      await beginRun(studio, home),
      await beginRun(studio, home),
      await beginRun(studio, home),
    ];
    expect((await studio.call('runs.queue', {})).runIds).toEqual([b.id, c.id, d.id]);
    const moved = await studio.call('runs.moveInQueue', { runId: d.name, position: 0 });
    expect(moved.runIds).toEqual([d.id, b.id, c.id]);
    await studio.call('runs.remove', { runId: b.id });
    await studio.call('runs.stop', { runId: first.id, save: false });
    await untilState(studio, d.id, 'running');
    expect(told).toEqual([
      [b.id],
      [b.id, c.id],
      [b.id, c.id, d.id],
      [d.id, b.id, c.id],
      [d.id, c.id],
      [c.id],
    ]);
    await expect(studio.call('runs.moveInQueue', { runId: first.id, position: 0 })).rejects.toMatchObject({
      code: 'run-not-waiting',
    });
  });
});

describe('the record of a run', () => {
  it('takes labels, and only a free name', async () => {
    const home = await openHome({ ...slow, totalSteps: 5, stepMs: 1 });
    const { id } = await beginRun(studio, home, { name: 'one' });
    await beginRun(studio, home, { name: 'two' });
    const labels = {
      name: 'three',
      color: 5,
      isStarred: true,
      isPinned: true,
      isArchived: true,
      tags: ['a', 'b c'],
      note: 'line\nline',
    };
    const heard = new Promise((resolve) => studio.on('run.updated', resolve));
    expect(await studio.call('runs.label', { runId: id, labels })).toMatchObject(labels);
    expect(await heard).toMatchObject(labels);
    for (const [name, code] of [
      ['two', 'run-name-taken'],
      ['last', 'run-name-invalid'],
      ['a@b', 'run-name-invalid'],
    ] as const) {
      await expect(studio.call('runs.label', { runId: id, labels: { name } })).rejects.toMatchObject({
        code,
      });
    }
  });

  it('says what it can be traced to, which figures it has, and how long it had the device', async () => {
    const home = await openHome({ ...slow, totalSteps: 20, saveSteps: 10 });
    const { id, datasetId } = await beginRun(studio, home);
    const waited = await beginRun(studio, home);
    await untilState(studio, id, 'finished');
    await studio.call('runs.stop', { runId: waited.id, save: false });
    const { provenance, metricKeys, summary } = await studio.call('runs.get', { runId: id });
    const dataset = (await studio.call('datasets.list', {})).find((one) => one.id === datasetId)!;
    expect(provenance).toMatchObject({
      dataset: dataset.contentHash,
      split: '0.1 held out by order',
      seed: '1337',
      device: 'stub',
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      appVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(metricKeys).toContain('eval/perplexity');
    const { startedAtMs, finishedAtMs, activeMs } = summary;
    // 20 steps of at least 5 ms each, and no more than passed in all.
    expect(activeMs).toBeGreaterThanOrEqual(90);
    expect(activeMs).toBeLessThanOrEqual(finishedAtMs! - startedAtMs! + 50);
    const series = await studio.call('runs.series', { runId: id, keys: ['train/loss', 'nothing'] });
    expect(series.map(({ key, steps, isWhole }) => [key, steps.length, isWhole])).toEqual([
      ['train/loss', 20, true],
    ]);
    expect(await studio.call('runs.metrics', { runId: id, limit: 3 })).toHaveLength(3);
    // Of a long run each key takes a while: others have a turn after every one.
    let turns = 0;
    const count = (): void => {
      turns++;
      setImmediate(count).unref();
    };
    setImmediate(count);
    const all = await studio.call('runs.series', { runId: id });
    expect(turns).toBeGreaterThanOrEqual(all.length);
  });

  it('names the runs that it was forked from, nearest first, as far back as they are', async () => {
    const home = await openHome({ ...slow, totalSteps: 2, stepMs: 1 });
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push((await beginRun(studio, home, { name })).id);
    await untilState(studio, ids[3]!, 'finished');
    await studio.close('pause');
    const store = openStore(home);
    const from = (run: number, step: number, isFork: boolean) => ({
      parent: { runId: ids[run]!, weightsId: null, step, label: '', isFork },
    });
    // d is a fork of c, c of b; b only began with weights of a.
    store.runs.update(ids[3]!, from(2, 30, true));
    store.runs.update(ids[2]!, from(1, 20, true));
    store.runs.update(ids[1]!, from(0, 10, false));
    store.close();
    studio = await openStubStudio(home, slow);
    const ancestorsOf = async (runId: string) => (await studio.call('runs.get', { runId })).ancestors;
    expect(await ancestorsOf('d')).toEqual([
      { runId: ids[2], name: 'c', step: 30 },
      { runId: ids[1], name: 'b', step: 20 },
    ]);
    expect(await ancestorsOf('b')).toEqual([]);
    await studio.call('runs.remove', { runId: 'b' });
    expect((await ancestorsOf('d')).map(({ name }) => name)).toEqual(['c']);
  });
});
