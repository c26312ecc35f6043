// @vitest-environment happy-dom
// The place of the evaluations: listed and narrowed, one made from here, one read with its examples, two compared,
// some removed.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import type { FakeStudio } from '../fake-studio.ts';
import { classFigures, inventedExamples, translationFigures } from '../fake-evaluations.ts';
import { freshStudio, mountPage } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;

async function open(path: string): Promise<void> {
  ({ page, router } = await mountPage(path, { stubs: {}, shown: 'main h1, main h2' }));
}
const words = () => document.body.textContent ?? '';
const asked = (name: string) => studio.asked.filter((one) => one.name === name).map(({ input }) => input);
async function press(text: string): Promise<void> {
  const found = [...document.querySelectorAll<HTMLButtonElement>('button')].findLast(
    (one) => one.textContent?.trim() === text,
  );
  if (!found) throw new Error(`There is no button "${text}".`);
  found.click();
  await flushPromises();
}
const rows = () => page.findAll('[role=grid] tbody tr.row');
const firstCells = () => rows().map((row) => row.findAll('td').map((cell) => cell.text()));

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => {
  page.unmount();
  document.body.replaceChildren();
});

describe('the list', () => {
  it('says what to do where nothing is kept', async () => {
    await open('/evaluate');
    expect(words()).toContain('Nothing has been evaluated yet');
    expect(page.find('.empty a.primary').text()).toBe('Design a run');
    studio.addRun('amber-loom', 'finished', 100);
    await flushPromises();
    expect(page.find('.empty button.primary').text()).toBe('New evaluation');
  });

  it('shows model, data, task and main figures, newest first, and what comes meanwhile', async () => {
    studio.evaluations.add({});
    studio.evaluations.add({ ...translationFigures, label: 'olive-reed, step 5' });
    await open('/evaluate');
    expect(firstCells().map((cells) => cells.slice(1, 5))).toEqual([
      ['olive-reed, step 5', 'Sample phrases', 'Translation', 'BLEU 41.25 · chrF 63.50'],
      ['amber-loom, step 100', 'Sample stories', 'Text', 'Perplexity 8.00 · Loss 2.0794'],
    ]);
    expect(page.find('nav [aria-current=page]').text()).toContain('2');
    studio.evaluations.add({ ...classFigures, label: 'teal-weft, step 9' });
    await flushPromises();
    expect(rows()).toHaveLength(3);
  });

  it('removes what is selected at once, and brings it back when that is undone', async () => {
    studio.evaluations.add({});
    studio.evaluations.add({});
    await open('/evaluate');
    for (const box of page.findAll('tbody [role=checkbox]')) await box.trigger('click');
    const before = firstCells();
    await press('Delete');
    await vi.waitFor(() => expect(words()).toContain('Nothing has been evaluated yet'));
    expect(asked('evaluation.remove')).toHaveLength(2);
    expect(useToastsStore().toasts.map(({ title }) => title)).toEqual(['Deleted 2 evaluations']);
    await useToastsStore().undo();
    await flushPromises();
    expect(firstCells()).toEqual(before);
  });

  it('makes a new one of the newest model on its own data', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    await studio.call('datasets.sample', {});
    await open('/evaluate');
    await press('New evaluation');
    await vi.waitFor(() => expect(words()).toContain('Windows of'));
    document.querySelector('#evaluate-form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(words()).toContain('Open the evaluation'));
    expect(asked('evaluation.run')).toMatchObject([
      { checkpoint: 'run-1@100', datasetId: 'dataset-stories', part: 'held-out', topK: 5 },
    ]);
    await press('Close');
    expect(rows()).toHaveLength(1);
  });
});

