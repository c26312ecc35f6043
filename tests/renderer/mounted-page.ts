// The whole page mounted without a canvas over the invented studio, as its component tests use it.

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, vi } from 'vitest';
import type { Router } from 'vue-router';
import App from '../../renderer/App.vue';
import { setBridge } from '../../renderer/bridge.ts';
import { startTheme } from '../../renderer/composables/useTheme.ts';
import { createPageRouter } from '../../renderer/router.ts';
import { createFakeStudio, type FakeStudio } from './fake-studio.ts';

/** A drawing that only says what it shows. */
export const drawing = { props: ['label'], template: '<div role="img">{{ label }}</div>' };

/** Views are loaded when they are first opened, which takes a while on a busy computer. */
export const patient = { timeout: 10_000 };

/** A studio of its own for one test, in a browser that remembers nothing. */
export function freshStudio(...options: Parameters<typeof createFakeStudio>): FakeStudio {
  const studio = createFakeStudio(...options);
  setBridge(studio);
  localStorage.clear();
  startTheme();
  return studio;
}

export interface MountedPage {
  readonly page: VueWrapper;
  readonly router: Router;
}

/** Opens an address; with `shown` waits until the lazily loaded place has an element of that selector. */
export async function mountPage(
  path: string,
  options: {
    stubs?: Record<string, object | boolean>;
    shown?: string;
    onVisit?: (path: string) => void;
  } = {},
): Promise<MountedPage> {
  const { stubs = { LineChart: drawing }, shown, onVisit } = options;
  const router = createPageRouter();
  if (onVisit) router.afterEach(({ fullPath }) => onVisit(fullPath));
  await router.push(path);
  const page = mount(App, { global: { plugins: [createPinia(), router], stubs }, attachTo: document.body });
  if (shown !== undefined) await vi.waitFor(() => expect(page.find(shown).exists()).toBe(true), patient);
  await flushPromises();
  return { page, router };
}
