// @vitest-environment happy-dom
// The place of the datasets and the page of one: what stands there, what is asked of the studio, what is refused.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import { runCommand } from '../../../renderer/commands/registry.ts';
import { useIncomingStore } from '../../../renderer/stores/incoming.ts';
import { reviewsPreview } from '../fake-datasets.ts';
import { sampleDataset } from '../fake-home.ts';
import type { FakeStudio } from '../fake-studio.ts';
import { drawing, freshStudio, mountPage, patient } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;
const failure = { code: 'disk-full', message: 'The disk is full.', hint: 'Free some.' };
const table = {
  ...sampleDataset,
  id: 'table',
  name: 'Pairs',
  kind: 'table' as const,
  columns: ['question', 'answer'],
};
const inputOf = (name: string): unknown => studio.asked.findLast((one) => one.name === name)?.input;
const timesAsked = (name: string): number => studio.asked.filter((one) => one.name === name).length;
const button = (text: string) => page.findAll('button').find((one) => one.text().trim() === text)!;
const text = (): string => document.body.textContent ?? '';

async function open(path: string): Promise<void> {
  ({ page, router } = await mountPage(path, { stubs: { LengthChart: drawing } }));
}
/** Views are loaded when they are first opened, which takes a while. */
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, patient);
const shows = (words: string): Promise<void> => eventually(() => expect(text()).toContain(words));
async function press(label: string): Promise<void> {
  await button(label).trigger('click');
  await flushPromises();
}
async function comeIn(): Promise<void> {
  await useIncomingStore().choose('data', false);
  await flushPromises();
}

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => page.unmount());

describe('the datasets', () => {
  it('teach when there is none, and offer the samples with their goals', async () => {
    await open('/datasets');
    await shows('Nothing to train on yet');
    await shows('Every held-out word is reversed without a fault.');
    await page.find('[aria-label="Import Reverse the word"]').trigger('click');
    await shows('1 dataset');
    expect(inputOf('datasets.sample')).toEqual({ sampleId: 'reverse' });
    await eventually(() => expect(page.find('[aria-label="Open Reverse the word"]').exists()).toBe(true));
  });

  it('are found by words, and say when nothing matches', async () => {
    studio.home.datasets.set(sampleDataset.id, sampleDataset).set(table.id, table);
    await open('/datasets');
    await shows('2 datasets');
    await page.find('input[type=search]').setValue('pairs');
    expect(page.findAll('tbody tr')).toHaveLength(1);
    await page.find('input[type=search]').setValue('nothing like it');
    expect(text()).toContain('No dataset matches');
    await press('Show all');
    expect(page.findAll('tbody tr')).toHaveLength(2);
  });

  it('are renamed where they stand, which can be undone', async () => {
    studio.home.datasets.set(sampleDataset.id, sampleDataset);
    await open('/datasets');
    await shows('1 dataset');
    await page.find('a.name').trigger('dblclick');
    const field = page.find('[aria-label="New name of the dataset"]');
    await field.setValue('Village');
    await field.trigger('keydown', { key: 'Enter' });
    await shows('Renamed to Village');
    await press('Undo');
    await eventually(() => expect(studio.home.datasets.get(sampleDataset.id)!.name).toBe('Sample stories'));
  });
});

describe('files that come in', () => {
  it('are looked at first, read as the user says, and imported on request', async () => {
    await open('/datasets');
    await shows('Nothing to train on yet');
    await comeIn();
    await shows('The room was cold.');
    expect(timesAsked('datasets.import')).toBe(0);
    expect(text()).toContain('the first line names the columns');
    const names = page.findAll('[role=radio]').find((one) => one.text() === 'Names')!;
    await names.trigger('click');
    await eventually(() => expect(inputOf('datasets.preview')).toMatchObject({ hasHeader: true }));
    await page.find('aside input').setValue('My reviews');
    await page.find('[role=radio][aria-label="By content"]').trigger('click');
    await page.find('[aria-label="Held out"]').setValue('0.5');
    await shows('picked by their content, are held out');
    await eventually(() => expect(button('Import').attributes('disabled')).toBeUndefined());
    await press('Import');
    await eventually(() => expect(router.currentRoute.value.name).toBe('dataset'));
    expect(inputOf('datasets.import')).toMatchObject({
      name: 'My reviews',
      hasHeader: true,
      sources: ['ticket:chosen data'],
      split: { validationFraction: 0.5, splitBy: 'hash' },
    });
    await shows('Imported My reviews');
    expect(inputOf('tickets.release')).toEqual({ tickets: ['ticket:chosen data'] });
  });

  it('show what is wrong by line, and are not imported', async () => {
    const message = 'reviews.csv is not UTF-8 at byte 19.';
    studio.home.content.preview = {
      ...reviewsPreview,
      troubles: [{ file: 'reviews.csv', line: 2, message }],
    };
    await open('/datasets');
    await comeIn();
    await shows('reviews.csv, line 2');
    expect(text()).toContain(message);
    expect(button('Import').attributes('disabled')).toBeDefined();
    await press('Leave');
    await shows('Nothing to train on yet');
  });

  it('are offered as one translation set, refused with both counts', async () => {
    studio.home.content.preview = {
      ...reviewsPreview,
      kind: 'text',
      columns: [],
      aligned: { lineCounts: [50, 48], isPossible: false },
    };
    await open('/datasets');
    await comeIn();
    await shows('they have 50 and 48 lines');
    const pairs = page.findAll('[role=radio]').find((one) => one.text() === 'Line by line')!;
    expect(pairs.attributes('disabled')).toBeDefined();
    studio.home.content.preview = {
      ...studio.home.content.preview,
      aligned: { lineCounts: [50, 50], isPossible: true },
    };
    await comeIn();
    await shows('a row for each pair of lines');
    await page
      .findAll('[role=radio]')
      .find((one) => one.text() === 'Line by line')!
      .trigger('click');
    await eventually(() => expect(inputOf('datasets.preview')).toMatchObject({ isAligned: true }));
  });

  it('say why they could not be read, and can be looked at again', async () => {
    studio.failNext('datasets.preview', { ...failure, code: 'file-kind-unknown', message: 'No such kind.' });
    await open('/datasets');
    await comeIn();
    await shows('No such kind.');
    await press('Look again');
    await shows('The room was cold.');
    expect(text()).not.toContain('No such kind.');
  });

  it('stay when an import fails', async () => {
    studio.failNext('datasets.import', failure);
    await open('/datasets');
    await comeIn();
    await shows('The room was cold.');
    await press('Import');
    await shows('The disk is full.');
    expect(text()).toContain('The room was cold.');
  });
});

