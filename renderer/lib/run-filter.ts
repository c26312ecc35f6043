// Which runs a list shows: those that hold every word looked for and every choice made. What was remembered of it
// comes from outside and is read with care. Nothing of Vue.

import type { RunSummary } from '../../preload/contract.ts';
import { textsOf } from './read-value.ts';

export interface RunFilter {
  readonly text: string;
  /** Of each of these, none chosen means all. */
  readonly states: readonly string[];
  readonly kinds: readonly string[];
  readonly datasetIds: readonly string[];
  readonly tags: readonly string[];
  readonly isStarred: boolean;
  readonly showsArchived: boolean;
}

export const emptyFilter: RunFilter = {
  text: '',
  states: [],
  kinds: [],
  datasetIds: [],
  tags: [],
  isStarred: false,
  showsArchived: false,
};

/** The filter that a remembered value means; what makes no sense is left out. */
export function readFilter(value: unknown): RunFilter {
  if (typeof value !== 'object' || value === null) return emptyFilter;
  const { text, states, kinds, datasetIds, tags, isStarred, showsArchived } = value as Record<
    string,
    unknown
  >;
  return {
    text: typeof text === 'string' ? text : '',
    states: textsOf(states),
    kinds: textsOf(kinds),
    datasetIds: textsOf(datasetIds),
    tags: textsOf(tags),
    isStarred: isStarred === true,
    showsArchived: showsArchived === true,
  };
}

/** Whether it leaves out more than what is archived. */
export function isNarrow({ text, states, kinds, datasetIds, tags, isStarred }: RunFilter): boolean {
  const lists = [states, kinds, datasetIds, tags];
  return text.trim() !== '' || isStarred || lists.some(({ length }) => length > 0);
}

/** The runs that pass, in their order. */
export function filterRuns(runs: readonly RunSummary[], filter: RunFilter): RunSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const isChosen = (chosen: readonly string[], value: string): boolean =>
    chosen.length === 0 || chosen.includes(value);
  return runs.filter(
    (run) =>
      (filter.showsArchived || !run.isArchived) &&
      (!filter.isStarred || run.isStarred) &&
      isChosen(filter.states, run.state) &&
      isChosen(filter.kinds, run.kind) &&
      isChosen(filter.datasetIds, run.datasetId) &&
      (filter.tags.length === 0 || filter.tags.some((tag) => run.tags.includes(tag))) &&
      (words.length === 0 || hasWords(run, words)),
  );
}

function hasWords(run: RunSummary, words: readonly string[]): boolean {
  const { name, note, tags, datasetName, preset, deviceName, parent, state, kind } = run;
  const parts = [name, note, ...tags, datasetName, preset, deviceName, parent?.label, state, kind];
  const text = parts.filter(Boolean).join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
