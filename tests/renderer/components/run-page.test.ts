// @vitest-environment happy-dom
// The page of a run beyond its curves: its tabs, its verbs in menu and palette, its dialogs, its checkpoints.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import type { Router } from 'vue-router';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import AppMenu from '../../../renderer/components/kit/AppMenu.vue';
import { commands, runCommand } from '../../../renderer/commands/registry.ts';
import { useUndoStore } from '../../../renderer/stores/undo.ts';
import type { FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;

async function open(path: string): Promise<void> {
  ({ page, router } = await mountPage(path, {
    stubs: { LineChart: { props: ['label'], template: '<div class="drawing">{{ label }}</div>' } },
    shown: 'h1',
  }));
}

const inDocument = (selector: string, text: string): HTMLElement =>
  [...document.querySelectorAll<HTMLElement>(selector)].find((one) => one.textContent?.includes(text))!;
const panel = () => page.find('[role=tabpanel][data-state=active]');
const ask = async (id: string): Promise<void> => {
  expect(runCommand(id)).toBe(true);
  await flushPromises();
};
const lastAsked = (name: string): unknown => studio.asked.findLast((one) => one.name === name)?.input;

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => page.unmount());

it('opens the tab of its address, and keeps the tab that is chosen in it', async () => {
  const { id } = studio.addRun('amber-loom', 'finished', 700);
  await open(`/runs/${id}?tab=log`);
  expect(panel().text()).toContain('Started');
  await ask('run.tab.system');
  await vi.waitFor(() => expect(router.currentRoute.value.query['tab']).toBe('system'));
  expect(panel().text()).toContain('Dataset, SHA-256');
});

it('offers what makes sense for its state, in the palette too', async () => {
  const { id } = studio.addRun('amber-loom', 'running', 150);
  await open(`/runs/${id}`);
  const ids = (): string[] => commands.value.map((command) => command.id);
  expect(ids()).toEqual(expect.arrayContaining(['run.evaluate', 'run.discard', 'run.learning-rate']));
  expect(ids()).not.toContain('run.delete');
  await ask('run.toggle');
  expect(ids()).toEqual(expect.arrayContaining(['run.delete', 'run.archive', 'run.learning-rate']));
  expect(ids()).not.toContain('run.evaluate');
});

it('evaluates and saves when asked', async () => {
  const { id } = studio.addRun('amber-loom', 'running', 150);
  await open(`/runs/${id}`);
  await ask('run.evaluate');
  await ask('run.checkpoint');
  expect(lastAsked('runs.evaluateNow')).toEqual({ runId: id });
  expect(lastAsked('runs.checkpointNow')).toEqual({ runId: id });
});

it('discards only after a question that says what is lost', async () => {
  const { id } = studio.addRun('amber-loom', 'running', 150);
  await open(`/runs/${id}`);
  await ask('run.discard');
  expect(inDocument('[role=alertdialog], [role=dialog]', 'discard').textContent).toContain('step 100');
  expect(lastAsked('runs.stop')).toBeUndefined();
  inDocument('button', 'Stop and discard').click();
  await vi.waitFor(() => expect(lastAsked('runs.stop')).toEqual({ runId: id, save: false }));
});

it('changes the learning rate from the one it has, and marks it in the log', async () => {
  const { id } = studio.addRun('amber-loom', 'running', 150);
  await open(`/runs/${id}`);
  await ask('run.learning-rate');
  expect(inDocument('[role=dialog]', 'learning rate').textContent).toContain('0.002');
  inDocument('button', 'half').click();
  await flushPromises();
  inDocument('button', 'Change the rate').click();
  await vi.waitFor(() =>
    expect(lastAsked('runs.change')).toEqual({ runId: id, key: 'learningRate', value: 0.001 }),
  );
  await ask('run.tab.log');
  await vi.waitFor(() => expect(panel().text()).toContain('Learning rate changed to 0.001'));
});

it('takes a star, and gives it back when that is undone', async () => {
  const { id } = studio.addRun('amber-loom', 'finished', 700);
  await open(`/runs/${id}`);
  await page.find('button[aria-label=Star]').trigger('click');
  await flushPromises();
  expect(page.find('button[aria-label=Star]').attributes('aria-pressed')).toBe('true');
  await useUndoStore().undo();
  await flushPromises();
  expect(page.find('button[aria-label=Star]').attributes('aria-pressed')).toBe('false');
});

