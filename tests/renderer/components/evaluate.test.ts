// @vitest-environment happy-dom
// Evaluating a checkpoint from its two places: what is asked for, the figures, a refusal, and what stays.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { getActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBridge } from '../../../renderer/bridge.ts';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import { sampleDataset } from '../fake-home.ts';
import { presets, type FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;

async function open(path: string): Promise<void> {
  ({ page } = await mountPage(path, { stubs: {}, shown: 'h1' }));
}

const dialog = () => document.querySelector('[role=dialog]')!;
async function press(text: string): Promise<void> {
  const found = [...document.querySelectorAll<HTMLButtonElement>('button')].findLast(
    (one) => one.textContent?.trim() === text,
  );
  if (!found) throw new Error(`There is no button "${text}".`);
  found.click();
  await flushPromises();
}
async function submit(): Promise<void> {
  dialog()
    .querySelector('form')!
    .dispatchEvent(new Event('submit', { cancelable: true }));
  await flushPromises();
}
const asked = () => studio.asked.filter(({ name }) => name === 'evaluation.run').map(({ input }) => input);

async function openDialog(): Promise<void> {
  const { id } = studio.addRun('amber-loom', 'finished', 100);
  await studio.call('datasets.sample', {});
  await open(`/checkpoints?checkpoint=${id}@100`);
  await press('Evaluate');
  await vi.waitFor(() => expect(dialog().textContent).toContain('Windows of'));
}

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => {
  page.unmount();
  document.body.replaceChildren();
});

describe('an evaluation', () => {
  it('is on the own dataset of the run side by side, and shows every figure with its meaning', async () => {
    await openDialog();
    expect(dialog().textContent).toContain(sampleDataset.name);
    await submit();
    await vi.waitFor(() => expect(dialog().textContent).toContain('Bits per byte'));
    expect(asked()).toMatchObject([{ checkpoint: 'run-1@100', datasetId: sampleDataset.id }]);
    expect(asked()[0]).not.toHaveProperty('stride');
    const values = [...dialog().querySelectorAll('dd.value')].map((one) => one.textContent);
    expect(values).toEqual(['8.00', '2.0794', '3.0000', '37.5%', '75.0%']);
    expect(dialog().textContent).toContain('7,242 tokens, each once, in windows of 64 side by side');
  });

  it('asks for the stride of overlapping windows, half of one to begin with', async () => {
    await openDialog();
    await press('Overlapping');
    const { model, training } = presets[0]!.settings;
    const half = (training.maxLength || model.maxPositionEmbeddings) / 2;
    const field = dialog().querySelector<HTMLInputElement>('input[aria-label=Stride]')!;
    expect(field.value).toBe(String(half));
    const type = async (text: string): Promise<void> => {
      field.value = text;
      field.dispatchEvent(new Event('input'));
      await flushPromises();
    };
    await type('0');
    await submit();
    expect(asked()).toEqual([]);
    await type('16');
    await submit();
    await vi.waitFor(() => expect(asked()).toMatchObject([{ stride: 16 }]));
  });

  it('says why it failed, where it was asked for', async () => {
    await openDialog();
    studio.failNext('evaluation.run', { code: 'text-too-short', message: 'Too short.', hint: '' });
    await submit();
    await vi.waitFor(() => expect(dialog().textContent).toContain('Too short.'));
    await submit();
    await vi.waitFor(() => expect(dialog().textContent).toContain('Perplexity'));
  });

  it('goes on when its dialog is closed, tells the figure, and keeps it', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const call: FakeStudio['call'] = async (name, input) => {
      if (name === 'evaluation.run') await held;
      return studio.call(name, input);
    };
    setBridge({ ...studio, call });
    await openDialog();
    await submit();
    await press('Go on in the background');
    expect(document.querySelector('[role=dialog]')).toBeNull();
    release();
    await vi.waitFor(() =>
      expect(useToastsStore(getActivePinia()).toasts.map(({ title }) => title)).toContain(
        'amber-loom, step 100: perplexity 8.00',
      ),
    );
    await press('Evaluate');
    expect(dialog().textContent).toContain('Bits per byte');
    await press('Evaluate otherwise');
    expect(dialog().querySelector('form')).not.toBeNull();
  });

  it('begins at the checkpoints of a run too', async () => {
    const { id } = studio.addRun('amber-loom', 'finished', 100);
    await open(`/runs/${id}?tab=checkpoints`);
    const menu = page.find('button[aria-label="What to do with step 100"]');
    await menu.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    const item = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find(
      (one) => one.textContent?.trim() === 'Evaluate',
    )!;
    item.click();
    await flushPromises();
    await vi.waitFor(() => expect(dialog().textContent).toContain('Evaluate amber-loom, step 100'));
  });
});
