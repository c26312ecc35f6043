// @vitest-environment happy-dom
// What is there on every page: palette, keys, menu of all commands, drop target, notes, and the start and the
// settings as a user meets them.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import { commands } from '../../../renderer/commands/registry.ts';
import { useIncomingStore } from '../../../renderer/stores/incoming.ts';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import type { FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;

async function open(path: string): Promise<void> {
  ({ page, router } = await mountPage(path));
}
async function key(
  key: string,
  more: KeyboardEventInit = {},
  target: Element = document.body,
): Promise<void> {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  await flushPromises();
}
const inDocument = (selector: string) => document.querySelector<HTMLElement>(selector);
const asked = (name: string) => studio.asked.filter((one) => one.name === name).map(({ input }) => input);
const button = (text: string) => page.findAll('button').find((one) => one.text().includes(text))!;

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => {
  page.unmount();
  document.body.innerHTML = '';
});

describe('keys', () => {
  it('go to places, also one after another', async () => {
    await open('/');
    await key('n', { code: 'KeyN' });
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('new-run'));
    await key('g', { code: 'KeyG' });
    await key('r', { code: 'KeyR' });
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('runs'));
  });

  it('do nothing while someone types', async () => {
    await open('/');
    const input = document.body.appendChild(document.createElement('input'));
    await key('n', { code: 'KeyN' }, input);
    expect(router.currentRoute.value.name).toBe('start');
  });

  it('pause and resume the run in sight', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 150);
    await open(`/runs/${id}`);
    await key(' ', { code: 'Space' });
    expect(asked('runs.pause')).toEqual([{ runId: id }]);
    await key(' ', { code: 'Space' });
    expect(asked('runs.resume')).toMatchObject([{ runId: id }]);
  });

  it('undo', async () => {
    await open('/');
    const undo = vi.fn();
    useToastsStore().notify({ title: 'Archived amber-loom', kind: 'info', undo });
    await key('z', { code: 'KeyZ', ctrlKey: true });
    expect(undo).toHaveBeenCalledOnce();
  });
});

describe('the palette', () => {
  it('finds runs and datasets by name and goes there', async () => {
    studio.addRun('indigo-twill', 'finished', 0);
    await open('/');
    await key('k', { code: 'KeyK', ctrlKey: true });
    const input = inDocument('.palette input') as HTMLInputElement;
    input.value = 'twill';
    input.dispatchEvent(new Event('input'));
    await flushPromises();
    const found = [...document.querySelectorAll<HTMLElement>('.palette [role=option]')];
    expect(found.map((one) => one.textContent)).toEqual([expect.stringContaining('indigo-twill')]);
    found[0]!.click();
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('run'));
    expect(inDocument('.palette')).toBeNull();
  });

  it('lists nothing that the menu of all commands has not', async () => {
    await open('/');
    await key('k', { code: 'KeyK', ctrlKey: true });
    const shown = [...document.querySelectorAll('.palette [role=option] > span:first-of-type')];
    expect(shown.length).toBeGreaterThan(8);
    await key('Escape', {}, inDocument('.palette input')!);
    await flushPromises();
    const trigger = page.find('button[aria-label="All commands"]');
    (trigger.element as HTMLElement).focus();
    await key('Enter', {}, trigger.element);
    const items = [...document.querySelectorAll('[role=menuitem]')].map((one) => one.textContent ?? '');
    expect(items).toHaveLength(commands.value.length);
    for (const { textContent } of shown) expect(items.some((item) => item.includes(textContent!))).toBe(true);
  });
});

describe('the menu outside the page', () => {
  it('is told every command with whether it can be chosen, and its choice is run', async () => {
    await open('/');
    expect(studio.published.map(({ id }) => id)).toEqual(commands.value.map(({ id }) => id));
    expect(studio.published.find(({ id }) => id === 'page.undo')!.isEnabled).toBe(false);
    studio.chooseCommand('go.settings');
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('settings'));
  });
});

