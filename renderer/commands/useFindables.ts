// Everything the palette can find: the commands that can be run now, and runs, datasets and checkpoints by name.

import { computed, type ComputedRef } from 'vue';
import { useRouter } from 'vue-router';
import type { IconName } from '../components/AppIcon.vue';
import { formatInteger } from '../lib/format.ts';
import type { Findable } from '../lib/palette-search.ts';
import { stateWords } from '../lib/run-words.ts';
import { useCheckpointsStore } from '../stores/checkpoints.ts';
import { useDatasetsStore } from '../stores/datasets.ts';
import { useRunsStore } from '../stores/runs.ts';
import { commands, isEnabled, runCommand } from './registry.ts';

export interface PaletteEntry extends Findable {
  readonly id: string;
  readonly group: string;
  readonly icon?: IconName | undefined;
  readonly hint?: string | undefined;
  readonly shortcut?: string | undefined;
  choose(): void;
}

/** All entries, commands first. */
export function useFindables(): ComputedRef<readonly PaletteEntry[]> {
  const router = useRouter();
  const runs = useRunsStore();
  const datasets = useDatasetsStore();
  const checkpoints = useCheckpointsStore();

  return computed(() => [
    ...commands.value.filter(isEnabled).map(({ id, label, group, icon, shortcut }): PaletteEntry => ({
      id,
      label,
      group,
      more: group,
      icon,
      shortcut,
      choose: () => void runCommand(id),
    })),
    ...runs.runs.map((run): PaletteEntry => ({
      id: `run:${run.id}`,
      label: run.name,
      group: 'Runs',
      more: `run ${run.datasetName}`,
      icon: 'runs',
      hint: stateWords(run),
      choose: () => void router.push({ name: 'run', params: { runId: run.id } }),
    })),
    ...datasets.datasets.map(({ id, name, sourceName }): PaletteEntry => ({
      id: `dataset:${id}`,
      label: name,
      group: 'Datasets',
      more: `dataset ${sourceName}`,
      icon: 'datasets',
      choose: () => void router.push({ name: 'dataset', params: { datasetId: id } }),
    })),
    ...checkpoints.checkpoints.map(({ reference, runId, step, isBest }): PaletteEntry => ({
      id: `checkpoint:${reference}`,
      label: `${runs.byId.get(runId ?? '')?.name ?? reference} @ ${formatInteger(step)}`,
      group: 'Checkpoints',
      more: `checkpoint step ${step}${isBest ? ' best' : ''}`,
      icon: 'checkpoints',
      hint: isBest ? 'best' : undefined,
      choose: () => void router.push({ name: 'checkpoints', query: { checkpoint: reference } }),
    })),
  ]);
}
