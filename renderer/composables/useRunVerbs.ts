// What can be done to the run of a page, once: its buttons, its "..." menu and the palette are drawn from this list.

import { computed, type ComputedRef } from 'vue';
import { useRouter } from 'vue-router';
import type { Checkpoint, RunLabels, RunSummary } from '../../preload/contract.ts';
import type { Command } from '../commands/registry.ts';
import { formatInteger } from '../lib/format.ts';
import { isActive, isResumable } from '../lib/run-words.ts';
import { useRunsStore } from '../stores/runs.ts';
import { useToastsStore } from '../stores/toasts.ts';
import { useConfirm } from './useConfirm.ts';
import { useRunChanges } from './useRunChanges.ts';

/** A command of a run that its menu shows in a group of its own; `isShown` is false where it makes no sense now. */
export interface RunVerb extends Omit<Command, 'group' | 'isEnabled'> {
  /** The heading in the menu. */
  readonly part: string;
  readonly isShown: boolean;
  readonly isDanger?: boolean;
}

export interface RunVerbSources {
  readonly run: () => RunSummary | null;
  readonly checkpoints: () => readonly Checkpoint[];
  /** Opens what a page asks more in. */
  openLearningRate(): void;
  openLabels(): void;
  rename(): void;
  exportCheckpoint(checkpoint: Checkpoint): void;
}

/** The one a user most likely means: the best, else the latest. */
export function mainCheckpoint(checkpoints: readonly Checkpoint[]): Checkpoint | null {
  return checkpoints.find(({ isBest }) => isBest) ?? checkpoints.at(-1) ?? null;
}

/** Changes labels of one run and lets it be undone. */
export function useRelabel(): (run: RunSummary, labels: RunLabels, words: string) => Promise<void> {
  const { label } = useRunChanges();
  return (run, labels, words) => label([run], () => labels, words);
}

/** Every verb that makes sense for the run now, in the order of the menu. */
export function useRunVerbs(sources: RunVerbSources): ComputedRef<readonly RunVerb[]> {
  const runs = useRunsStore();
  const toasts = useToastsStore();
  const router = useRouter();
  const relabel = useRelabel();
  const changes = useRunChanges();
  const { ask } = useConfirm();

  const soon = async (asked: Promise<unknown>, title: string): Promise<void> => {
    await asked;
    toasts.notify({ title, text: 'It comes at the end of the step that trains now.', kind: 'info' });
  };

  async function discard({ id, name, step }: RunSummary): Promise<void> {
    const last = sources.checkpoints().at(-1)?.step ?? 0;
    const isMeant = await ask({
      title: `Stop ${name} and discard what is not saved?`,
      message: `It is at step ${formatInteger(step)}. Its last checkpoint is of step ${formatInteger(last)}; what was trained since is lost. “Stop and save” keeps it.`,
      verb: 'Stop and discard',
      isDanger: true,
    });
    if (isMeant) await runs.stopAndDiscard(id);
  }

  async function remove(run: RunSummary): Promise<void> {
    if ((await changes.remove([run])).length > 0) await router.push({ name: 'runs' });
  }

  return computed(() => {
    const run = sources.run();
    if (!run) return [];
    const { id, name, state, isStarred, isPinned, isArchived } = run;
    const isRunning = state === 'running';
    const best = mainCheckpoint(sources.checkpoints());
    const last = sources.checkpoints().at(-1) ?? null;
    const verbs: RunVerb[] = [
      {
        id: 'run.toggle',
        label: isActive(run) ? 'Pause the run' : 'Resume the run',
        icon: isActive(run) ? 'pause' : 'play',
        shortcut: 'Space',
        part: 'Training',
        isShown: isActive(run) || isResumable(run),
        run: () => (isActive(run) ? runs.pause(id) : runs.resume(id)),
      },
      {
        id: 'run.evaluate',
        label: 'Evaluate now',
        icon: 'compare',
        part: 'Training',
        isShown: isRunning,
        run: () => soon(runs.evaluateNow(id), 'The run is evaluated'),
      },
      {
        id: 'run.checkpoint',
        label: 'Save a checkpoint now',
        icon: 'checkpoints',
        part: 'Training',
        isShown: isRunning,
        run: () => soon(runs.checkpointNow(id), 'A checkpoint is saved'),
      },
      {
        id: 'run.learning-rate',
        label: 'Change the learning rate',
        icon: 'runs',
        part: 'Training',
        isShown: state !== 'finished',
        run: sources.openLearningRate,
      },
      {
        id: 'run.stop',
        label: 'Stop and save',
        icon: 'stop',
        part: 'Training',
        isShown: isActive(run),
        run: () => runs.stopAndSave(id),
      },
      {
        id: 'run.discard',
        label: 'Stop and discard',
        icon: 'close',
        part: 'Training',
        isDanger: true,
        isShown: isActive(run),
        run: () => discard(run),
      },
      {
        id: 'run.fine-tune',
        label: 'Fine-tune from here',
        icon: 'bolt',
        part: 'The model',
        isShown: best !== null,
        run: () => router.push({ name: 'new-run', query: { from: best!.reference, mode: 'weights' } }),
      },
      {
        id: 'run.fork',
        label: 'Fork from the last checkpoint',
        icon: 'fork',
        part: 'The model',
        isShown: last !== null,
        run: () => router.push({ name: 'new-run', query: { from: last!.reference, mode: 'fork' } }),
      },
      {
        id: 'run.playground',
        label: 'Talk to it in the playground',
        icon: 'playground',
        part: 'The model',
        isShown: best !== null,
        run: () => router.push({ name: 'playground', query: { checkpoint: best!.reference } }),
      },
      {
        id: 'run.export',
        label: 'Export the best checkpoint',
        icon: 'download',
        part: 'The model',
        isShown: best !== null,
        run: () => sources.exportCheckpoint(best!),
      },
      {
        id: 'run.compare',
        label: 'Compare with another run',
        icon: 'compare',
        part: 'The record',
        isShown: true,
        run: () => router.push({ name: 'compare', query: { runs: id } }),
      },
      {
        id: 'run.rename',
        label: 'Rename the run',
        icon: 'pencil',
        part: 'The record',
        isShown: true,
        run: sources.rename,
      },
      {
        id: 'run.labels',
        label: 'Edit tags and note',
        icon: 'tag',
        part: 'The record',
        isShown: true,
        run: sources.openLabels,
      },
      {
        id: 'run.star',
        label: isStarred ? 'Take the star away' : 'Star the run',
        icon: 'star',
        part: 'The record',
        isShown: true,
        run: () =>
          relabel(
            run,
            { isStarred: !isStarred },
            isStarred ? `Took the star from ${name}` : `Starred ${name}`,
          ),
      },
      {
        id: 'run.pin',
        label: isPinned ? 'Unpin the run' : 'Pin the run on top',
        icon: 'pin',
        part: 'The record',
        isShown: true,
        run: () => relabel(run, { isPinned: !isPinned }, isPinned ? `Unpinned ${name}` : `Pinned ${name}`),
      },
      {
        id: 'run.archive',
        label: isArchived ? 'Bring back from the archive' : 'Archive the run',
        icon: 'archive',
        part: 'The record',
        isShown: !isActive(run),
        run: () => changes.archive([run], !isArchived),
      },
      {
        id: 'run.delete',
        label: 'Delete the run',
        icon: 'trash',
        part: 'The record',
        isDanger: true,
        isShown: !isActive(run),
        run: () => remove(run),
      },
    ];
    return verbs.filter(({ isShown }) => isShown);
  });
}
