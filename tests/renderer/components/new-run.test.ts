// @vitest-environment happy-dom
// New run as a user meets it: what it begins with, what follows from typing, what is refused and how it is put
// right, what is asked of the studio when it starts, and that nothing is lost.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import type { RunSettings } from '../../../engine/config.ts';
import type { CallName } from '../../../preload/contract.ts';
import { runCommand } from '../../../renderer/commands/registry.ts';
import { useDraftStore } from '../../../renderer/stores/draft.ts';
import { sampleDataset } from '../fake-home.ts';
import { presets, type FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;

async function open(path = '/new'): Promise<void> {
  ({ page, router } = await mountPage(path, { stubs: { LineChart: true }, shown: '#new-run-model' }));
}
const asked = (name: string) => studio.asked.filter((one) => one.name === name).map(({ input }) => input);
const button = (text: string) => page.findAll('button').find((one) => one.text().includes(text))!;
const field = (label: string) => page.find<HTMLInputElement>(`input[aria-label="${label}, exact value"]`);
const figure = (label: string) =>
  page
    .findAll('#new-run-estimate, dl > div')
    .find((one) => one.find('dt').exists() && one.find('dt').text() === label)
    ?.find('dd')
    .text();
const settings = () => useDraftStore().draft!.settings;

async function type(label: string, text: string): Promise<void> {
  await field(label).setValue(text);
  await flushPromises();
}
async function press(text: string): Promise<void> {
  await button(text).trigger('click');
  await flushPromises();
}

beforeEach(() => {
  studio = freshStudio();
  studio.home.datasets.set(sampleDataset.id, sampleDataset);
});
afterEach(() => {
  page.unmount();
  document.body.innerHTML = '';
});

describe('the first time', () => {
  it('a quick preset and the newest dataset are chosen, and all of it can be started', async () => {
    await open();
    expect(page.find('.presets .chosen').text()).toContain(presets[0]!.label);
    expect(page.find('[aria-label="Dataset"]').text()).toContain('Sample stories');
    expect(figure('Parameters')).toBe('0.80 M');
    expect(page.text()).toContain(`All settings as in ${presets[0]!.label}`);
    await press('Start training');
    const start = { mode: 'scratch' };
    expect(asked('runs.create')).toMatchObject([{ datasetId: sampleDataset.id, start }]);
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('run'), patient);
  });

  it('without a dataset says what is missing and offers the samples', async () => {
    studio.home.datasets.clear();
    await open();
    expect(button('Start training').attributes('disabled')).toBeDefined();
    expect(page.text()).toContain('Choose a dataset first.');
    await page.find('[aria-label="Dataset"]').trigger('keydown', { key: 'Enter' });
    await vi.waitFor(() =>
      expect(document.body.textContent).toContain('Reverse the word (comes with Heddle)'),
    );
  });
});

