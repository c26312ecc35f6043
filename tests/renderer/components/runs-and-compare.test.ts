// @vitest-environment happy-dom
// The table of runs and the comparison over the invented studio: what is found, kept, changed, taken back, deleted
// and laid over each other.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import type { FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;

async function open(path: string): Promise<void> {
  ({ page, router } = await mountPage(path));
}

const inPage = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];
const button = (text: string, within = document.body): HTMLElement =>
  [...within.querySelectorAll<HTMLElement>('button')].find(
    (one) => one.textContent?.trim() === text || one.getAttribute('aria-label') === text,
  )!;
async function press(text: string, within?: HTMLElement): Promise<void> {
  button(text, within).click();
  await flushPromises();
}
const order = (): string[] => inPage('tr[data-key] a.name').map((one) => one.textContent!.trim());
const row = (name: string): HTMLElement =>
  inPage('tr[data-key]').find((one) => one.textContent!.includes(name))!;
async function select(...names: string[]): Promise<void> {
  for (const name of names) await press(`Select ${name}`);
}
const labelled = (): unknown[] =>
  studio.asked.filter(({ name }) => name === 'runs.label').map(({ input }) => input);

const toolbar = (): HTMLElement => inPage('[role=toolbar]')[0]!;

beforeEach(() => {
  document.body.innerHTML = '';
  studio = freshStudio();
});
afterEach(() => page.unmount());

