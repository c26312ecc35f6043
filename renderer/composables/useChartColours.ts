// The look's colours for what is drawn on a canvas, read again when the theme changes.

import { computed, type ComputedRef } from 'vue';
import { useTheme } from './useTheme.ts';

const names = [
  'train',
  'eval',
  'text',
  'muted',
  'faint',
  'line',
  'line-strong',
  'raised',
  'surface',
  'warn',
  'run-1',
  'run-2',
  'run-3',
  'run-4',
  'run-5',
  'run-6',
  'run-7',
  'run-8',
] as const;

export type ChartColours = Readonly<Record<(typeof names)[number], string>> & { readonly mono: string };

/** Colours and the figure font as strings that a canvas understands. */
export function useChartColours(): ComputedRef<ChartColours> {
  const { shown } = useTheme();
  return computed(() => {
    // Read for the dependency: the values below follow it through the document.
    void shown.value;
    const style = getComputedStyle(document.documentElement);
    const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    return {
      ...(Object.fromEntries(names.map((name) => [name, read(name)])) as Record<
        (typeof names)[number],
        string
      >),
      mono: read('mono'),
    };
  });
}
