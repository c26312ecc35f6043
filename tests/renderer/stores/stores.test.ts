// @vitest-environment happy-dom
// What the stores make of calls and events, against an invented studio.

import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { setBridge } from '../../../renderer/bridge.ts';
import { StudioError } from '../../../renderer/lib/failure.ts';
import { useDeviceStore } from '../../../renderer/stores/device.ts';
import { useGenerationStore } from '../../../renderer/stores/generation.ts';
import { useRunDetailsStore } from '../../../renderer/stores/run-details.ts';
import { useRunsStore } from '../../../renderer/stores/runs.ts';
import { useSeriesStore } from '../../../renderer/stores/series.ts';
import { createFakeStudio, type FakeStudio } from '../fake-studio.ts';

let studio: FakeStudio;
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

beforeEach(() => {
  studio = createFakeStudio();
  setBridge(studio);
  setActivePinia(createPinia());
});

describe('the runs', () => {
  it('are listed newest first and follow events', async () => {
    studio.addRun('indigo-twill', 'finished', 0);
    studio.addRun('amber-loom', 'running', 0);
    const runs = useRunsStore();
    await runs.load();
    expect(runs.runs.map(({ name }) => name)).toEqual(['amber-loom', 'indigo-twill']);
    studio.advance(7);
    await vi.waitFor(() => expect(runs.running).toMatchObject({ name: 'amber-loom', step: 7 }));
    studio.emit('run.removed', { runId: runs.running!.id });
    expect(runs.runs.map(({ name }) => name)).toEqual(['indigo-twill']);
  });

  it('begin with the first preset on the sample stories', async () => {
    const run = await useRunsStore().trainOnSample();
    expect(run.state).toBe('running');
    const create = studio.asked.find(({ name }) => name === 'runs.create');
    expect(create!.input).toMatchObject({
      datasetId: 'dataset-stories',
      settings: { preset: 'stories', training: { maxSteps: 700 } },
    });
  });

  it('are asked for again after the connection broke', async () => {
    const runs = useRunsStore();
    await runs.load();
    studio.setConnected(false);
    studio.addRun('amber-loom', 'running', 3);
    studio.setConnected(true);
    await frame();
    expect(studio.asked.filter(({ name }) => name === 'runs.list')).toHaveLength(2);
    expect(runs.runs).toHaveLength(1);
  });

  it('say why they cannot be listed', async () => {
    studio.failNext('runs.list', { code: 'disk-full', message: 'Full.', hint: 'Free some.' });
    const runs = useRunsStore();
    await runs.load();
    expect([runs.isLoaded, runs.failure?.code]).toEqual([false, 'disk-full']);
    await runs.load();
    expect([runs.isLoaded, runs.failure]).toEqual([true, null]);
  });
});

describe('the figures of a run', () => {
  it('are loaded, then grow once a frame', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 20);
    const figures = useSeriesStore();
    await figures.open(id);
    expect(figures.byRun.get(id)!.series.get('train/loss')!.steps).toHaveLength(20);
    const before = figures.byRun.get(id)!;
    studio.advance(5);
    studio.advance(5);
    await frame();
    expect(figures.byRun.get(id)!.series.get('train/loss')!.steps.at(-1)).toBe(30);
    // The curve that was drawn is not changed under the chart that holds it.
    expect(before.series.get('train/loss')!.steps).toHaveLength(20);
  });

  it('have each step once when points arrive while they are loaded', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 20);
    const figures = useSeriesStore();
    // The studio has read its answer and it is on the way when the next steps are made.
    const call = studio.call.bind(studio);
    vi.spyOn(studio, 'call').mockImplementation(async (name, input) => {
      const answer = await call(name, input);
      studio.advance(5);
      return answer;
    });
    await figures.open(id);
    await frame();
    const { steps } = figures.byRun.get(id)!.series.get('train/loss')!;
    expect(steps).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  it('are loaded again after the connection broke', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 20);
    const figures = useSeriesStore();
    await figures.open(id);
    studio.setConnected(false);
    const silent = vi.spyOn(studio, 'call');
    studio.setConnected(true);
    expect(silent.mock.calls).toContainEqual(['runs.series', { runId: id, bucketCount: 800 }]);
  });

  it('of runs that are not open are not kept', async () => {
    studio.addRun('amber-loom', 'running', 0);
    const figures = useSeriesStore();
    studio.advance(5);
    await frame();
    expect(figures.byRun.size).toBe(0);
  });
});

describe('the details of an opened run', () => {
  it('gain samples, checkpoints and events, with one best checkpoint', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 100);
    const store = useRunDetailsStore();
    await store.open(id);
    studio.advance(100);
    const detail = store.details.get(id)!;
    expect(detail.samples.map(({ step }) => step)).toEqual([100, 200]);
    expect(detail.checkpoints.map(({ step, isBest }) => [step, isBest])).toEqual([
      [100, false],
      [200, true],
    ]);
    await useRunsStore().pause(id);
    expect(store.details.get(id)!.events.at(-1)!.key).toBe('paused');
  });

  it('reject as the call does', async () => {
    await expect(useRunDetailsStore().open('none')).rejects.toBeInstanceOf(StudioError);
  });
});

describe('written text', () => {
  it('comes in pieces and says which step wrote it', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 250);
    const generation = useGenerationStore();
    const pieces: string[] = [];
    studio.on('generation.text', () => pieces.push(generation.byRun.get(id)!.text));
    await generation.write(id, 'Once ', { temperature: 0.5 });
    expect(generation.byRun.get(id)).toMatchObject({ state: 'done', step: 200, prompt: 'Once ' });
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces[0]).not.toBe('');
    expect(generation.byRun.get(id)!.text.startsWith(pieces.at(-1)!)).toBe(true);
    expect(studio.asked.at(-1)!.input).toMatchObject({ checkpoint: id, config: { temperature: 0.5 } });
  });

  it('stays as far as it came when it is ended', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 100);
    const generation = useGenerationStore();
    const writing = generation.write(id, '', {});
    studio.on('generation.text', () => void generation.end(id));
    await writing;
    expect(generation.byRun.get(id)!.state).toBe('ended');
    expect(generation.byRun.get(id)!.text.length).toBeGreaterThan(0);
    expect(generation.isWriting).toBe(false);
  });

  it('says how it failed', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 100);
    studio.failNext('generation.run', {
      code: 'unknown-character',
      message: 'It does not know é.',
      hint: '',
    });
    const generation = useGenerationStore();
    await generation.write(id, 'é', {});
    expect(generation.byRun.get(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'unknown-character' },
    });
  });
});

describe('the device', () => {
  it('is asked once', async () => {
    const device = useDeviceStore();
    await device.load();
    await device.load();
    expect(device.memoryBytes).toBe(16e9);
    expect(studio.asked.filter(({ name }) => name === 'device.report')).toHaveLength(1);
  });
});
