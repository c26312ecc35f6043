// @vitest-environment happy-dom
// Loading from the Hub: by name, from the list of small models, as a dataset; and a refusal.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import { runCommand } from '../../../renderer/commands/registry.ts';
import { isHubOpen } from '../../../renderer/commands/surfaces.ts';
import type { FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;

const dialog = (): HTMLElement => document.querySelector<HTMLElement>('[role=dialog]')!;
const asked = (name: string) => studio.asked.filter((one) => one.name === name).map(({ input }) => input);

async function type(name: string): Promise<void> {
  const field = dialog().querySelector('input')!;
  field.value = name;
  field.dispatchEvent(new Event('input'));
  await flushPromises();
}
async function submit(): Promise<void> {
  dialog()
    .querySelector('form')!
    .dispatchEvent(new Event('submit', { cancelable: true }));
  await flushPromises();
}

beforeEach(async () => {
  studio = freshStudio();
  ({ page, router } = await mountPage('/checkpoints', { stubs: {}, shown: 'h1' }));
  runCommand('data.hub');
  await vi.waitFor(() => {
    if (!document.querySelector('[role=dialog]')) throw new Error('The dialog does not open.');
  }, patient);
});
afterEach(async () => {
  isHubOpen.value = false;
  await flushPromises();
  page.unmount();
  document.body.replaceChildren();
});

describe('loading from the Hub', () => {
  it('loads a model by name and begins a run with it', async () => {
    await type(' owner/model@v1 ');
    await submit();
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('new-run'), patient);
    expect(asked('weights.hub')).toEqual([{ hub: 'owner/model@v1', operationId: expect.any(String) }]);
    expect(isHubOpen.value).toBe(false);
  });

  it('fills in the name of a small model that is chosen', async () => {
    dialog().querySelector<HTMLElement>('.model')!.click();
    await flushPromises();
    expect(dialog().querySelector('input')!.value).toBe('distilbert/distilgpt2');
    expect(dialog().querySelector('.model')!.textContent).toContain('Apache-2.0');
  });

  it('imports a dataset', async () => {
    [...dialog().querySelectorAll<HTMLElement>('[role=radio]')]
      .find((one) => one.textContent?.trim() === 'Dataset')!
      .click();
    await type('owner/data');
    await submit();
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('dataset'), patient);
    expect(asked('datasets.hub')).toHaveLength(1);
  });

  it('shows a refusal and stays', async () => {
    studio.failNext('weights.hub', {
      code: 'hub-not-found',
      message: 'No such model.',
      hint: 'Look at the name.',
    });
    await type('owner/nothing');
    await submit();
    await vi.waitFor(() => expect(dialog().textContent).toContain('Look at the name.'), patient);
    expect(isHubOpen.value).toBe(true);
  });
});
