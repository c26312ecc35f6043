// @vitest-environment happy-dom
// Evaluating a checkpoint from its two places: what is asked for, the figures, a refusal, and what stays.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { getActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBridge } from '../../../renderer/bridge.ts';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import { sampleDataset } from '../fake-home.ts';
import { presets, type FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

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
    await press('Open the evaluation');
    await vi.waitFor(() => expect(page.find('h1').text()).toBe('amber-loom, step 100'), patient);
    expect(document.querySelector('[role=dialog]')).toBeNull();
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
        'amber-loom, step 100: Perplexity 8.00 · Loss 2.0794',
      ),
    );
    await press('Evaluate');
    expect(dialog().textContent).toContain('Bits per byte');
    await press('Evaluate otherwise');
    expect(dialog().querySelector('form')).not.toBeNull();
  });

  it('of a translation asks for examples, beams and tokenizer, and for the columns of a table', async () => {
    const { settings } = presets.find(({ name }) => name === 'nn-transformer-small')!;
    const call: FakeStudio['call'] = (name, input) =>
      name === 'checkpoints.settings'
        ? (Promise.resolve({ settings, datasetId: 'dataset-phrases' }) as never)
        : studio.call(name, input);
    setBridge({ ...studio, call });
    const columns = ['en', 'de', 'note'];
    const phrases = {
      ...sampleDataset,
      id: 'dataset-phrases',
      name: 'Phrases',
      kind: 'table',
      columns,
    } as const;
    studio.home.datasets.set(phrases.id, { ...phrases, columns });
    const { id } = studio.addRun('amber-loom', 'finished', 100);
    await open(`/checkpoints?checkpoint=${id}@100`);
    await press('Evaluate');
    await vi.waitFor(() => expect(dialog().textContent).toContain('Beams'));
    expect(dialog().textContent).toContain('BLEU, chrF, ROUGE-1');
    expect(dialog().textContent).not.toContain('Windows of');
    expect(dialog().querySelector('[aria-label="Column of the source"]')).not.toBeNull();
    const type = async (label: string, text: string): Promise<void> => {
      const field = dialog().querySelector<HTMLInputElement>(`input[aria-label="${label}"]`)!;
      field.value = text;
      field.dispatchEvent(new Event('input'));
      await flushPromises();
    };
    await type('Beams', '99');
    await submit();
    expect(asked()).toEqual([]);
    await type('Beams', '4');
    await type('Examples, at most', '50');
    await submit();
    await vi.waitFor(() => expect(asked()).toHaveLength(1));
    expect(asked()[0]).toMatchObject({
      datasetId: 'dataset-phrases',
      maxExamples: 50,
      numBeams: 4,
      bleuTokenizer: '13a',
    });
    for (const name of ['stride', 'topK', 'metrics', 'inputColumn'])
      expect(asked()[0]).not.toHaveProperty(name);
    await press('Evaluate otherwise');
    await press('The quick ones');
    expect(dialog().textContent).not.toContain('Beams');
    await submit();
    await vi.waitFor(() => expect(asked()).toHaveLength(2));
    expect(asked()[1]).toMatchObject({ metrics: ['loss', 'perplexity', 'token_accuracy'] });
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
