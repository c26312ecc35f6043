// @vitest-environment happy-dom
// The places of the page, mounted without a canvas: what they show, what their buttons ask for, and how
// failures stand where they happened.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;

async function open(path: string): Promise<void> {
  ({ page } = await mountPage(path));
}

const button = (text: string) => page.findAll('button').find((one) => one.text().includes(text))!;

async function press(text: string): Promise<void> {
  await button(text).trigger('click');
  await flushPromises();
}

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => page.unmount());

describe('the start', () => {
  it('trains on the sample stories with one button and opens the run', async () => {
    await open('/');
    expect(page.text()).not.toContain('Recent runs');
    await press('Train a small model on the sample stories');
    await vi.waitFor(() => expect(page.find('h1').text()).toBe('amber-loom'), patient);
    expect(page.text()).toContain('running');
    expect(document.title).toBe('0% · amber-loom · Heddle');
  });

  it('shows why it could not, with code and hint, and lets one try again', async () => {
    studio.failNext('runs.create', { code: 'disk-full', message: 'The disk is full.', hint: 'Free some.' });
    await open('/');
    await press('Train a small model');
    const note = page.find('[role=alert]');
    expect(note.text()).toContain('The disk is full.');
    expect(note.text()).toContain('Free some.');
    expect(note.text()).toContain('disk-full');
    await press('Train a small model');
    await vi.waitFor(() => expect(page.find('h1').text()).toBe('amber-loom'), patient);
  });

  it('copies a failure whole', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    studio.failNext('runs.list', { code: 'disk-full', message: 'The disk is full.', hint: 'Free some.' });
    await open('/');
    await press('Copy details');
    expect(writeText).toHaveBeenCalledWith('disk-full: The disk is full.\nFree some.');
    expect(page.text()).toContain('Copied');
    vi.unstubAllGlobals();
  });

  it('lists recent runs', async () => {
    studio.addRun('indigo-twill', 'finished', 700);
    await open('/');
    expect(page.find('tbody th').text()).toBe('indigo-twill');
    expect(page.find('tbody').text()).toContain('700 / 700');
  });
});

describe('a run', () => {
  it('says what will appear before there is anything', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 0);
    await open(`/runs/${id}`);
    expect(page.text()).toContain('Appears with the first step.');
    expect(page.text()).toContain('The model writes a few lines every 100 steps');
    expect(page.text()).toContain('Ready after the first checkpoint, at step 100.');
    expect(button('Write').attributes('disabled')).toBeDefined();
  });

  it('follows its training', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 100);
    await open(`/runs/${id}`);
    studio.advance(110);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await flushPromises();
    expect(page.text()).toContain('step 210 / 700');
    expect(page.findAll('[role=img]')[0]!.text()).toMatch(/^Loss: train \d\.\d{3} at step 210/);
    expect(page.findAll('ol.list li')).toHaveLength(2);
    expect(page.find('ol.list li').text()).toContain('step 200');
  });

  it('is paused, resumed and stopped by its buttons', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 150);
    await open(`/runs/${id}`);
    await press('Pause');
    expect(page.find('.badge').text()).toContain('paused');
    await press('Resume');
    expect(page.find('.badge').text()).toContain('running');
    await press('Stop and save');
    expect(page.find('.badge').text()).toContain('stopped');
    expect(studio.asked.at(-1)).toEqual({ name: 'runs.stop', input: { runId: id, save: true } });
  });

  it('shows a refused pause beside the button', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 150);
    studio.failNext('runs.pause', { code: 'engine-exited', message: 'The engine ended.', hint: 'Again.' });
    await open(`/runs/${id}`);
    await press('Pause');
    expect(page.find('[role=alert]').text()).toContain('The engine ended.');
    expect(page.find('.badge').text()).toContain('running');
  });

  it('shows what ended it', async () => {
    const error = { code: 'non-finite', message: 'The loss is not a number.', hint: 'Lower the rate.' };
    const { id } = studio.addRun('amber-loom', 'paused', 150, { error });
    await open(`/runs/${id}`);
    expect(page.find('[role=alert]').text()).toContain('Lower the rate.');
  });

  it('writes from a prompt', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 150);
    await open(`/runs/${id}`);
    await page.find('#try-prompt').setValue('Nell said ');
    await page.find('form.form').trigger('submit');
    await vi.waitFor(() => expect(page.find('.try').text()).toContain('from step 100'));
    expect(page.find('.try pre').text()).toMatch(/^Nell said there was a lamp/);
  });

  it('takes a new name, or says why not', async () => {
    const { id } = studio.addRun('amber-loom', 'finished', 700);
    studio.failNext('runs.label', { code: 'run-name-taken', message: 'It is taken.', hint: '' });
    await open(`/runs/${id}`);
    await page.find('h1 button').trigger('click');
    await page.find('input.name').setValue('first-try');
    await page.find('.title form').trigger('submit');
    await flushPromises();
    expect(page.find('[role=alert]').text()).toContain('It is taken.');
    await page.find('.title form').trigger('submit');
    await flushPromises();
    expect(page.find('h1').text()).toBe('first-try');
  });

  it('that does not exist is said so', async () => {
    await open('/runs/none');
    expect(page.find('[role=alert]').text()).toContain('There is no run "none".');
  });
});

describe('the rail', () => {
  it('shows what runs, on what, and how many there are of everything', async () => {
    studio.addRun('amber-loom', 'running', 350);
    await open('/runs');
    expect(page.find('.rail-run').text()).toContain('50%');
    expect(page.find('.chip').text()).toBe('CPU');
    expect(page.findAll('.rail .place').map((one) => one.text())).toEqual([
      'Start',
      'Datasets0',
      'New run',
      'Runs1',
      'Checkpoints3',
      'Evaluate0',
      'Playground',
      'Inspect',
      'Learn',
      'Settings',
    ]);
    expect(page.find('.place[aria-current]').text()).toBe('Runs1');
  });

  it('says when the studio cannot be reached', async () => {
    await open('/');
    studio.setConnected(false);
    await flushPromises();
    expect(page.find('.chip').text()).toBe('Reconnecting');
    expect(page.text()).toContain('The connection to Heddle is lost.');
  });
});
