// Dark, light or as the system has it: which one is chosen, kept in this browser, and set on the document.

import { computed, ref, type ComputedRef, type Ref } from 'vue';

export type ThemeChoice = 'system' | 'dark' | 'light';

const storageKey = 'heddle.theme';
const choices: readonly ThemeChoice[] = ['system', 'dark', 'light'];
const choice = ref<ThemeChoice>('system');
const isSystemLight = ref(false);
const shown = computed(() =>
  choice.value === 'system' ? (isSystemLight.value ? 'light' : 'dark') : choice.value,
);

/** Reads the kept choice and follows the system from here on; call once before the page is drawn. */
export function startTheme(): void {
  const query = window.matchMedia('(prefers-color-scheme: light)');
  isSystemLight.value = query.matches;
  query.addEventListener('change', ({ matches }) => {
    isSystemLight.value = matches;
    apply();
  });
  choice.value = choices.find((one) => one === readKept()) ?? 'system';
  apply();
}

/** The choice, what it comes to, and a way to go to the next one. */
export function useTheme(): {
  choice: Readonly<Ref<ThemeChoice>>;
  shown: ComputedRef<'dark' | 'light'>;
  chooseNext: () => void;
} {
  const chooseNext = (): void => {
    choice.value = choices[(choices.indexOf(choice.value) + 1) % choices.length]!;
    try {
      localStorage.setItem(storageKey, choice.value);
    } catch {
      // A browser that keeps nothing still shows the choice.
    }
    apply();
  };
  return { choice, shown, chooseNext };
}

function apply(): void {
  document.documentElement.dataset['theme'] = shown.value;
}

function readKept(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
