// Dark, light or as the system has it, set on the document. The choice is a preference of the studio
// (stores/preferences.ts); this browser keeps a copy as a hint, so that the first paint is right.

import { computed, readonly, ref, type ComputedRef, type Ref } from 'vue';

export type ThemeChoice = 'system' | 'dark' | 'light';

const storageKey = 'heddle.theme';
export const themeChoices: readonly ThemeChoice[] = ['system', 'dark', 'light'];
const choice = ref<ThemeChoice>('system');
const isSystemLight = ref(false);
const shown = computed(() =>
  choice.value === 'system' ? (isSystemLight.value ? 'light' : 'dark') : choice.value,
);

/** Paints as the hint says and follows the system from here on; call once before the page is drawn. */
export function startTheme(): void {
  const query = window.matchMedia('(prefers-color-scheme: light)');
  isSystemLight.value = query.matches;
  query.addEventListener('change', ({ matches }) => {
    isSystemLight.value = matches;
    apply();
  });
  choice.value = themeChoices.find((one) => one === readHint()) ?? 'system';
  apply();
}

/** Shows a theme and keeps it as the hint of the next first paint. */
export function showTheme(next: ThemeChoice): void {
  choice.value = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // A browser that keeps nothing still shows the choice.
  }
  apply();
}

/** The choice and what it comes to. */
export function useTheme(): {
  choice: Readonly<Ref<ThemeChoice>>;
  shown: ComputedRef<'dark' | 'light'>;
} {
  return { choice: readonly(choice), shown };
}

function apply(): void {
  document.documentElement.dataset['theme'] = shown.value;
}

function readHint(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