it('lists its checkpoints, each the beginning of a fine-tune or a fork', async () => {
  const { id } = studio.addRun('amber-loom', 'finished', 700);
  await open(`/runs/${id}?tab=checkpoints`);
  const rows = panel().findAll('tbody tr');
  expect(rows).toHaveLength(7);
  expect(rows.filter((row) => row.text().includes('best'))).toHaveLength(1);
  expect(rows[0]!.text()).toContain('last');
  const asked: string[] = [];
  router.beforeEach(({ fullPath }) => {
    asked.push(fullPath);
    return false;
  });
  await rows[0]!.findAll('button')[0]!.trigger('click');
  await rows[0]!.findAll('button')[1]!.trigger('click');
  await vi.waitFor(() =>
    expect(asked.map(decodeURIComponent)).toEqual([
      `/new?from=${id}@700&mode=weights`,
      `/new?from=${id}@700&mode=fork`,
    ]),
  );
});

it('keeps a checkpoint, lets that be undone, and deletes one only after a question', async () => {
  const { id } = studio.addRun('amber-loom', 'finished', 700);
  await open(`/runs/${id}?tab=checkpoints`);
  const choose = async (verb: string): Promise<void> => {
    const row = panel().findAll('tbody tr')[1]!;
    page
      .findAllComponents(AppMenu)
      .find((menu) => row.element.contains(menu.element))!
      .vm.$emit('choose', verb);
    await flushPromises();
  };
  await choose('keep');
  expect(panel().findAll('tbody tr')[1]!.text()).toContain('kept');
  await useUndoStore().undo();
  await vi.waitFor(() => expect(panel().text()).not.toContain('kept'));
  await choose('remove');
  expect(lastAsked('checkpoints.remove')).toBeUndefined();
  inDocument('button', 'Delete the checkpoint').click();
  await vi.waitFor(() => expect(lastAsked('checkpoints.remove')).toEqual({ runId: id, step: 600 }));
  await vi.waitFor(() => expect(panel().findAll('tbody tr')).toHaveLength(6));
});

it.each(['paused', 'failed'] as const)(
  'resumes a %s run whose numbers ran away at half its rate',
  async (state) => {
    const error = { code: 'non-finite', message: 'The loss is not a number.', hint: 'Lower the rate.' };
    const { id } = studio.addRun('amber-loom', state, 150, { error });
    await open(`/runs/${id}`);
    inDocument('button', 'Resume with learning rate 0.001').click();
    await vi.waitFor(() => expect(lastAsked('runs.resume')).toMatchObject({ runId: id }));
    expect(lastAsked('runs.change')).toMatchObject({ value: 0.001 });
  },
);

it('says what differs from its preset', async () => {
  const { id } = studio.addRun('amber-loom', 'finished', 10);
  await open(`/runs/${id}?tab=settings`);
  await vi.waitFor(() => expect(panel().text()).toContain('As the preset'));
});

it('shows faintly what a fork grew out of, up to where it left', async () => {
  const parent = studio.addRun('amber-loom', 'finished', 700);
  const fork = studio.addRun('blue-weft', 'running', 300, {
    parent: { runId: parent.id, weightsId: null, step: 200, label: 'amber-loom, step 200', isFork: true },
  });
  const detail = await studio.call('runs.get', { runId: fork.id });
  const ancestors = [{ runId: parent.id, name: 'amber-loom', step: 200 }];
  const call = studio.call.bind(studio);
  studio.call = ((name: 'runs.get', input: { runId: string }) =>
    name === 'runs.get' && input.runId === fork.id
      ? Promise.resolve({ ...detail, ancestors })
      : call(name, input)) as typeof studio.call;
  await open(`/runs/${fork.id}`);
  await vi.waitFor(() =>
    expect(page.find('.drawing').text()).toMatch(/train of amber-loom 1\.\d+ at step 200/),
  );
  expect(page.text()).toContain('fork of amber-loom, step 200');
});
