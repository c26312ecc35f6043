// Files on their way to become a dataset: looked at, how they are to be read, then imported. One import at a
// time; nothing is written before the user says so. Must not decide what a page shows.

import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { CallInput, Dataset, Failure, ImportPreview, Split, Ticket } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { nameOfFiles } from '../lib/dataset-words.ts';
import { failureOf } from '../lib/failure.ts';
import { useDatasetsStore } from './datasets.ts';
import { useIncomingStore } from './incoming.ts';
import { useOperationsStore } from './operations.ts';

/** How the files are to be read, where the user has said so. */
export type ImportReading = Pick<CallInput<'datasets.preview'>, 'textColumn' | 'hasHeader' | 'isAligned'>;

export const useDatasetImportStore = defineStore('dataset-import', () => {
  const bridge = useBridge();
  const incoming = useIncomingStore();
  const operations = useOperationsStore();
  const tickets = shallowRef<readonly Ticket[]>([]);
  const reading = shallowRef<ImportReading>({});
  const preview = shallowRef<ImportPreview | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const isLooking = ref(false);
  const isImporting = ref(false);
  const name = ref('');
  /** How runs begin to hold a part out; undefined leaves it to their presets. */
  const split = shallowRef<Split | undefined>();
  const isOpen = computed(() => tickets.value.length > 0);
  const suggestedName = computed(() =>
    nameOfFiles(
      tickets.value.map((one) => one.name),
      tickets.value.length === 1 && tickets.value[0]!.isFolder,
    ),
  );
  let lookId: string | null = null;

  const input = (): CallInput<'datasets.preview'> => ({
    sources: tickets.value.map(({ ticket }) => ticket),
    ...reading.value,
  });

  /** Looks at the files as they are to be read now; what was asked before is given up. */
  async function look(): Promise<void> {
    if (lookId !== null) void operations.cancel(lookId).catch(() => undefined);
    isLooking.value = true;
    let ownId: string | null = null;
    try {
      const seen = await operations.run('Looking at the files', (operationId) => {
        lookId = ownId = operationId;
        return bridge.call('datasets.preview', { ...input(), operationId });
      });
      if (lookId !== ownId) return;
      preview.value = seen;
      failure.value = null;
    } catch (error) {
      if (lookId === ownId) failure.value = failureOf(error);
    } finally {
      if (lookId === ownId) {
        lookId = null;
        isLooking.value = false;
      }
    }
  }

  /** Other files than before: how they are read is found out anew, and a name that nobody changed follows. */
  function put(next: readonly Ticket[]): Promise<void> {
    const isUnchanged = name.value === '' || name.value === suggestedName.value;
    tickets.value = next;
    reading.value = {};
    if (isUnchanged) name.value = suggestedName.value;
    return look();
  }

  /** Takes files that came in; beside those that are being looked at when there are some. */
  const add = (more: readonly Ticket[]): Promise<void> => put([...tickets.value, ...more]);

  /** Leaves one of the files or folders out. */
  function leaveOut(ticket: Ticket): Promise<void> {
    void incoming.release([ticket]);
    const rest = tickets.value.filter((one) => one !== ticket);
    if (rest.length > 0) return put(rest);
    close();
    return Promise.resolve();
  }

  /** Reads the files in another way. */
  function read(next: ImportReading): Promise<void> {
    reading.value = { ...reading.value, ...next };
    return look();
  }

  /** Forgets the files. */
  function close(): void {
    if (lookId !== null) void operations.cancel(lookId).catch(() => undefined);
    lookId = null;
    void incoming.release(tickets.value);
    tickets.value = [];
    reading.value = {};
    preview.value = null;
    failure.value = null;
    name.value = '';
    split.value = undefined;
    isLooking.value = false;
  }

  /** Imports the files; says whether the same content was here already. Rejects as the call does. */
  async function importNow(): Promise<{ dataset: Dataset; isKnown: boolean }> {
    const datasets = useDatasetsStore();
    const known = new Set(datasets.byId.keys());
    const shownName = name.value.trim() || suggestedName.value;
    isImporting.value = true;
    try {
      const dataset = await operations.run(`Importing ${shownName}`, (operationId) =>
        bridge.call('datasets.import', { ...input(), name: shownName, split: split.value, operationId }),
      );
      close();
      return { dataset, isKnown: known.has(dataset.id) };
    } finally {
      isImporting.value = false;
    }
  }

  return {
    tickets,
    reading,
    preview,
    failure,
    isLooking,
    isImporting,
    isOpen,
    name,
    split,
    add,
    leaveOut,
    read,
    look,
    close,
    importNow,
  };
});