describe('one evaluation', () => {
  it('lists its examples from the worst on, asks for pages as they are seen, and opens one whole', async () => {
    const { id } = studio.evaluations.add(translationFigures, inventedExamples(150));
    await open(`/evaluate/${id}`);
    await vi.waitFor(() => expect(rows()).toHaveLength(150));
    await vi.waitFor(() => expect(rows()[0]!.text()).toContain('steht'));
    expect(
      rows()[0]!
        .findAll('mark')
        .map((mark) => mark.text()),
    ).toEqual(['in der Halle', 'im Flur']);
    expect(
      new Set(asked('evaluation.examples').map((input) => (input as { offset: number }).offset)),
    ).toEqual(new Set([0, 100]));
    expect(rows()[0]!.text()).toContain('0.000');
    await rows()[0]!.trigger('keydown', { key: 'Enter' });
    expect(document.querySelector('[role=dialog]')!.textContent).toContain('Example 1 of 150');
    await press('Next example');
    expect(document.querySelector('[role=dialog]')!.textContent).toContain('A loom of number 1 stands');
  });

  it('turns the order round', async () => {
    const { id } = studio.evaluations.add(translationFigures, inventedExamples(50));
    await open(`/evaluate/${id}`);
    await vi.waitFor(() => expect(rows()[0]?.text()).toContain('0.000'));
    await press('Best first');
    await vi.waitFor(() => expect(rows()[0]!.text()).toContain('0.980'));
  });

  it('gives the signature to be copied, and says what a figure means', async () => {
    const { id } = studio.evaluations.add(translationFigures, inventedExamples(3));
    await open(`/evaluate/${id}`);
    expect(page.find('.signature').text()).toBe(`BLEU|${translationFigures.signatures!['bleu']}`);
    expect(page.find('.signatures button').text()).toBe('Copy the signature of BLEU');
    expect(words()).toContain('runs of one to four words');
  });

  it('of classes shows which are taken for which', async () => {
    const { id } = studio.evaluations.add(classFigures, inventedExamples(3));
    await open(`/evaluate/${id}`);
    const table = page.find('.confusion table');
    expect(table.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))).toEqual([
      ['28 right', '2', '30', '93.3%'],
      ['3', '17 right', '20', '85.0%'],
    ]);
    expect(table.find('caption').exists()).toBe(true);
    expect(table.findAll('tbody th').every((cell) => cell.attributes('scope') === 'row')).toBe(true);
  });

  it('that is not there is said so, and one that is removed leads back', async () => {
    const { id } = studio.evaluations.add({});
    await open('/evaluate/evaluation-9');
    await vi.waitFor(() => expect(words()).toContain('There is no such evaluation'));
    page.unmount();
    document.body.replaceChildren();
    await open(`/evaluate/${id}`);
    await press('Delete');
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('evaluate'));
  });
});

describe('two evaluations', () => {
  it('are compared with the older one first, by figures and by chance in words', async () => {
    studio.evaluations.add(translationFigures, inventedExamples(250));
    studio.evaluations.add(
      { ...translationFigures, label: 'olive-reed, step 5', metrics: { bleu: 43.75 } },
      inventedExamples(250),
    );
    await open('/evaluate');
    for (const box of page.findAll('tbody [role=checkbox]')) await box.trigger('click');
    await press('Compare the two');
    await vi.waitFor(() => expect(words()).toContain('3 of 100 resamplings of the 250 examples'));
    expect(router.currentRoute.value.query['ids']).toBe('evaluation-1,evaluation-2');
    expect(asked('evaluation.compare')).toEqual([
      { evaluationIds: ['evaluation-1', 'evaluation-2'], metric: 'bleu' },
    ]);
    expect(words()).toContain('olive-reed, step 5 is better by 2.50, hardly by chance');
    expect(words()).toContain('43.75, between 41.00 and 46.00');
  });

  it('of equal scores claim nothing, and what differs in the measuring is said', async () => {
    const scores = [1, 2].map(() => ({ value: 41.25, low: 38, high: 44 }));
    studio.evaluations.comparison = { scores: scores as never, pValue: 1 / 1_001 };
    studio.evaluations.add(translationFigures, inventedExamples(5));
    studio.evaluations.add({ ...translationFigures, datasetName: 'Other phrases' }, inventedExamples(5));
    await open('/evaluate/compare?ids=evaluation-1,evaluation-2');
    await vi.waitFor(() => expect(words()).toContain('there is no difference to explain'));
    expect(words()).not.toContain('better by');
    expect(page.find('[role=note]').text()).toContain('different datasets');
  });

  it('that cannot be compared say why', async () => {
    studio.evaluations.add(translationFigures);
    studio.evaluations.add(translationFigures);
    studio.failNext('evaluation.compare', {
      code: 'evaluations-differ',
      message: 'They did not measure the same examples.',
      hint: 'Evaluate both on the same dataset.',
    });
    await open('/evaluate/compare?ids=evaluation-1,evaluation-2');
    await vi.waitFor(() => expect(words()).toContain('They did not measure the same examples.'));
    page.unmount();
    await open('/evaluate/compare?ids=evaluation-1');
    await vi.waitFor(() => expect(words()).toContain('Two evaluations are needed'));
  });
});