describe('typing', () => {
  it('is answered by the figures, marked, counted and undone', async () => {
    await open();
    await type('Layers', '8');
    expect(figure('Parameters')).toBe('1.61 M');
    expect(page.find('header.title').text()).toContain('1 setting differs from');
    await type('Learning rate', '1e-4');
    expect(page.find('header.title').text()).toContain('2 settings differ from');
    runCommand('page.undo');
    await flushPromises();
    expect(settings().training.learningRate).toBe(2e-3);
    await press('Reset');
    expect(settings()).toEqual(presets[0]!.settings);
  });

  it('of one field in a row is undone as one change', async () => {
    await open();
    for (const text of ['1', '12', '128']) await type('Batch size', text);
    runCommand('page.undo');
    await flushPromises();
    expect(settings().training.perDeviceTrainBatchSize).toBe(12);
  });

  it('that is no number keeps the run from starting with an older value', async () => {
    await open();
    await type('Layers', '4x');
    expect(button('Start training').attributes('disabled')).toBeDefined();
    expect(page.text()).toContain('Layers: This is not a number.');
    await type('Layers', '5');
    expect(button('Start training').attributes('disabled')).toBeUndefined();
  });

  it('that contradicts is said beside the field and put right by a button', async () => {
    await open();
    await type('Width', '130');
    expect(field('Width').element.closest('.setting')!.textContent).toContain('is not a multiple');
    expect(button('Start training').attributes('disabled')).toBeDefined();
    await press('Width 132');
    expect(settings().model.hiddenSize).toBe(132);
    expect(button('Start training').attributes('disabled')).toBeUndefined();
  });

  it('of what does not fit is refused with what would', async () => {
    await open();
    await type('Batch size', '2400');
    expect(page.text()).toContain('It does not fit: 12.2 GB are needed and 8.0 GB are there.');
    expect(button('Start training').attributes('disabled')).toBeDefined();
    await press('Batches of 12');
    expect(settings().training).toMatchObject({
      perDeviceTrainBatchSize: 12,
      gradientAccumulationSteps: 200,
    });
    expect(page.text()).not.toContain('It does not fit');
  });

  it('asks one question at a time, and the newest last', async () => {
    const typed = ['5', '7', '9', '11'];
    await open();
    // The characters of the text change the vocabulary, which is a question of its own.
    await vi.waitFor(() => expect(useDraftStore().settled!.model.vocabSize).toBe(59), patient);
    const call = studio.call.bind(studio);
    const log: string[] = [];
    studio.call = (async (name: CallName, input: never) => {
      const layers = String((input as { settings?: RunSettings }).settings?.model?.numHiddenLayers);
      if (name !== 'settings.estimate' || !typed.includes(layers)) return call(name, input);
      log.push(`asked ${layers}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const answer = await call(name, input);
      log.push(`answered ${layers}`);
      return answer;
    }) as typeof studio.call;
    for (const text of typed) await field('Layers').setValue(text);
    await vi.waitFor(() => expect(figure('Parameters')).toBe('2.21 M'));
    expect(log).toEqual(['asked 5', 'answered 5', 'asked 11', 'answered 11']);
  });
});

describe('the form', () => {
  it('becomes a Llama with its own settings, and back', async () => {
    await open();
    await page
      .findAll('[role=radio]')
      .find((one) => one.text() === 'Llama')!
      .trigger('click');
    await flushPromises();
    expect(settings().model).toMatchObject({ modelType: 'llama', hiddenSize: 128 });
    expect(page.find('header.title').text()).toContain('1 setting differs');
    expect(field('Attention dropout').exists()).toBe(true);
    await press('Reset');
    expect(settings().model.modelType).toBe('gpt2');
  });
});

describe('a reload', () => {
  it('loses nothing', async () => {
    await open();
    await type('Layers', '8');
    await page.find('input[placeholder="two plain words are found"]').setValue('my-run');
    page.unmount();
    await open();
    expect(settings().model.numHiddenLayers).toBe(8);
    expect(useDraftStore().draft!.name).toBe('my-run');
    expect(page.find('header.title').text()).toContain('1 setting differs');
  });
});

describe('beginning with a model', () => {
  it('to fine-tune locks the model, and asks for its weights', async () => {
    const { id } = studio.addRun('indigo-twill', 'finished', 700);
    await open(`/new?from=${id}@700&mode=weights`);
    await vi.waitFor(() => expect(page.text()).toContain('The model is that of indigo-twill'));
    expect(router.currentRoute.value.query).toEqual({});
    expect(settings().training.learningRate).toBe(2e-4);
    expect(field('Layers').exists()).toBe(false);
    const start = { mode: 'weights', checkpoint: `${id}@700` };
    expect(button('Copy as PyTorch').attributes('disabled')).toBeDefined();
    vi.stubGlobal('navigator', { clipboard: { writeText: () => Promise.resolve() } });
    await press('Copy as command');
    expect(asked('settings.asCommand')[0]).toMatchObject({ start, datasetId: sampleDataset.id });
    vi.unstubAllGlobals();
    await press('Start training');
    expect(asked('runs.create')[0]).toMatchObject({ start });
  });

  it('to go on locks the data too, and counts from its step', async () => {
    const { id } = studio.addRun('indigo-twill', 'finished', 700);
    await open(`/new?from=${id}@700&mode=fork`);
    await vi.waitFor(() => expect(page.text()).toContain('keeps the data of indigo-twill'));
    expect(settings().training.maxSteps).toBe(1_400);
    await type('Steps', '600');
    expect(page.text()).toContain('The checkpoint has 700 steps already');
    expect(button('Start training').attributes('disabled')).toBeDefined();
    await type('Steps', '900');
    await press('Start training');
    expect(asked('runs.create')[0]).toMatchObject({ start: { mode: 'fork' }, datasetId: sampleDataset.id });
  });

  it('that is gone says so and leaves a run from scratch', async () => {
    await open('/new?from=run-9@5');
    await vi.waitFor(() => expect(page.find('[role=alert]').text()).toContain('checkpoint-not-found'));
    expect(useDraftStore().draft!.start.mode).toBe('scratch');
  });

  it('teaches where there is none, and starts nothing else meanwhile', async () => {
    await open();
    await page
      .findAll('[role=radio]')
      .find((one) => one.text() === 'Opened weights')!
      .trigger('click');
    await flushPromises();
    expect(page.text()).toContain('No weights opened yet');
    expect(button('Start training').attributes('disabled')).toBeDefined();
  });
});

describe('presets', () => {
  it('are saved under a name, chosen, removed, and brought back', async () => {
    await open();
    await type('Layers', '6');
    await press('Save as preset');
    const dialog = document.querySelector('[role=dialog]')!;
    const input = dialog.querySelector('input')!;
    input.value = 'Mine';
    input.dispatchEvent(new Event('input'));
    await flushPromises();
    dialog.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await flushPromises();
    expect(page.find('.presets .chosen').text()).toContain('Mine');
    expect(page.find('header.title').text()).toContain('All settings as in Mine');
    await page.find('[aria-label="Remove the preset Mine"]').trigger('click');
    await flushPromises();
    expect(page.find('.presets').text()).not.toContain('Mine');
    runCommand('page.undo');
    await vi.waitFor(() => expect(page.find('.presets').text()).toContain('Mine'));
  });
});

describe('taken elsewhere', () => {
  it('a run is copied as a command and as PyTorch', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    await open();
    await press('Copy as command');
    await press('Copy as PyTorch');
    expect(writeText.mock.calls).toEqual([['npm run heddle -- train'], ['import torch']]);
    vi.unstubAllGlobals();
  });
});

describe('while another run has the device', () => {
  it('the run is queued', async () => {
    studio.addRun('amber-loom', 'running', 10);
    await open();
    expect(button('Queue the run').exists()).toBe(true);
    expect(page.text()).toContain('amber-loom has the device');
  });
});

describe('what the model sees', () => {
  it('is the first tokens, and the same shifted by one', async () => {
    await open();
    await vi.waitFor(() => expect(page.find('.shift').exists()).toBe(true));
    const rows = page.findAll('.shift tr').map((row) => row.findAll('td').map((cell) => cell.text()));
    expect(rows[0]!.slice(1)).toEqual(rows[1]!.slice(0, -1));
    expect(page.find('.windows').text()).toContain('line number');
    expect(settings().model.vocabSize).toBe(65);
    expect(useDraftStore().settled!.model.vocabSize).toBe(59);
  });
});