describe('a dataset', () => {
  it('is taken out in every format, and handed over', async () => {
    studio.home.datasets.set(table.id, table);
    await open('/datasets/table');
    await shows('Train on this');
    for (const format of ['txt', 'jsonl', 'csv']) {
      expect(runCommand(`dataset.export.${format}`)).toBe(true);
      await flushPromises();
    }
    expect(studio.delivered.map(({ downloadId }) => downloadId)).toEqual(['out-txt', 'out-jsonl', 'out-csv']);
    expect(studio.delivered[0]!.name).toBe('Pairs');
  });

  it('is deleted after a question', async () => {
    studio.home.datasets.set(table.id, table);
    await open('/datasets/table');
    await shows('Train on this');
    await press('Delete');
    await shows('This cannot be undone.');
    expect(timesAsked('datasets.remove')).toBe(0);
    const yes = [...document.querySelectorAll('button')].find(
      (one) => one.textContent?.trim() === 'Delete the dataset',
    )!;
    yes.click();
    await eventually(() => expect(router.currentRoute.value.name).toBe('datasets'));
    expect(studio.home.datasets.size).toBe(0);
  });

  it('is kept while runs need it, and names them', async () => {
    studio.home.datasets.set(sampleDataset.id, sampleDataset);
    studio.addRun('amber-loom', 'paused', 10);
    await open(`/datasets/${sampleDataset.id}`);
    await shows('Train on this');
    await press('Delete');
    await shows('Sample stories is needed');
    expect(document.querySelector('[role=dialog]')!.textContent).toContain('amber-loom');
    expect(timesAsked('datasets.remove')).toBe(0);
  });

  it('leads to a run of its own', async () => {
    studio.home.datasets.set(table.id, table);
    await open('/datasets/table');
    await shows('Train on this');
    const visited: string[] = [];
    router.afterEach(({ fullPath }) => void visited.push(fullPath));
    await press('Train on this');
    await eventually(() => expect(visited).toContain('/new?dataset=table'));
  });

  it('is counted once with a tokenizer, and keeps its open part in the address', async () => {
    studio.home.datasets.set(sampleDataset.id, sampleDataset);
    await open(`/datasets/${sampleDataset.id}?tab=statistics`);
    await shows('Most frequent tokens');
    expect(text()).toContain('14,721');
    expect(text()).toContain('20.36%');
    expect(runCommand('dataset.tab.runs')).toBe(true);
    await shows('No run has trained on it');
    expect(router.currentRoute.value.query).toEqual({ tab: 'runs' });
    runCommand('dataset.tab.statistics');
    await shows('Most frequent tokens');
    expect(timesAsked('datasets.statistics')).toBe(1);
  });

  it('makes and keeps a tokenizer, tries it on its own text, and deletes it', async () => {
    studio.home.datasets.set(sampleDataset.id, sampleDataset);
    await open(`/datasets/${sampleDataset.id}?tab=tokenizers`);
    await shows('No tokenizer is kept yet');
    await shows('400 tokens');
    await page.find('[aria-label="Make a tokenizer"] form').trigger('submit');
    await shows('byte-level BPE · 1,024 tokens · 3.43 bytes a token');
    expect(inputOf('tokenizers.train')).toMatchObject({ vocabSize: 1_024, splitPattern: 'gpt2' });
    await eventually(() =>
      expect(inputOf('tokenizers.encode')).toMatchObject({ tokenizer: { tokenizerId: 'tokenizer-1' } }),
    );
    await page.find('textarea').setValue('Hi');
    await shows('2 tokens');
    await page.find('[aria-label="Delete Sample stories, BPE 1024"]').trigger('click');
    await shows('Runs that use it have their own copy');
    [...document.querySelectorAll('button')]
      .find((one) => one.textContent?.trim() === 'Delete the tokenizer')!
      .click();
    await shows('No tokenizer is kept yet');
  });

  it('that is not there leads back', async () => {
    await open('/datasets/gone');
    await shows('This dataset is not here');
    expect(page.find('a[href$="/datasets"]').exists()).toBe(true);
  });
});
