// heddle datasets: what was imported; looks at files, imports, counts, renames, removes and writes out.

import { resolve } from 'node:path';
import {
  datasetFormatSchema,
  type Dataset,
  type DatasetFormat,
  type ImportPreview,
  type SampleDataset,
  type Studio,
} from '../../../preload/contract.ts';
import { text, type Command, type CommandContext } from '../command.ts';
import { datasetNamed, readingFlags, sourcesOf } from '../find-dataset.ts';
import { bytes, count, table } from '../format.ts';
import { hubNameAmong } from '../hub-source.ts';
import { nearest } from '../nearest.ts';
import { asOperation } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const datasets: Command = {
  name: 'datasets',
  summary: 'Lists, previews, imports, exports and removes datasets.',
  usage: [
    'datasets',
    'datasets preview FILES…',
    'datasets import FILES… [--name NAME] [--text-column NAME] [--aligned]',
    'datasets import OWNER/NAME    (of the Hugging Face Hub)',
    'datasets rename DATASET NAME',
    'datasets export DATASET [--format txt|jsonl|csv] [--out FOLDER]',
    'datasets remove DATASET',
    'datasets samples',
    'datasets sample ID',
  ],
  startsQueue: false,
  flags: [
    { name: 'name', type: 'text', help: "Names the dataset; the file's name otherwise." },
    ...readingFlags,
    {
      name: 'aligned',
      type: 'boolean',
      help: 'Makes one table of two texts whose lines belong together, such as train.en and train.de.',
    },
    {
      name: 'format',
      type: 'choice',
      choices: datasetFormatSchema.options,
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

/** What an action works with. */
interface Work {
  readonly studio: Studio;
  readonly context: CommandContext;
  readonly operationId: string;
}

type Action = (work: Work, rest: string[]) => Promise<void>;

/** Each action and how many words it needs. */
const actions: Readonly<Record<string, readonly [needed: number, action: Action]>> = {
  list: [0, async ({ studio, context }) => show(context, await studio.call('datasets.list', {}))],
  preview: [1, preview],
  import: [1, importFiles],
  rename: [2, rename],
  export: [1, exportOne],
  remove: [1, remove],
  samples: [
    0,
    async ({ studio, context }) => showSamples(context, await studio.call('datasets.samples', {})),
  ],
  sample: [
    1,
    async ({ studio, context, operationId }, [sampleId]) =>
      show(context, [await studio.call('datasets.sample', { sampleId, operationId })]),
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
  return asOperation(context, 'datasets', (studio, operationId) =>
    action({ studio, context, operationId }, rest),
  );
}

/** What files are and how they are to be read, as the flags say. */
function inputOf({ context, operationId }: Work, paths: readonly string[]) {
  const { values } = context;
  return {
    ...sourcesOf(context, paths),
    name: text(values, 'name'),
    isAligned: values.get('aligned') as boolean | undefined,
    operationId,
  };
}

async function preview(work: Work, paths: string[]): Promise<void> {
  const found = await work.studio.call('datasets.preview', inputOf(work, paths));
  const { output } = work.context;
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

async function importFiles(work: Work, paths: string[]): Promise<void> {
  const { studio, context, operationId } = work;
  const hub = hubNameAmong(paths);
  show(context, [
    hub === null
      ? await studio.call('datasets.import', inputOf(work, paths))
      : await studio.call('datasets.hub', { hub, name: text(context.values, 'name'), operationId }),
  ]);
}

async function rename({ studio, context }: Work, [name, ...words]: string[]): Promise<void> {
  const { id } = await datasetNamed(studio, name!);
  show(context, [await studio.call('datasets.rename', { datasetId: id, name: words.join(' ') })]);
}

async function exportOne({ studio, context, operationId }: Work, [name]: string[]): Promise<void> {
  const { values, output } = context;
  const { id } = await datasetNamed(studio, name!);
  const out = text(values, 'out');
  const written = await studio.call('datasets.export', {
    datasetId: id,
    format: (text(values, 'format') as DatasetFormat | undefined) ?? 'jsonl',
    // The process that carries this out may run in another folder.
    outPath: out === undefined ? undefined : resolve(out),
    operationId,
  });
  output.event('done', written);
  output.line(`${written.path}: ${written.files.join(', ')} (${bytes(written.sizeBytes)})`);
}

async function remove({ studio, context }: Work, [name]: string[]): Promise<void> {
  const { output } = context;
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
