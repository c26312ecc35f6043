// @vitest-environment happy-dom
// The place to learn: lessons in order, what marks one as done, and the cards of terms.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import { runCommand } from '../../../renderer/commands/registry.ts';
import { lessons } from '../../../renderer/learn/lessons.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

let page: VueWrapper;
let router: Router;

async function open(path: string): Promise<void> {
  ({ page, router } = await mountPage(path, { stubs: {}, shown: 'h1' }));
}

beforeEach(() => {
  document.body.innerHTML = '';
  freshStudio();
});

describe('the place to learn', () => {
  it('lists the nine lessons and all terms', async () => {
    await open('/learn');
    expect(page.findAll('.lesson').map((one) => one.get('b').text())).toEqual(
      lessons.map(({ title }) => title),
    );
    expect(page.findAll('.tip.word').length).toBeGreaterThan(30);
  });

  it('opens the card of a term, with its program', async () => {
    await open('/learn');
    await page
      .findAll('.tip.word')
      .find((one) => one.text() === 'Perplexity')!
      .trigger('click');
    await vi.waitFor(
      () => expect(document.querySelector('.term h3')?.textContent).toBe('Perplexity'),
      patient,
    );
    const [, pytorch] = document.querySelectorAll<HTMLElement>('.term [role=tab]');
    pytorch!.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
    await vi.waitFor(() =>
      expect(document.querySelector('.term pre')?.textContent).toContain('import torch'),
    );
  });

  it('goes from lesson to lesson by keyboard, and marks a visit as done', async () => {
    await open('/learn/attention');
    expect(page.get('article [role=status]').text()).toBe('Not done yet');
    runCommand('lesson.do');
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('inspect'), patient);
    await router.push('/learn/attention');
    await vi.waitFor(() => expect(page.get('article [role=status]').text()).toBe('Done'), patient);
    runCommand('lesson.next');
    await flushPromises();
    expect(router.currentRoute.value.params['lessonId']).toBe('transformer');
  });

  it('says that a lesson does not exist', async () => {
    ({ page } = await mountPage('/learn/alchemy', { stubs: {}, shown: 'h2' }));
    expect(page.text()).toContain('There is no such lesson');
  });
});
