// @vitest-environment happy-dom
// The place that looks into models: what is asked for, what is told, the keyboard, checkpoints, refusals.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import type { FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => {
  page.unmount();
  document.body.replaceChildren();
});

async function open(path = '/inspect'): Promise<void> {
  ({ page, router } = await mountPage(path, { shown: '#inspect-text' }));
}
async function look(text: string): Promise<void> {
  await page.find('#inspect-text').setValue(text);
  await page.find('.compose').trigger('submit');
  await vi.waitFor(() => expect(page.text()).toContain('All heads of the layer'), patient);
}
const asked = (call: string) => studio.asked.filter(({ name }) => name === call).map(({ input }) => input);
const map = () => page.find('[aria-roledescription="heat map"]');
const told = () => page.find('.attention [role=status]').text();
async function until(words: () => unknown, wanted: unknown): Promise<void> {
  await vi.waitFor(() => expect(words()).toEqual(wanted), patient);
}

describe('a look into a model', () => {
  it('tells the surprise of each token, the shapes, and each cell by keyboard', async () => {
    studio.addRun('indigo-twill', 'finished', 150);
    await open();
    await look('the lamp in the window');
    expect(asked('inspection.look')).toMatchObject([
      { checkpoint: 'run-1@best', text: 'the lamp in the window' },
    ]);
    expect(page.text()).toMatch(/5 tokens · [\d.]+ bits a token · loss/);
    const tokens = page.findAll('.token');
    expect(tokens.map((one) => one.attributes('title'))).toContain('1: “␣lamp”, 3.03 bits');
    expect(page.text()).toContain('mlp.c_fc.weight 32 × 128');

    await map().trigger('focus');
    await map().trigger('keydown', { key: 'ArrowDown' });
    expect(told()).toMatch(/^“␣lamp” \(1\) looks at “the” \(0\): 0\.\d{3}$/);
    // Nothing comes before the first column, nor behind what is seen.
    await map().trigger('keydown', { key: 'ArrowLeft' });
    await map().trigger('keydown', { key: 'End' });
    expect(told()).toBe('“␣lamp” (1) looks at “␣window” (4): 0.000');
  });

  it('goes to another layer and head, and keeps the text and the cell', async () => {
    studio.addRun('indigo-twill', 'finished', 150);
    await open();
    await look('the lamp in the window');
    await map().trigger('keydown', { key: 'ArrowDown' });
    await map().trigger('keydown', { key: 'PageDown' });
    const label = () => map().attributes('aria-label');
    await until(label, 'Attention to those before, layer 1, head 0, 5 by 5 tokens');
    expect(told()).toContain('looks at');
    await page.find('[aria-label="Head 3"]').trigger('click');
    await until(label, 'Attention to those before, layer 1, head 3, 5 by 5 tokens');
    expect(asked('inspection.look')).toHaveLength(1);
    // The pictures of a layer are fetched once.
    expect(asked('inspection.heads')).toHaveLength(2);
  });

  it('is another one as soon as another checkpoint of the run is chosen', async () => {
    studio.addRun('indigo-twill', 'finished', 300);
    await open();
    await look('the lamp');
    const thumb = page.find('[role=slider]');
    await thumb.trigger('keydown', { key: 'ArrowLeft' });
    await vi.waitFor(() => expect(asked('inspection.look')).toHaveLength(2), patient);
    expect(asked('inspection.look').at(-1)).toMatchObject({ checkpoint: 'run-1@200', text: 'the lamp' });
  });

  it('of a translator shows both texts, and lets the target be given', async () => {
    studio.addRun('olive-reed', 'finished', 150, { task: 'translate' });
    await open();
    await look('the lamp burns');
    expect(asked('inspection.look')).toMatchObject([{ text: 'the lamp burns' }]);
    expect(asked('inspection.look')[0]).not.toHaveProperty('target');
    expect(map().attributes('aria-label')).toContain('target to source');
    expect(page.findAll('[aria-roledescription=tokens]')).toHaveLength(2);
    // What the model wrote is what the weights are of.
    expect(asked('inspection.attention')).toMatchObject([{ target: 'die Lampe brennt', kind: 'cross' }]);
    await page.find('#inspect-target').setValue('die Leuchte');
    await page.find('.compose').trigger('submit');
    await vi.waitFor(() => expect(asked('inspection.look').at(-1)).toMatchObject({ target: 'die Leuchte' }));
  });

  it('says what was refused, and is there again after a walk elsewhere', async () => {
    studio.addRun('indigo-twill', 'finished', 150);
    await open('/inspect?checkpoint=run-1@100');
    studio.failNext('inspection.look', {
      code: 'unknown-character',
      message: 'It does not know ß.',
      hint: '',
    });
    await page.find('#inspect-text').setValue('ß');
    await page.find('.compose').trigger('submit');
    await vi.waitFor(() => expect(page.text()).toContain('It does not know ß.'), patient);
    await look('the lamp');
    expect(asked('inspection.look').at(-1)).toMatchObject({ checkpoint: 'run-1@100' });
    await router.push('/settings');
    await router.push('/inspect');
    await flushPromises();
    expect((page.find('#inspect-text').element as HTMLTextAreaElement).value).toBe('the lamp');
  });

  it('needs a model', async () => {
    ({ page } = await mountPage('/inspect', { shown: 'h2' }));
    expect(page.text()).toContain('No model has learned anything yet');
  });
});