describe('files', () => {
  const dragged = (type: string, ...names: string[]): Event => {
    const files = names.map((name) => new File(['x'], name));
    const event = new Event(type, { bubbles: true, cancelable: true });
    return Object.assign(event, { dataTransfer: { types: ['Files'], files, items: [] } });
  };

  it('dropped anywhere go to the datasets', async () => {
    await open('/');
    window.dispatchEvent(dragged('dragenter'));
    await flushPromises();
    expect(page.text()).toContain('Drop text to make a dataset');
    window.dispatchEvent(dragged('drop', 'tale.txt'));
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('datasets'));
    expect(page.text()).not.toContain('Drop text to make a dataset');
  });

  it('of a model are opened as weights and lead to a new run', async () => {
    await open('/');
    window.dispatchEvent(dragged('drop', 'config.json', 'model.safetensors'));
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('new-run'));
    await vi.waitFor(() =>
      expect(asked('checkpoints.settings')).toEqual([{ checkpoint: 'weights:weights-1' }]),
    );
    expect(useIncomingStore().current).toBeNull();
  });

  it('that cannot be opened are said so', async () => {
    await open('/');
    studio.failNext('weights.open', { code: 'weights-unknown', message: 'Not a model.', hint: 'See.' });
    await button('Choose a folder of weights').trigger('click');
    await vi.waitFor(() => expect(page.find('.toast').text()).toContain('Not a model.'));
    expect(asked('tickets.release')).toHaveLength(1);
  });
});

describe('the start', () => {
  it('has three doors while there is nothing', async () => {
    await open('/');
    expect(page.findAll('.door h2').map((one) => one.text())).toEqual([
      'Train on a sample',
      'Drop your own text',
      'Open weights',
    ]);
  });

  it('later shows what runs, what ran, what waits and what there is', async () => {
    studio.addRun('indigo-twill', 'finished', 700);
    studio.addRun('amber-loom', 'running', 100);
    studio.addRun('rose-reed', 'queued', 0);
    await open('/');
    expect(page.find('.running').text()).toContain('amber-loom');
    expect(page.find('tbody').text()).toContain('indigo-twill');
    expect(page.find('.side').text()).toContain('rose-reed');
    expect(page.findAll('.door')).toHaveLength(0);
  });
});

describe('the settings', () => {
  it('say what computes and keep what is chosen', async () => {
    await open('/settings');
    expect(page.text()).toContain('The CPU is used because no hardware adapter was found.');
    expect(page.text()).toContain('Invented 9000');
    await page
      .findAll('[role=radio]')
      .find((one) => one.text() === 'Processor')!
      .trigger('click');
    await flushPromises();
    expect(asked('preferences.change')).toEqual([{ device: { device: 'cpu', adapter: '', threads: 0 } }]);
    expect(asked('device.report').at(-1)).toEqual({ device: 'cpu', adapter: '', threads: 0 });
  });

  it('change the theme', async () => {
    await open('/settings');
    await page
      .findAll('[role=radio]')
      .find((one) => one.text() === 'Light')!
      .trigger('click');
    expect(document.documentElement.dataset['theme']).toBe('light');
  });

  it('test the studio and say what does not work', async () => {
    await open('/settings');
    await button('Test everything').trigger('click');
    await flushPromises();
    expect(page.find('.tests .good').text()).toContain('Storeworks: written and read back');
    expect(page.find('.tests .bad').text()).toContain('does not work: differs by 0.02');
  });

  it('copy diagnostics', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    await open('/settings');
    await button('Copy diagnostics').trigger('click');
    await flushPromises();
    expect(writeText).toHaveBeenCalledWith('Heddle 0.1.0 on linux x64');
  });

  it('show the failure of a part without losing the others', async () => {
    studio.failNext('health.get', { code: 'disk-gone', message: 'The home is gone.', hint: 'Look.' });
    await open('/settings');
    expect(page.find('[role=alert]').text()).toContain('The home is gone.');
    expect(page.text()).toContain('Theme');
  });
});