describe('the runs', () => {
  it('teach what will stand there, and begin with one button', async () => {
    await open('/runs');
    await vi.waitFor(() => expect(page.text()).toContain('No runs yet'));
    await press('Train a small model on the sample stories');
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('run'), patient);
  });

  it('stand in a table, the pinned ones on top, and are sorted by any column', async () => {
    studio.addRun('amber-loom', 'finished', 300);
    studio.addRun('blue-weft', 'failed', 100, { isPinned: true });
    studio.addRun('green-warp', 'paused', 200);
    await open('/runs');
    await vi.waitFor(() => expect(order()).toEqual(['blue-weft', 'green-warp', 'amber-loom']));
    inPage('th button.sort')
      .find((one) => one.textContent!.includes('Name'))!
      .click();
    await flushPromises();
    expect(order()).toEqual(['blue-weft', 'amber-loom', 'green-warp']);
    const kept = studio.asked.findLast(({ name }) => name === 'preferences.change')!.input;
    expect(kept).toMatchObject({ pages: { runs: { sort: { id: 'name', isDescending: false } } } });
  });

  it('are found by words; a filter that nothing passes can be reset', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    studio.addRun('blue-weft', 'finished', 100, { note: 'a higher rate' });
    await open('/runs');
    await vi.waitFor(() => expect(order()).toHaveLength(2));
    await page.find('input[aria-label="Search the runs"]').setValue('higher');
    expect(order()).toEqual(['blue-weft']);
    await page.find('input[aria-label="Search the runs"]').setValue('nothing');
    expect(page.text()).toContain('No run passes the filter');
    await press('Reset the filter');
    expect(order()).toHaveLength(2);
  });

  it('show settings as columns, read when they are shown', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    await open('/runs');
    await vi.waitFor(() => expect(row('amber-loom').textContent).toContain('2e-3'));
    await press('Columns');
    await press('Hide Learning rate');
    await press('Show Layers');
    await press('Move Layers to the left');
    await press('Done');
    const heads = inPage('thead th').map((one) => one.textContent!.trim());
    expect(heads).not.toContain('Learning rate');
    expect(heads.indexOf('Layers')).toBe(heads.indexOf('Tags') - 1);
  });

  it('take a new name where they stand, and give it back', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    await open('/runs');
    await vi.waitFor(() => expect(order()).toEqual(['amber-loom']));
    row('amber-loom').dispatchEvent(new KeyboardEvent('keydown', { key: 'F2', bubbles: true }));
    await flushPromises();
    const input = page.find('input[aria-label="New name of amber-loom"]');
    await input.setValue('first-try');
    await input.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(order()).toEqual(['first-try']);
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', ctrlKey: true, bubbles: true }),
    );
    await vi.waitFor(() => expect(order()).toEqual(['amber-loom']));
  });

  it('are starred, tagged and archived together; the archive is undone', async () => {
    const a = studio.addRun('amber-loom', 'finished', 100);
    const b = studio.addRun('blue-weft', 'finished', 100);
    await open('/runs');
    await vi.waitFor(() => expect(order()).toHaveLength(2));
    await select('amber-loom', 'blue-weft');
    await press('Star', toolbar());
    await vi.waitFor(() => expect(labelled()).toContainEqual({ runId: a.id, labels: { isStarred: true } }));
    await press('Tag', toolbar());
    const input = inPage('input[aria-label="New tag"]')[0] as HTMLInputElement;
    input.value = 'sweep';
    input.dispatchEvent(new Event('input'));
    await flushPromises();
    input.closest('form')!.dispatchEvent(new Event('submit'));
    await flushPromises();
    await vi.waitFor(() => expect(labelled()).toContainEqual({ runId: b.id, labels: { tags: ['sweep'] } }));
    await press('Done');
    await press('Archive', toolbar());
    await vi.waitFor(() => expect(order()).toEqual([]));
    await press('Undo');
    await vi.waitFor(() => expect(order()).toHaveLength(2));
  });

  it('are deleted only after a question that names what goes', async () => {
    studio.addRun('amber-loom', 'finished', 200);
    studio.addRun('blue-weft', 'finished', 100);
    await open('/runs');
    await vi.waitFor(() => expect(order()).toHaveLength(2));
    await select('amber-loom');
    await press('Delete', toolbar());
    const dialog = inPage('[role=alertdialog], [role=dialog]')[0]!;
    expect(dialog.textContent).toContain('amber-loom: curves, samples, events and 2 checkpoints');
    expect(studio.asked.some(({ name }) => name === 'runs.remove')).toBe(false);
    button('Delete the run', dialog).click();
    await vi.waitFor(() => expect(order()).toEqual(['blue-weft']));
  });

  it('that wait are put in another order', async () => {
    studio.addRun('amber-loom', 'queued', 0);
    studio.addRun('blue-weft', 'queued', 0);
    await open('/runs');
    const waiting = (): string[] => inPage('[aria-label="Waiting runs"] a').map((one) => one.textContent!);
    await vi.waitFor(() => expect(waiting()).toEqual(['amber-loom', 'blue-weft']));
    await press('Move blue-weft forward');
    expect(waiting()).toEqual(['blue-weft', 'amber-loom']);
  });

  it('are compared from the selection', async () => {
    const a = studio.addRun('amber-loom', 'finished', 200);
    const b = studio.addRun('blue-weft', 'finished', 100);
    await open('/runs');
    await vi.waitFor(() => expect(order()).toHaveLength(2));
    await select('amber-loom');
    expect((button('Compare') as HTMLButtonElement).disabled).toBe(true);
    await select('blue-weft');
    await press('Compare', toolbar());
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('compare'), patient);
    expect(String(router.currentRoute.value.query['runs']).split(',').sort()).toEqual([a.id, b.id]);
  });
});

