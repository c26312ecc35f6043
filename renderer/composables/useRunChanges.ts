// What a user changes about the records of one or several runs at once. Every change can be undone; what cannot
// is asked about first.

import type { RunLabels, RunSummary } from '../../preload/contract.ts';
import { removalWords, runsWords } from '../lib/run-removal.ts';
import { useCheckpointsStore } from '../stores/checkpoints.ts';
import { useRunsStore } from '../stores/runs.ts';
import { useToastsStore } from '../stores/toasts.ts';
import { useUndoStore } from '../stores/undo.ts';
import { useConfirm } from './useConfirm.ts';

export interface RunChanges {
  /** Changes labels. Rejects when none of them was changed; a note says so when some were not. */
  label: (
    list: readonly RunSummary[],
    labelsOf: (run: RunSummary) => RunLabels,
    done: string,
  ) => Promise<void>;
  star: (list: readonly RunSummary[], isStarred: boolean) => Promise<void>;
  pin: (list: readonly RunSummary[], isPinned: boolean) => Promise<void>;
  archive: (list: readonly RunSummary[], isArchived: boolean) => Promise<void>;
  /** Adds a tag to runs that lack it, or takes it off. */
  tag: (list: readonly RunSummary[], tag: string, isOn: boolean) => Promise<void>;
  /** Asks, and deletes; gives the ids of those that are gone. */
  remove: (list: readonly RunSummary[]) => Promise<string[]>;
}

/** The changes, over the stores of this page. */
export function useRunChanges(): RunChanges {
  const runs = useRunsStore();
  const checkpoints = useCheckpointsStore();
  const toasts = useToastsStore();
  const undo = useUndoStore();
  const { ask } = useConfirm();

  /** Changes what can be changed; gives what takes it back. */
  async function change(
    list: readonly RunSummary[],
    labelsOf: (run: RunSummary) => RunLabels,
  ): Promise<() => Promise<void>> {
    const before: { runId: string; labels: RunLabels }[] = [];
    const failures: unknown[] = [];
    for (const run of list) {
      const labels = labelsOf(run);
      const keys = Object.keys(labels) as (keyof RunLabels)[];
      try {
        await runs.label(run.id, labels);
        before.push({ runId: run.id, labels: Object.fromEntries(keys.map((key) => [key, run[key]])) });
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0 && before.length === 0) throw failures[0];
    if (failures.length > 0)
      toasts.fail(`${failures.length} of ${list.length} were not changed`, failures[0]);
    return async () => {
      for (const { runId, labels } of before) await runs.label(runId, labels);
    };
  }

  async function label(
    list: readonly RunSummary[],
    labelsOf: (run: RunSummary) => RunLabels,
    done: string,
  ): Promise<void> {
    undo.push({ label: done, undo: await change(list, labelsOf) });
  }

  async function archive(list: readonly RunSummary[], isArchived: boolean): Promise<void> {
    const takeBack = await change(list, () => ({ isArchived }));
    toasts.notify({
      title: `${isArchived ? 'Archived' : 'Took back'} ${runsWords(list)}`,
      text: isArchived ? 'Nothing is deleted; archived runs are shown when you ask for them.' : undefined,
      kind: 'info',
      undo: takeBack,
    });
  }

  async function tag(list: readonly RunSummary[], name: string, isOn: boolean): Promise<void> {
    const touched = list.filter(({ tags }) => tags.includes(name) !== isOn);
    if (touched.length === 0) return;
    const labelsOf = ({ tags }: RunSummary): RunLabels => ({
      tags: isOn ? [...tags, name] : tags.filter((one) => one !== name),
    });
    await label(touched, labelsOf, `${isOn ? 'Tagged' : 'Took the tag off'} ${runsWords(touched)}`);
  }

  function whatGoes(list: readonly RunSummary[]): string {
    const ids = new Set(list.map(({ id }) => id));
    const children = runs.runs.filter(({ id, parent }) => !ids.has(id) && ids.has(parent?.runId ?? ''));
    return removalWords(
      list,
      list.flatMap(({ id }) => checkpoints.byRun(id)),
      children,
    );
  }

  async function remove(list: readonly RunSummary[]): Promise<string[]> {
    const removable = list.filter(({ state }) => state !== 'running');
    if (removable.length < list.length)
      toasts.notify({
        title: 'A run that is running is not deleted',
        text: 'Stop it first, then delete it.',
        kind: 'warn',
      });
    if (removable.length === 0) return [];
    const what = removable.length === 1 ? 'the run' : runsWords(removable);
    const isWanted = await ask({
      title: `Delete ${runsWords(removable)}?`,
      message: whatGoes(removable),
      verb: `Delete ${what}`,
      isDanger: true,
    });
    if (!isWanted) return [];
    const gone: string[] = [];
    for (const { id, name } of removable) {
      try {
        await runs.remove(id);
        gone.push(id);
      } catch (error) {
        toasts.fail(`${name} was not deleted`, error);
      }
    }
    if (gone.length > 0)
      toasts.notify({
        title: `Deleted ${runsWords(removable.filter(({ id }) => gone.includes(id)))}`,
        kind: 'info',
      });
    return gone;
  }

  return {
    label,
    star: (list, isStarred) =>
      label(list, () => ({ isStarred }), `${isStarred ? 'Starred' : 'Took the star off'} ${runsWords(list)}`),
    pin: (list, isPinned) =>
      label(list, () => ({ isPinned }), `${isPinned ? 'Pinned' : 'Unpinned'} ${runsWords(list)}`),
    archive,
    tag,
    remove,
  };
}
