// @vitest-environment happy-dom
// Tasks as a user meets them: chosen in New run with their columns, what the model sees and what hinders, methods,
// the samples of a run, the questions of the playground, and the cards that start a run at once.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import { useDraftStore } from '../../../renderer/stores/draft.ts';
import { sampleDataset } from '../fake-home.ts';
import type { FakeStudio } from '../fake-studio.ts';
import { pairsDataset } from '../fake-tasks.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;

async function open(path: string, shown: string): Promise<void> {
  ({ page, router } = await mountPage(path, { shown }));
}
const openNew = (path = '/new'): Promise<void> => open(path, '#new-run-model');
const asked = (name: string) => studio.asked.filter((one) => one.name === name).map(({ input }) => input);
const button = (text: string) => page.findAll('button').find((one) => one.text().includes(text))!;
const card = (label: string) =>
  page.findAll('ul.cards button').find((one) => one.find('.name').text() === label)!;
const settings = () => useDraftStore().draft!.settings;
const fields = () => page.findAll('.setting .label').map((one) => one.text());

async function choose(label: string): Promise<void> {
  await card(label).trigger('click');
  await flushPromises();
}

beforeEach(() => {
  studio = freshStudio();
  studio.home.datasets.set(pairsDataset.id, pairsDataset);
});
afterEach(() => {
  page.unmount();
  document.body.innerHTML = '';
});

describe('a task', () => {
  it('is text at first, and brings a preset, its columns and only its own settings', async () => {
    await openNew();
    expect(card('Text').attributes('aria-checked')).toBe('true');
    expect(fields()).not.toContain('Best by');
    await choose('Translation');
    expect(settings()).toMatchObject({ task: 'translate', model: { modelType: 'transformer' } });
    expect(page.find('.presets .chosen').exists()).toBe(true);
    expect(page.findAll('.presets li')).toHaveLength(2);
    expect(fields()).toEqual(expect.arrayContaining(['Decoder layers', 'Best by']));
    await vi.waitFor(() => expect(page.text()).toContain('"en" is translated into "de".'), patient);
    expect(page.find('[aria-label="Reads: column of the source"]').text()).toContain('en');
    expect(page.text()).toContain('die Lampe');
  });

  it('of classes lists them with their counts', async () => {
    await openNew('/new?task=classify');
    await vi.waitFor(() => expect(page.find('.classes').text()).toContain('home 12'), patient);
    expect(settings().model.modelType).toBe('bert');
  });

  it('that the dataset does not suit says so and keeps the run from starting', async () => {
    studio.home.datasets.clear();
    await studio.call('datasets.sample', {});
    await openNew('/new?task=translate');
    await vi.waitFor(() => expect(page.text()).toContain('this dataset is one long text'), patient);
    expect(button('Start training').attributes('disabled')).toBeDefined();
    await choose('Text');
    expect(button('Start training').attributes('disabled')).toBeUndefined();
  });

  it('that a model cannot do is not offered with it', async () => {
    const { id } = studio.addRun('indigo-twill', 'finished', 700);
    await openNew(`/new?from=${id}@700&mode=weights`);
    await vi.waitFor(() => expect(card('Translation').attributes('disabled')).toBeDefined(), patient);
    expect(card('Translation').text()).toContain('this model is a decoder');
    await choose('Instructions');
    expect(settings().task).toBe('instruct');
    expect(useDraftStore().draft!.start.mode).toBe('weights');
  });
});

describe('what the model sees', () => {
  it('is an example token by token, and the next one', async () => {
    await openNew('/new?task=translate');
    await vi.waitFor(() => expect(page.find('.token.learned').exists()).toBe(true), patient);
    const kinds = page.findAll('.tokens .token').map((one) => [one.text(), one.classes()[1]]);
    expect(kinds).toEqual([
      ['the lamp 0', 'read'],
      ['</s>', 'end'],
      ['die', 'learned'],
      ['Lampe', 'learned'],
      ['</s>', 'end'],
      ['zu viel', 'cut'],
    ]);
    // Not by colour alone.
    expect(page.find('.tokens').text()).toContain('read: ');
    await page.find('[aria-label="Next example"]').trigger('click');
    await vi.waitFor(() => expect(page.find('.tokens').text()).toContain('the lamp 1'), patient);
    expect(page.text()).toContain('All 20 examples can be learned from.');
  });

  it('that teaches nothing keeps the run from starting, and is mended by a button', async () => {
    const problem = {
      path: 'training.maxLength',
      message: 'Every answer is cut.',
      hint: 'Raise the sequence length.',
      mend: { 'training.maxLength': 60 },
    };
    studio.tasks.problems = [{ ...problem, isFatal: true }];
    await openNew('/new?task=translate');
    await vi.waitFor(() => expect(page.text()).toContain('The run would not start.'), patient);
    expect(button('Start training').attributes('disabled')).toBeDefined();
    expect(button('Start training').attributes('title')).toContain('Every answer is cut.');
    studio.tasks.problems = [{ ...problem, isFatal: false }];
    await button('Sequence length 60').trigger('click');
    expect(settings().training.maxLength).toBe(60);
    await vi.waitFor(() => expect(page.text()).toContain('Note.'), patient);
    expect(button('Start training').attributes('disabled')).toBeUndefined();
  });
});

