// heddle datasets: what was imported; imports more and removes.

import { resolve } from 'node:path';
import type { Dataset, Studio } from '../../../preload/contract.ts';
import { text, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytes, count, table } from '../format.ts';
import { nearest } from '../nearest.ts';
import { UsageError } from '../usage-error.ts';

export const datasets: Command = {
  name: 'datasets',
  summary: 'Lists, imports and removes datasets.',
  usage: ['datasets', 'datasets import FILE… [--name NAME] [--text-column NAME]', 'datasets remove NAME'],
  startsQueue: false,
  flags: [
    { name: 'name', type: 'text', help: "Names the dataset; the file's name otherwise." },
    {
      name: 'text-column',
      type: 'text',
      valueName: 'NAME',
      help: 'The column of a table that holds the text.',
    },
    {
      name: 'header',
      type: 'boolean',
      help: 'Whether the first line of a table names its columns (--no-header: it does not).',
    },
  ],
  run,
};

const actions = ['list', 'import', 'remove'] as const;

async function run(context: CommandContext): Promise<number> {
  const [action = 'list', ...rest] = context.positionals;
  if (!actions.includes(action as 'list')) {
    const near = nearest(action, actions);
    throw new UsageError(`datasets has no "${action}".`, near ? `Did you mean ${near}?` : '');
  }
  if (action !== 'list' && rest.length === 0) throw new UsageError(`datasets ${action} needs a name.`);
  const studio = await context.studio();
  if (action === 'import') await importFiles(studio, context, rest);
  else if (action === 'remove') await remove(studio, context, rest[0]!);
  else show(context, await studio.call('datasets.list', {}));
  return exitCodes.done;
}

async function importFiles(studio: Studio, context: CommandContext, paths: string[]): Promise<void> {
  const { values, output } = context;
  studio.on('progress', ({ title, value }) => {
    if (value === null) output.note(title);
    else output.status(`${title}: ${Math.round(value * 100)} %`);
  });
  const dataset = await studio.call('datasets.import', {
    paths: paths.map((path) => resolve(path)),
    name: text(values, 'name'),
    textColumn: text(values, 'text-column'),
    hasHeader: values.get('header') as boolean | undefined,
  });
  show(context, [dataset]);
}

async function remove(studio: Studio, { output }: CommandContext, name: string): Promise<void> {
  const all = await studio.call('datasets.list', {});
  const found = all.find(({ id }) => id === name) ?? all.find((dataset) => dataset.name === name);
  if (!found) throw new UsageError(`There is no dataset "${name}".`);
  await studio.call('datasets.remove', { datasetId: found.id });
  output.event('removed', { datasetId: found.id });
  output.line(`Removed ${found.name}.`);
}

function show({ output }: CommandContext, list: readonly Dataset[]): void {
  for (const dataset of list) output.event('dataset', dataset);
  if (output.isJson) return;
  if (list.length === 0) {
    output.line('There is no dataset yet.');
    return;
  }
  const rows = list.map(({ name, kind, rowCount, characterCount, sizeBytes, textColumn, sourceName }) => [
    name,
    kind,
    `${count(rowCount)} ${kind === 'text' ? 'lines' : 'rows'}`,
    count(characterCount),
    bytes(sizeBytes),
    textColumn || '–',
    sourceName,
  ]);
  const head = ['name', 'kind', 'rows', 'characters', 'size', 'text column', 'from'];
  for (const line of table([head, ...rows], [2, 3, 4])) output.line(line);
}
