// The columns that a table of runs can have: what a run is, what it came to, and every setting. Says what is
// sorted by; RunsTable.vue draws the cells.

import {
  dataFields,
  modelFields,
  trainingFields,
  tasks,
  tuningFields,
  type Field,
  type Fields,
  type RunSettings,
} from '../../../engine/config.ts';
import type { RunSummary } from '../../../preload/contract.ts';
import { perplexityOf } from '../../lib/perplexity.ts';
import { progressShare } from '../../lib/run-words.ts';
import type { SettingValue } from '../../lib/draft-changes.ts';
import { flatSettings } from '../../lib/settings-diff.ts';
import type { TableColumn } from '../kit/DataTable.vue';

export interface RunColumn extends TableColumn<RunSummary> {
  readonly group: 'Run' | 'Results' | 'Settings';
}

/** Columns whose ids begin so show a setting, which comes with a run's details. */
const settingPrefix = 'setting:';

/** Whether a column needs the settings of the runs. */
export function isSettingColumn(id: string): boolean {
  return id.startsWith(settingPrefix);
}

const column = (
  group: RunColumn['group'],
  id: string,
  label: string,
  value: (run: RunSummary) => SettingValue | null | undefined,
  more: Partial<RunColumn> = {},
): RunColumn => ({ group, id, label, value, isSortable: true, ...more });
const figure = { align: 'end' } as const;

const ofSummary: readonly RunColumn[] = [
  column('Run', 'star', 'Star', (run) => (run.isStarred ? 0 : 1), { width: '34px' }),
  column('Run', 'name', 'Name', (run) => run.name, { isFixed: true }),
  column('Run', 'state', 'State', (run) => run.state),
  column('Run', 'task', 'Task', (run) => tasks[run.task].label),
  column('Run', 'kind', 'Kind', (run) => run.kind),
  column('Run', 'parent', 'From', (run) => run.parent?.label, {
    title: 'The weights that the run began with',
  }),
  column('Run', 'dataset', 'Dataset', (run) => run.datasetName),
  column('Run', 'preset', 'Preset', (run) => run.preset),
  column('Run', 'progress', 'Progress', progressShare, { width: '132px' }),
  column('Run', 'device', 'Device', (run) => run.deviceName || null),
  column('Run', 'parameters', 'Parameters', (run) => run.parameterCount, figure),
  column('Run', 'duration', 'Time', (run) => run.activeMs, {
    ...figure,
    title: 'Time spent with the device, pauses left out',
  }),
  column('Run', 'created', 'Created', (run) => run.createdAtMs, figure),
  column('Run', 'tags', 'Tags', (run) => run.tags.join(', ') || null),
  column('Run', 'note', 'Note', (run) => run.note || null),
  column('Results', 'bestEvalLoss', 'Best val. loss', (run) => run.bestEvalLoss, {
    ...figure,
    title: 'Lowest loss on held-out text',
  }),
  column('Results', 'perplexity', 'Perplexity', (run) => perplexityOf(run.bestEvalLoss), {
    ...figure,
    title: 'e to the lowest validation loss',
  }),
  column('Results', 'evalLoss', 'Last val. loss', (run) => run.evalLoss, {
    ...figure,
    title: 'Loss on held-out text when it was last measured',
  }),
  column('Results', 'trainLoss', 'Train loss', (run) => run.trainLoss, figure),
  column('Results', 'tokensPerSecond', 'Tokens/s', (run) => run.tokensPerSecond, figure),
];

/** What is shown until something else is chosen. */
export const usualColumns: readonly string[] = [
  'star',
  'name',
  'state',
  'dataset',
  'progress',
  'bestEvalLoss',
  'perplexity',
  `${settingPrefix}training.learningRate`,
  'tokensPerSecond',
  'duration',
  'created',
  'tags',
];

/** The settings of every model form, each once. */
const everyModelField: Fields = Object.assign({}, ...Object.values(modelFields).reverse());

/** Every column there is; the settings are read with `settingsOf` when a cell is drawn. */
export function allColumns(settingsOf: (runId: string) => RunSettings | null): RunColumn[] {
  const fields: [string, Field][] = [
    ...Object.entries(everyModelField).map(part('model')),
    ...Object.entries(trainingFields).map(part('training')),
    ...Object.entries(dataFields).map(part('data')),
    ...Object.entries(tuningFields).map(part('tuning')),
  ];
  return [
    ...ofSummary,
    ...fields.map(([path, { label, type, help }]) =>
      column('Settings', `${settingPrefix}${path}`, label, (run) => settingOf(settingsOf(run.id), path), {
        align: type === 'integer' || type === 'number' ? 'end' : 'start',
        title: `${path.slice(path.indexOf('.') + 1)}: ${help}`,
      }),
    ),
  ];
}

const part =
  (name: string) =>
  ([key, field]: [string, Field]): [string, Field] => [`${name}.${key}`, field];

/** Settings never change, so each run's table is made once. */
const flattened = new WeakMap<RunSettings, ReadonlyMap<string, SettingValue | undefined>>();

function settingOf(settings: RunSettings | null, path: string): SettingValue | undefined {
  if (!settings) return undefined;
  let table = flattened.get(settings);
  if (!table) {
    table = new Map(flatSettings(settings).map((one) => [one.path, one.value]));
    flattened.set(settings, table);
  }
  return table.get(path);
}