describe('a method', () => {
  it('is chosen for a model that is there, with what it reads', async () => {
    studio.home.datasets.set(sampleDataset.id, sampleDataset);
    const { id } = studio.addRun('indigo-twill', 'finished', 700);
    await openNew();
    expect(page.find('#new-run-tuning').exists()).toBe(false);
    page.unmount();
    await openNew(`/new?from=${id}@700&mode=weights`);
    await vi.waitFor(() => expect(page.find('#new-run-tuning').exists()).toBe(true), patient);
    expect(fields()).not.toContain('LoRA rank');
    await page
      .findAll('[role=radio]')
      .find((one) => one.text() === 'LoRA')!
      .trigger('click');
    await flushPromises();
    expect(fields()).toEqual(expect.arrayContaining(['LoRA rank', 'LoRA alpha', 'LoRA targets']));
    await button('Start training').trigger('click');
    await flushPromises();
    expect(asked('runs.create')[0]).toMatchObject({ settings: { tuning: { method: 'lora' } } });
  });

  it('of a task that an address asks for makes way for a model that can do it', async () => {
    studio.home.datasets.set(sampleDataset.id, sampleDataset);
    const { id } = studio.addRun('indigo-twill', 'finished', 700);
    await openNew(`/new?from=${id}@700&mode=weights`);
    expect(settings().model.modelType).toBe('gpt2');
    await router.push('/new?task=translate');
    await vi.waitFor(() => expect(settings().task).toBe('translate'), patient);
    expect(settings().model.modelType).toBe('transformer');
    expect(useDraftStore().draft!.start.mode).toBe('scratch');
    // What the model can do it is asked to do.
    await router.push(`/new?from=${id}@700&mode=weights`);
    await vi.waitFor(() => expect(useDraftStore().draft!.start.mode).toBe('weights'), patient);
    await router.push('/new?task=instruct');
    await vi.waitFor(() => expect(settings().task).toBe('instruct'), patient);
    expect(useDraftStore().draft!.start.mode).toBe('weights');
    // A run that goes on keeps its task; a new one is begun beside it.
    await router.push(`/new?from=${id}@700&mode=fork`);
    await vi.waitFor(() => expect(useDraftStore().draft!.start.mode).toBe('fork'), patient);
    await router.push('/new?task=chat');
    await vi.waitFor(() => expect(useDraftStore().draft!.start.mode).toBe('scratch'), patient);
    expect(settings().task).toBe('chat');
  });

  it('of an adapter stands beside the name of its run', async () => {
    studio.addRun('amber-loom', 'finished', 200, { method: 'lora', kind: 'adapter' });
    studio.addRun('indigo-twill', 'finished', 200);
    await open('/runs', 'tbody tr');
    expect(page.findAll('.adapter').map((one) => one.text())).toEqual(['LoRA']);
    await router.push('/runs/run-1');
    await vi.waitFor(() => expect(page.find('.title .adapter').exists()).toBe(true), patient);
  });
});

describe('the page of a run', () => {
  it('shows examples beside their references, and is asked about a text', async () => {
    studio.tasks.task = 'classify';
    const run = studio.addRun('amber-loom', 'finished', 700, { task: 'classify' });
    const examples = [
      { input: 'never boring', target: 'praise', output: 'praise' },
      { input: 'cold soup', target: 'complaint', output: 'praise' },
    ];
    await open(`/runs/${run.id}`, '.samples');
    studio.emit('run.sample', {
      runId: run.id,
      sample: { step: 701, prompt: '', text: '', examples, timeMs: Date.now() },
    });
    await flushPromises();
    const marks = page.findAll('.examples .mark').map((one) => one.text().replaceAll(/[^a-z]/g, ''));
    expect(marks).toEqual(['right', 'wrong']);
    await page.find(`#run-${run.id}-text`).setValue('warm bread');
    await page.find('.try form').trigger('submit');
    await vi.waitFor(() => expect(page.find('.bars').text()).toContain('90.0 %'), patient);
    expect(asked('tasks.answer')[0]).toMatchObject({ texts: ['warm bread'], numBeams: 1 });
  });
});

describe('the playground', () => {
  it('asks a translator with beams, and goes on from a prompt with a decoder', async () => {
    studio.addRun('amber-loom', 'finished', 200, { task: 'translate' });
    await open('/playground', '#playground-text');
    expect(page.find('#playground-prompt').exists()).toBe(false);
    await page.find('#playground-text').setValue('the lamp');
    await page.find('.compose form').trigger('submit');
    await vi.waitFor(() => expect(page.text()).toContain('the lamp, auf Deutsch'), patient);
    expect(asked('tasks.answer')[0]).toMatchObject({ texts: ['the lamp'], numBeams: 4 });
  });

  it('wants [MASK] where words are filled in', async () => {
    studio.tasks.task = 'mask';
    studio.addRun('amber-loom', 'finished', 200, { task: 'mask' });
    await open('/playground', '#playground-text');
    await page.find('#playground-text').setValue('the lamp');
    expect(page.text()).toContain('Write [MASK] where a word is to be filled in.');
    await page.find('#playground-text').setValue('the [MASK]');
    await page.find('.compose form').trigger('submit');
    await vi.waitFor(() => expect(page.text()).toContain('Hidden word 1'), patient);
  });
});

describe('the card of a sample', () => {
  it('starts a run with its task and settings at once', async () => {
    await open('/datasets', '.samples');
    await page.find('[aria-label="Train on Reverse the word"]').trigger('click');
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('run'), patient);
    expect(asked('runs.create')[0]).toMatchObject({
      datasetId: 'dataset-reverse',
      settings: {
        task: 'seq2seq',
        model: { modelType: 'transformer', maxPositionEmbeddings: 32 },
        training: { maxSteps: 100, numTrainEpochs: 0 },
      },
    });
  });
});