describe('a comparison', () => {
  async function openTwo(): Promise<{ first: string; second: string }> {
    const first = studio.addRun('amber-loom', 'finished', 200).id;
    const second = studio.addRun('blue-weft', 'finished', 400).id;
    await open(`/compare?runs=${first},${second},gone`);
    await vi.waitFor(() => expect(page.find('h1').text()).toBe('Compare 2 runs'));
    await vi.waitFor(() => expect(page.text()).toContain('These runs have the same settings'));
    return { first, second };
  }
  const cell = (label: string, index: number): HTMLElement =>
    inPage('[aria-label="Results"] tbody tr')
      .find((one) => one.textContent!.includes(label))!
      .querySelectorAll('td')[index]!;

  it('lays curves over each other and marks the best', async () => {
    await openTwo();
    await vi.waitFor(() => expect(page.find('[role=img]').text()).toMatch(/^Validation loss: /));
    expect(page.text()).toContain('One named run is not here any more.');
    expect(cell('Best validation loss', 1).querySelector('.best')).not.toBeNull();
    expect(cell('Best validation loss', 0).querySelector('.best')).toBeNull();
    expect(cell('Steps', 1).textContent).toContain('+200');
  });

  it('takes another baseline, and runs out of it', async () => {
    const { second } = await openTwo();
    expect(page.text()).toContain('differences from amber-loom');
    const preferences = { ...(await studio.call('preferences.get', {})), baselineRunId: second };
    await studio.call('preferences.change', preferences);
    await flushPromises();
    expect(page.text()).toContain('differences from blue-weft');
    expect(cell('Steps', 0).textContent).toContain('−200');
    await press('Take amber-loom out of the comparison');
    await vi.waitFor(() => expect(page.find('h1').text()).toBe('Compare 1 run'));
    expect(router.currentRoute.value.query['runs']).not.toContain('run-1,');
  });

  it('follows a run that goes on', async () => {
    const first = studio.addRun('amber-loom', 'running', 100).id;
    const second = studio.addRun('blue-weft', 'finished', 400).id;
    await open(`/compare?runs=${first},${second}`);
    await vi.waitFor(() => expect(page.find('h1').text()).toBe('Compare 2 runs'));
    studio.advance(60);
    await flushPromises();
    expect(cell('Steps', 0).textContent).toContain('160');
  });

  it('lets every run write from one prompt and one seed, one after the other', async () => {
    const { first, second } = await openTwo();
    await page.find('textarea[aria-label="Prompt for all runs"]').setValue('Nell said ');
    await press('Write with 2 runs');
    await vi.waitFor(() => {
      const texts = inPage('.column pre').map((one) => one.textContent);
      expect(texts).toHaveLength(2);
      expect(texts.every((text) => text!.startsWith('Nell said there was a lamp'))).toBe(true);
      expect(button('Write with 2 runs')).toBeDefined();
    });
    const asked = studio.asked.filter(({ name }) => name === 'generation.run').map(({ input }) => input);
    expect(asked).toMatchObject([
      { checkpoint: first, prompt: 'Nell said ', config: { seed: 1337 } },
      { checkpoint: second, prompt: 'Nell said ', config: { seed: 1337 } },
    ]);
  });

  it('shows what was written while training, by step', async () => {
    await openTwo();
    await page.find('[role=radio][aria-label="Written while training"]').trigger('click');
    await flushPromises();
    const notes = (): string[] => inPage('.column .note').map((one) => one.textContent!);
    await vi.waitFor(() => expect(notes()).toEqual(['step 200', 'step 400']));
    await page.find('input[aria-label="Step of the samples"]').setValue('0');
    expect(notes()).toEqual(['step 100', 'step 100']);
  });

  it('goes on from the best', async () => {
    const { second } = await openTwo();
    const push = vi.spyOn(router, 'push');
    await press('Fork the best');
    expect(push).toHaveBeenCalledWith({ name: 'new-run', query: { from: `${second}@400`, mode: 'fork' } });
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('new-run'), patient);
  });

  it('without runs teaches what it is for and lets them be chosen', async () => {
    const { id } = studio.addRun('amber-loom', 'finished', 200);
    await open('/compare');
    await vi.waitFor(() => expect(page.text()).toContain('Choose the runs to compare'));
    await press('Choose runs');
    button('Compare amber-loom').click();
    await vi.waitFor(() => expect(router.currentRoute.value.query['runs']).toBe(id));
  });
});
