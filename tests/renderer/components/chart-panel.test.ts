// @vitest-environment happy-dom
// The charts of a page without their canvas: what the controls, legends and menus do to what is drawn.

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setBridge } from '../../../renderer/bridge.ts';
import ChartCard from '../../../renderer/components/charts/ChartCard.vue';
import ChartPanel from '../../../renderer/components/charts/ChartPanel.vue';
import { withPoints } from '../../../renderer/lib/charts/live-series.ts';
import type { ChartRun } from '../../../renderer/lib/charts/chart-run.ts';
import { usePreferencesStore } from '../../../renderer/stores/preferences.ts';
import { createFakeStudio, type FakeStudio } from '../fake-studio.ts';
import { inventedPoints } from '../invented-run.ts';

let studio: FakeStudio;
let panel: VueWrapper;

const points = Array.from({ length: 200 }, (_, index) => inventedPoints(index + 1, 50, 700)).flat();
const run: ChartRun = {
  runId: 'run-1',
  name: 'amber-loom',
  color: null,
  isBaseline: false,
  isLive: false,
  isAncestor: false,
  startedAtMs: 1_700_000_000_000,
  tokensPerStep: 256,
  totalSteps: 700,
  series: withPoints(new Map(), points),
  marks: [{ step: 100, kind: 'checkpoint', label: 'checkpoint at step 100' }],
  bestStep: 200,
};
const other: ChartRun = { ...run, runId: 'run-2', name: 'blue-weft' };

async function open(runs: readonly ChartRun[], mode: 'run' | 'comparison'): Promise<void> {
  panel = mount(ChartPanel, {
    props: { runs, mode, pageName: 'charts', emptyText: () => 'Appears with the first step.' },
    global: {
      plugins: [createPinia()],
      stubs: {
        LineChart: {
          name: 'LineChart',
          props: ['curves', 'marks', 'isLogarithmic', 'liftedId', 'xRange'],
          emits: ['zoom', 'hover'],
          template: '<div class="drawing"></div>',
        },
      },
    },
    attachTo: document.body,
  });
  await flushPromises();
}

const drawing = (index: number): VueWrapper => panel.findAllComponents({ name: 'LineChart' })[index]!;
const prop = (index: number, name: string): unknown =>
  (drawing(index).props() as Record<string, unknown>)[name];
const drawnNames = (index: number): string[] =>
  (prop(index, 'curves') as { name: string }[]).map(({ name }) => name);
const titles = (): string[] => panel.findAll('h3').map((one) => one.text());

beforeEach(() => {
  studio = createFakeStudio();
  setBridge(studio);
});
afterEach(() => panel.unmount());

it('draws the four main charts of a run first, with its checkpoints where it is measured', async () => {
  await open([run], 'run');
  expect(titles().slice(0, 4)).toEqual(['Loss', 'Perplexity', 'Learning rate', 'Gradient norm']);
  expect(prop(0, 'marks')).toHaveLength(1);
  expect(prop(2, 'marks')).toHaveLength(0);
  expect(prop(1, 'isLogarithmic')).toBe(true);
});

it('hides a curve, shows one alone with Alt, and lifts the one that is pointed at', async () => {
  await open(
    [
      { ...run, color: 0 },
      { ...other, color: 1 },
    ],
    'comparison',
  );
  const [first, second] = panel.findAll('.legend button').slice(0, 2);
  await first!.trigger('click');
  expect(drawnNames(0)).toEqual(['blue-weft']);
  expect(first!.attributes('aria-pressed')).toBe('false');
  await first!.trigger('click', { altKey: true });
  expect(drawnNames(0)).toEqual(['amber-loom']);
  await first!.trigger('click', { altKey: true });
  expect(drawnNames(0)).toEqual(['amber-loom', 'blue-weft']);
  await second!.trigger('pointerenter');
  expect(prop(0, 'liftedId')).toBe('run-2 eval/loss');
});

it('keeps what was chosen for a chart and where it stands', async () => {
  await open([run], 'run');
  const cards = panel.findAllComponents(ChartCard);
  cards[0]!.vm.$emit('change', { isLogarithmic: true });
  cards[1]!.vm.$emit('move', -1);
  await flushPromises();
  expect(titles().slice(0, 2)).toEqual(['Perplexity', 'Loss']);
  expect(prop(1, 'isLogarithmic')).toBe(true);
  const kept = studio.asked.findLast(({ name }) => name === 'preferences.change')!.input;
  expect(kept).toMatchObject({ pages: { charts: { looks: { loss: { isLogarithmic: true } } } } });
});

it('leaves out the charts that are not looked for', async () => {
  await open([run], 'run');
  await panel.find('input[type=search]').setValue('grad|loss');
  expect(titles()).toEqual(['Loss', 'Perplexity', 'Gradient norm']);
  await panel.find('input[type=search]').setValue('nothing like it');
  expect(panel.text()).toContain('No chart has “nothing like it” in its name.');
});

it('zooms all charts together, and back', async () => {
  await open([run], 'run');
  drawing(0).vm.$emit('zoom', { from: 50, to: 150 });
  await flushPromises();
  expect(prop(3, 'xRange')).toEqual({ from: 50, to: 150 });
  expect(studio.asked.findLast(({ name }) => name === 'runs.series')!.input).toMatchObject({
    fromStep: 49,
    toStep: 151,
  });
  await panel
    .findAll('button')
    .find((one) => one.text() === 'Show everything')!
    .trigger('click');
  expect(prop(3, 'xRange')).toEqual({ from: 0, to: 700 });
});

it('follows the axis that is preferred', async () => {
  await open([run], 'run');
  await usePreferencesStore().change({ xAxis: 'tokens' });
  await flushPromises();
  expect(prop(0, 'xRange')).toEqual({ from: 0, to: 700 * 256 });
});

it('fills the window with one chart until Escape', async () => {
  await open([run], 'run');
  await panel.find('button[aria-label="Fill the window with Loss"]').trigger('click');
  expect(panel.find('.full').attributes('role')).toBe('dialog');
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
  await flushPromises();
  expect(panel.find('.full').exists()).toBe(false);
});

it('shows a chart as a table for who cannot see it', async () => {
  await open([run], 'run');
  const card = panel.findAllComponents(ChartCard)[0]!;
  card.findComponent({ name: 'AppMenu' }).vm.$emit('choose', 'table');
  await flushPromises();
  expect(card.find('tbody tr').text()).toMatch(/^step 1/);
});
