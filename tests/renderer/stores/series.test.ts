// The figures of a run while it trains: whole and looked at closely, over reloads and breaks, each step once.

import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBridge } from '../../../renderer/bridge.ts';
import { liveEveryMs } from '../../../renderer/stores/live-beat.ts';
import { useRunDetailsStore } from '../../../renderer/stores/run-details.ts';
import { useRunsStore } from '../../../renderer/stores/runs.ts';
import { useSeriesStore } from '../../../renderer/stores/series.ts';
import { createFakeStudio, type FakeStudio } from '../fake-studio.ts';

let studio: FakeStudio;
/** Long enough for the next beat. */
const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(liveEveryMs + 20));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work, 1));
  studio = createFakeStudio();
  setBridge(studio);
  setActivePinia(createPinia());
});

afterEach(() => vi.useRealTimers());

const askedFor = (name: string): number => studio.asked.filter((one) => one.name === name).length;

describe('the figures of a run', () => {
  it('have every step once over a break in the connection, points before, in and after it', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 100);
    const figures = useSeriesStore();
    await figures.open(id);
    studio.advance(5);
    await settle();
    studio.setConnected(false);
    studio.setConnected(true);
    studio.advance(7);
    await settle();
    studio.advance(3);
    await settle();
    expect(figures.byRun.get(id)!.series.get('train/loss')!.steps).toEqual(upTo(115));
  });

  it('keep the points that came after an answer was made and before it was there', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 100);
    const figures = useSeriesStore();
    await figures.open(id);
    const { promise: isLate, resolve: deliver } = Promise.withResolvers<void>();
    const call = studio.call.bind(studio);
    studio.call = (async (name: 'runs.series', input: { runId: string }) => {
      const answer = await call(name, input);
      await isLate;
      return answer;
    }) as typeof studio.call;
    studio.setConnected(false);
    studio.setConnected(true);
    await settle();
    studio.advance(6);
    await settle();
    deliver();
    await settle();
    expect(figures.byRun.get(id)!.series.get('train/loss')!.steps).toEqual(upTo(106));
  });

  it('are asked for once, however many places of the page show them', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 10);
    const figures = useSeriesStore();
    await Promise.all([figures.open(id), figures.open(id)]);
    await figures.open(id);
    expect(askedFor('runs.series')).toBe(1);
  });

  it('looked at closely grow with the run, and are asked for again after a break', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 50);
    const figures = useSeriesStore();
    await figures.open(id);
    await figures.zoom(id, 10, 60);
    studio.advance(4);
    await settle();
    expect(figures.byRun.get(id)!.zoomed!.get('train/loss')!.steps.at(-1)).toBe(54);
    studio.setConnected(false);
    studio.setConnected(true);
    await settle();
    expect(studio.asked.at(-1)!.input).toMatchObject({ runId: id, fromStep: 10, toStep: 60 });
    figures.unzoom(id);
    expect(figures.byRun.get(id)!.zoomed).toBeNull();
  });

  it('of a stretch that was left meanwhile are not shown', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 50);
    const figures = useSeriesStore();
    await figures.open(id);
    const late = figures.zoom(id, 10, 20);
    figures.unzoom(id);
    await late;
    expect(figures.byRun.get(id)!.zoomed).toBeNull();
  });
});

describe('what a run says while it trains', () => {
  it('is shown at once after a silence, then once a second, figures and progress together', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 100);
    const figures = useSeriesStore();
    const runs = useRunsStore();
    await runs.load();
    await figures.open(id);
    const shown = (): unknown => [
      figures.byRun.get(id)!.series.get('train/loss')!.steps.at(-1),
      runs.byId.get(id)!.step,
    ];
    studio.advance(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(shown()).toEqual([101, 101]);
    for (let times = 0; times < 4; times++) {
      studio.advance(1);
      await vi.advanceTimersByTimeAsync(240);
      expect(shown()).toEqual([101, 101]);
    }
    await vi.advanceTimersByTimeAsync(50);
    expect(shown()).toEqual([105, 105]);
  });

  it('waits for its beat, the end of the run does not', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 100);
    const runs = useRunsStore();
    await runs.load();
    studio.advance(1);
    await settle();
    studio.advance(1);
    await studio.call('runs.pause', { runId: id });
    expect(runs.byId.get(id)).toMatchObject({ state: 'paused', step: 102 });
    await settle();
    expect(runs.byId.get(id)!.state).toBe('paused');
  });
});

describe('the details of a run', () => {
  it('are asked for again when something happened while they were asked for', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 50);
    const details = useRunDetailsStore();
    const opening = details.open(id);
    const event = { step: 50, timeMs: 0, key: 'paused', value: '' };
    studio.emit('run.event', { runId: id, event });
    await opening;
    await settle();
    expect(askedFor('runs.get')).toBe(2);
  });

  it('lose a checkpoint that was removed', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 200);
    const details = useRunDetailsStore();
    await details.open(id);
    studio.emit('run.checkpointRemoved', { runId: id, step: 100 });
    expect(details.details.get(id)!.checkpoints.map(({ step }) => step)).toEqual([200]);
  });
});
