// heddle datasets: what was imported; looks at files, imports, counts, renames, removes and writes out.

import { resolve } from 'node:path';
import type { Dataset, ImportPreview, SampleDataset, Studio } from '../../../preload/contract.ts';
import { toFailure } from '../../studio/failure.ts';
import { text, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { datasetNamed } from '../find-dataset.ts';
import { onInterrupt } from '../follow-run.ts';
import { bytes, count, table } from '../format.ts';
import { nearest } from '../nearest.ts';
import { showProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

/** Names what this process asks for, so that Ctrl-C ends it wherever it is carried out. */
const operationId = `datasets-${process.pid}-${Date.now()}`;
const formats = ['txt', 'jsonl', 'csv'] as const;

export const datasets: Command = {
  name: 'datasets',
  summary: 'Lists, previews, imports, exports and removes datasets.',
  usage: [
    'datasets',
    'datasets preview FILES…',
    'datasets import FILES… [--name NAME] [--text-column NAME] [--aligned]',
    'datasets rename DATASET NAME',
    'datasets export DATASET [--format txt|jsonl|csv] [--out FOLDER]',
    'datasets remove DATASET',
    'datasets samples',
    'datasets sample ID',
  ],
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
    {
      name: 'aligned',
      type: 'boolean',
      help: 'Makes one table of two texts whose lines belong together, such as train.en and train.de.',
    },
    {
      name: 'format',
      type: 'choice',
      choices: formats,
      default: 'jsonl',
      help: 'What export writes: the text, JSON lines, or a table with commas.',
    },
    {
      name: 'out',
      type: 'text',
      valueName: 'FOLDER',
      help: 'The folder to write, which must not exist or be empty; else one under exports/ of the home.',
    },
  ],
  run,
};

type Action = (studio: Studio, context: CommandContext, rest: string[]) => Promise<void>;

/** Each action and how many words it needs. */
const actions: Readonly<Record<string, readonly [needed: number, action: Action]>> = {
  list: [0, async (studio, context) => show(context, await studio.call('datasets.list', {}))],
  preview: [1, preview],
  import: [1, importFiles],
  rename: [2, rename],
  export: [1, exportOne],
  remove: [1, remove],
  samples: [0, async (studio, context) => showSamples(context, await studio.call('datasets.samples', {}))],
  sample: [
    1,
    async (studio, context, [sampleId]) =>
      show(context, [await studio.call('datasets.sample', { sampleId })]),
  ],
};

async function run(context: CommandContext): Promise<number> {
  const [name = 'list', ...rest] = context.positionals;
  const found = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!found) {
    const near = nearest(name, Object.keys(actions));
    throw new UsageError(`datasets has no "${name}".`, near ? `Did you mean ${near}?` : '');
  }
  const [needed, action] = found;
  if (rest.length < needed) {
    throw new UsageError(`datasets ${name} needs ${needed === 1 ? 'a name' : 'a dataset and its new name'}.`);
  }
  const studio = await context.studio();
  showProgress(studio, context.output);
  let isInterrupted = false;
  const interrupt = onInterrupt(() => {
    isInterrupted = true;
    studio.call('operations.cancel', { operationId }).catch(() => undefined);
  });
  try {
    await action(studio, context, rest);
    return exitCodes.done;
  } catch (error) {
    if (!isInterrupted) throw error;
    context.output.failure(toFailure(error));
    return exitCodes.interrupted;
  } finally {
    interrupt.stop();
  }
}

/** What files are and how they are to be read, as the flags say. */
function inputOf({ values }: CommandContext, paths: readonly string[]) {
  return {
    sources: paths.map((path) => resolve(path)),
    name: text(values, 'name'),
    textColumn: text(values, 'text-column'),
    hasHeader: values.get('header') as boolean | undefined,
    isAligned: values.get('aligned') as boolean | undefined,
    operationId,
  };
}

async function preview(studio: Studio, context: CommandContext, paths: string[]): Promise<void> {
  const found = await studio.call('datasets.preview', inputOf(context, paths));
  const { output } = context;
  output.event('preview', found);
  if (output.isJson) return;
  output.line(found.guess ? `${found.guess}.` : `A ${found.kind}.`);
  output.line(countsOf(found));
  if (found.aligned) output.line(`Lines: ${found.aligned.lineCounts.map(count).join(' and ')}.`);
  for (const line of found.text.split('\n').slice(0, 8)) output.line(`  ${line.slice(0, 100)}`);
  for (const { message } of found.troubles) output.line(message);
}

function countsOf({ kind, rowCount, characterCount, duplicateCount, isPartial }: ImportPreview): string {
  const unit = kind === 'text' ? 'line' : 'row';
  const rows = `${count(rowCount)} ${rowCount === 1 ? unit : `${unit}s`}`;
  const counts = `${rows}, ${count(characterCount)} characters, ${count(duplicateCount)} occur before`;
  return isPartial ? `${counts}; only the first part was read.` : `${counts}.`;
}

async function importFiles(studio: Studio, context: CommandContext, paths: string[]): Promise<void> {
  show(context, [await studio.call('datasets.import', inputOf(context, paths))]);
}

async function rename(studio: Studio, context: CommandContext, [name, ...words]: string[]): Promise<void> {
  const { id } = await datasetNamed(studio, name!);
  show(context, [await studio.call('datasets.rename', { datasetId: id, name: words.join(' ') })]);
}

async function exportOne(studio: Studio, context: CommandContext, [name]: string[]): Promise<void> {
  const { values, output } = context;
  const { id } = await datasetNamed(studio, name!);
  const out = text(values, 'out');
  const written = await studio.call('datasets.export', {
    datasetId: id,
    format: (text(values, 'format') as (typeof formats)[number] | undefined) ?? 'jsonl',
    // The process that carries this out may run in another folder.
    outPath: out === undefined ? undefined : resolve(out),
    operationId,
  });
  output.event('done', written);
  output.line(`${written.path}: ${written.files.join(', ')} (${bytes(written.sizeBytes)})`);
}

async function remove(studio: Studio, { output }: CommandContext, [name]: string[]): Promise<void> {
  const found = await datasetNamed(studio, name!);
  await studio.call('datasets.remove', { datasetId: found.id });
  output.event('removed', { datasetId: found.id });
  output.line(`Removed ${found.name}.`);
}

function showSamples({ output }: CommandContext, list: readonly SampleDataset[]): void {
  for (const sample of list) output.event('sample', sample);
  if (output.isJson) return;
  const rows = list.map(({ id, kind, sizeBytes, datasetId, teaches }) => [
    id,
    kind,
    bytes(sizeBytes),
    datasetId === null ? '' : 'imported',
    teaches,
  ]);
  for (const line of table([['id', 'kind', 'size', '', 'teaches'], ...rows], [2])) output.line(line);
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
