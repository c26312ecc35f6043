// What can be done with a checkpoint or opened weights, for the table's menu, the panel and the commands alike:
// begin a run with it, talk to it, keep it, take it out, remove it.

import { ref, shallowRef, type Ref } from 'vue';
import { useRouter } from 'vue-router';
import type { MenuItem } from '../components/kit/AppMenu.vue';
import { formatBytes } from '../lib/format.ts';
import type { ModelRow } from '../lib/model-rows.ts';
import { useCheckpointsStore } from '../stores/checkpoints.ts';
import { useToastsStore } from '../stores/toasts.ts';
import { useWeightsStore } from '../stores/weights.ts';
import { useConfirm } from './useConfirm.ts';

export type ModelAction =
  | 'fine-tune'
  | 'fork'
  | 'talk'
  | 'inspect'
  | 'evaluate'
  | 'export'
  | 'keep'
  | 'remove';

export interface ModelActions {
  /** What is being exported, and whether its dialog is open. */
  readonly exported: Readonly<Ref<ModelRow | null>>;
  readonly isExporting: Ref<boolean>;
  /** What is being evaluated, and whether its dialog is open. */
  readonly evaluated: Readonly<Ref<ModelRow | null>>;
  readonly isEvaluating: Ref<boolean>;
  itemsOf(row: ModelRow): MenuItem[];
  /** Does it; a refusal becomes a note with its reason. */
  act(action: string, row: ModelRow): Promise<void>;
  /** Asks once, then removes all; each refusal is told. */
  removeAll(rows: readonly ModelRow[]): Promise<void>;
  keepAll(rows: readonly ModelRow[], isKept: boolean): Promise<void>;
}

/** The actions; the place that uses them shows the dialogs of exports and evaluations. */
export function useModelActions(): ModelActions {
  const router = useRouter();
  const checkpoints = useCheckpointsStore();
  const weights = useWeightsStore();
  const toasts = useToastsStore();
  const { ask } = useConfirm();
  const exported = shallowRef<ModelRow | null>(null);
  const isExporting = ref(false);
  const evaluated = shallowRef<ModelRow | null>(null);
  const isEvaluating = ref(false);

  function itemsOf(row: ModelRow): MenuItem[] {
    const isKept = row.checkpoint?.isMarked === true;
    const ofRun: MenuItem[] = row.checkpoint
      ? [
          { id: 'fork', label: 'Fork', icon: 'fork' },
          { id: 'keep', label: isKept ? 'No longer keep' : 'Keep', icon: 'pin' },
        ]
      : [];
    return [
      { id: 'fine-tune', label: 'Fine-tune from here', icon: 'bolt' },
      { id: 'talk', label: 'Talk to it', icon: 'playground' },
      { id: 'inspect', label: 'Look inside', icon: 'inspect' },
      { id: 'evaluate', label: 'Evaluate', icon: 'evaluate' },
      ...ofRun,
      { id: 'export', label: 'Export', icon: 'upload' },
      { id: 'remove', label: row.weights ? 'Remove the weights' : 'Delete', icon: 'trash', isDanger: true },
    ];
  }

  async function keepAll(rows: readonly ModelRow[], isKept: boolean): Promise<void> {
    const changed = rows.flatMap(({ checkpoint }) =>
      checkpoint && checkpoint.isMarked !== isKept ? [checkpoint] : [],
    );
    const mark = async (value: boolean): Promise<void> => {
      for (const checkpoint of changed) await checkpoints.mark(checkpoint, value);
    };
    try {
      await mark(isKept);
    } catch (error) {
      toasts.fail('The checkpoint could not be marked', error);
      return;
    }
    if (changed.length === 0) return;
    const name = changed.length === 1 ? rows.find(({ checkpoint }) => checkpoint === changed[0])!.name : null;
    const what = name ?? `${changed.length} checkpoints`;
    toasts.notify({
      title: isKept ? `Kept ${what}` : `No longer kept: ${what}`,
      text: isKept ? 'It stays when older checkpoints are thinned out.' : '',
      kind: 'info',
      undo: () => mark(!isKept),
    });
  }

  async function removeAll(rows: readonly ModelRow[]): Promise<void> {
    const [first] = rows;
    if (!first || !(await ask(questionOf(rows)))) return;
    for (const row of rows) {
      try {
        if (row.checkpoint) await checkpoints.remove(row.checkpoint);
        else if (row.weights) await weights.remove(row.weights.id);
      } catch (error) {
        toasts.fail(`${row.name} was not removed`, error);
      }
    }
  }

  async function act(action: string, row: ModelRow): Promise<void> {
    switch (action as ModelAction) {
      case 'fine-tune':
        await router.push({ name: 'new-run', query: { from: row.reference, mode: 'weights' } });
        return;
      case 'fork':
        await router.push({ name: 'new-run', query: { from: row.reference, mode: 'fork' } });
        return;
      case 'talk':
        await router.push({ name: 'playground', query: { checkpoint: row.reference } });
        return;
      case 'inspect':
        await router.push({ name: 'inspect', query: { checkpoint: row.reference } });
        return;
      case 'evaluate':
        evaluated.value = row;
        isEvaluating.value = true;
        return;
      case 'export':
        exported.value = row;
        isExporting.value = true;
        return;
      case 'keep':
        return keepAll([row], row.checkpoint?.isMarked !== true);
      case 'remove':
        return removeAll([row]);
    }
  }

  return { exported, isExporting, evaluated, isEvaluating, itemsOf, act, removeAll, keepAll };
}

function questionOf(rows: readonly ModelRow[]) {
  const bytes = formatBytes(rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const [only] = rows;
  if (rows.length > 1) {
    return {
      title: `Delete ${rows.length} checkpoints?`,
      message: `Their files are removed from the disk (${bytes}). The figures and samples of their runs stay. This cannot be undone.`,
      verb: `Delete ${rows.length} checkpoints`,
      isDanger: true,
    };
  }
  if (only!.weights) {
    return {
      title: `Remove ${only!.name}?`,
      message: `Heddle's copy of these weights is removed (${bytes}). Runs that began with them have files of their own, and the files that they were opened from stay where they are.`,
      verb: 'Remove the weights',
      isDanger: true,
    };
  }
  const best = only!.checkpoint?.isBest ? ' It is the best of its run.' : '';
  return {
    title: `Delete ${only!.name}?`,
    message: `Its files are removed from the disk (${bytes}). The figures and samples of the run stay.${best} This cannot be undone.`,
    verb: 'Delete the checkpoint',
    isDanger: true,
  };
}
