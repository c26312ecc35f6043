// What can be done with a dataset as a whole, the same from the list and from its page: train on it, rename it,
// take it out, delete it. Never rejects; what fails becomes a note.

import { shallowRef, type ShallowRef } from 'vue';
import { useRouter } from 'vue-router';
import type { CallInput, Dataset } from '../../preload/contract.ts';
import type { MenuItem } from '../components/kit/AppMenu.vue';
import { countWords, rowWord, runsOfDataset } from '../lib/dataset-words.ts';
import { useDatasetContentStore } from '../stores/dataset-content.ts';
import { useDatasetsStore } from '../stores/datasets.ts';
import { useRunsStore } from '../stores/runs.ts';
import { useToastsStore } from '../stores/toasts.ts';
import { useConfirm } from './useConfirm.ts';

type Format = CallInput<'datasets.export'>['format'];

/** The ways out, as a menu lists them; ids are `export.<format>`. */
export const exportItems: readonly (MenuItem & { format: Format })[] = [
  { id: 'export.txt', format: 'txt', label: 'Export as text (.txt)', icon: 'download', group: 'Export' },
  { id: 'export.jsonl', format: 'jsonl', label: 'Export as JSON lines', icon: 'download', group: 'Export' },
  { id: 'export.csv', format: 'csv', label: 'Export as CSV', icon: 'download', group: 'Export' },
];

export interface DatasetActions {
  /** The dataset that was not deleted because runs need it; set to null once that has been read. */
  readonly needed: ShallowRef<Dataset | null>;
  train(dataset: Dataset): void;
  rename(dataset: Dataset, name: string): Promise<void>;
  deliver(dataset: Dataset, format: Format): Promise<void>;
  /** Says whether it is gone. */
  remove(dataset: Dataset): Promise<boolean>;
}

export function useDatasetActions(): DatasetActions {
  const router = useRouter();
  const datasets = useDatasetsStore();
  const content = useDatasetContentStore();
  const runs = useRunsStore();
  const toasts = useToastsStore();
  const { ask } = useConfirm();
  const needed = shallowRef<Dataset | null>(null);

  async function rename({ id, name: before }: Dataset, typed: string): Promise<void> {
    const name = typed.trim();
    if (name === '' || name === before) return;
    try {
      await datasets.rename(id, name);
      toasts.notify({
        title: `Renamed to ${name}`,
        kind: 'good',
        undo: () => datasets.rename(id, before).then(() => undefined),
      });
    } catch (error) {
      toasts.fail('The dataset was not renamed', error);
    }
  }

  async function deliver(dataset: Dataset, format: Format): Promise<void> {
    try {
      await content.deliver(dataset, format);
      toasts.notify({ title: `Exported ${dataset.name}`, kind: 'good' });
    } catch (error) {
      toasts.fail(`${dataset.name} was not exported`, error);
    }
  }

  async function remove(dataset: Dataset): Promise<boolean> {
    const { id, name, kind, rowCount } = dataset;
    if (runsOfDataset(runs.runs, id).length > 0) {
      needed.value = dataset;
      return false;
    }
    const message = `“${name}” with its ${countWords(rowCount, rowWord(kind))} is taken off this computer. The files it was imported from stay where they are. This cannot be undone.`;
    if (!(await ask({ title: 'Delete this dataset?', message, verb: 'Delete the dataset', isDanger: true })))
      return false;
    try {
      await datasets.remove(id);
      toasts.notify({ title: `Deleted ${name}`, kind: 'info' });
      return true;
    } catch (error) {
      toasts.fail('The dataset was not deleted', error);
      return false;
    }
  }

  return {
    needed,
    train: ({ id }) => void router.push({ name: 'new-run', query: { dataset: id } }),
    rename,
    deliver,
    remove,
  };
}
