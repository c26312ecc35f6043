// What the user prefers, kept by the studio for every page of it. A change shows at once and is taken back when
// the studio refuses it.

import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { preferencesSchema, type Preferences } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { showTheme, themeChoices, useTheme } from '../composables/useTheme.ts';
import { useConnectionStore } from './connection.ts';
import { useToastsStore } from './toasts.ts';

export const usePreferencesStore = defineStore('preferences', () => {
  const bridge = useBridge();
  const { choice } = useTheme();
  const preferences = shallowRef<Preferences>(preferencesSchema.parse({ theme: choice.value }));
  const isLoaded = ref(false);
  /** The device that runs and texts use unless they say otherwise. */
  const device = computed(() => preferences.value.device);

  function accept(next: Preferences): void {
    preferences.value = next;
    isLoaded.value = true;
    if (next.theme !== choice.value) showTheme(next.theme);
  }

  bridge.on('preferences.changed', accept);
  useConnectionStore().onReturn(() => void load());

  /** Asks for them; what cannot be had leaves the defaults. */
  async function load(): Promise<void> {
    try {
      accept(await bridge.call('preferences.get', {}));
    } catch {
      isLoaded.value = false;
    }
  }

  /** Changes some of them at once; a refusal is said and taken back. */
  async function change(part: Partial<Preferences>): Promise<void> {
    const before = preferences.value;
    preferences.value = { ...before, ...part };
    if (part.theme) showTheme(part.theme);
    try {
      accept(await bridge.call('preferences.change', part));
    } catch (error) {
      preferences.value = before;
      showTheme(before.theme);
      useToastsStore().fail('The setting was not kept', error);
    }
  }

  /** Goes to the next of system, dark, light. */
  function nextTheme(): Promise<void> {
    const at = themeChoices.indexOf(preferences.value.theme);
    return change({ theme: themeChoices[(at + 1) % themeChoices.length]! });
  }

  /** What a page remembers of itself. */
  const page = (name: string): unknown => preferences.value.pages[name];
  const rememberPage = (name: string, value: unknown): Promise<void> =>
    change({ pages: { ...preferences.value.pages, [name]: value } });

  return { preferences, isLoaded, device, load, change, nextTheme, page, rememberPage };
});
