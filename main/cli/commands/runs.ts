// heddle runs: what was trained, one run in detail, and what can be done with it.

import type { RunDetail, RunLabels, RunSummary, Studio } from '../../../preload/contract.ts';
import { numeric, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytes, count, epochs, loss, short, table } from '../format.ts';
import { runIdOf } from '../run-id.ts';
import { showMetrics } from '../show-metrics.ts';
import { showExamples } from '../task-samples.ts';
import { UsageError } from '../usage-error.ts';

/** Examples of the last sample that are shown. */
const mostExamples = 5;

export const runs: Command = {
  name: 'runs',
  summary: 'Lists runs, shows one and its figures, changes, stops, labels and removes.',
  usage: [
    'runs [RUN]',
    'runs RUN --metrics [--key KEY]',
    'runs stop|pause|remove RUN',
    'runs change RUN --learning-rate X',
    'runs evaluate|save RUN',
    'runs queue [RUN PLACE]',
    'runs rename RUN NAME',
    'runs star|unstar|archive|unarchive RUN',
    'runs tag RUN [TAG…]',
    'runs note RUN TEXT',
    'runs mark|unmark RUN@STEP',
  ],
  startsQueue: false,
  flags: [
    { name: 'metrics', type: 'boolean', help: 'Shows the figures of a run.' },
    {
      name: 'key',
      type: 'text',
      isList: true,
      valueName: 'KEY',
      help: 'Only figures of this key, such as train/loss; may be given several times.',
    },
    {
      name: 'learning-rate',
      type: 'number',
      minimum: 0,
      maximum: 10,
      valueName: 'X',
      help: 'The rate that takes the place of the run’s own from the next step on; warm-up and decay go on as planned from there to the final rate.',
    },
  ],
  run,
};

type Action = (
  studio: Studio,
  context: CommandContext,
  run: string,
  rest: readonly string[],
) => Promise<void>;

const actions: Readonly<Record<string, Action>> = {
  show: async (studio, context, word) => {
    showOne(context, await studio.call('runs.get', { runId: await runIdOf(studio, word) }));
  },
  stop: async (studio, context, word) => {
    show(context, [await studio.call('runs.stop', { runId: await runIdOf(studio, word), save: true })]);
  },
  pause: async (studio, context, word) => {
    show(context, [await studio.call('runs.pause', { runId: await runIdOf(studio, word) })]);
  },
  remove: async (studio, { output }, word) => {
    const runId = await runIdOf(studio, word);
    await studio.call('runs.remove', { runId });
    output.event('removed', { runId });
    output.line(`Removed ${word}.`);
  },
  rename: async (studio, context, word, [name]) => {
    if (name === undefined) throw new UsageError('runs rename needs a run and its new name.');
    show(context, [
      await studio.call('runs.label', { runId: await runIdOf(studio, word), labels: { name } }),
    ]);
  },
  change: async (studio, context, word) => {
    const value = numeric(context.values, 'learning-rate');
    if (value === undefined || value === 0) {
      throw new UsageError('runs change needs --learning-rate with a number above 0.');
    }
    const runId = await runIdOf(studio, word);
    show(context, [await studio.call('runs.change', { runId, key: 'learningRate', value })]);
  },
  evaluate: async (studio, { output }, word) => {
    await studio.call('runs.evaluateNow', { runId: await runIdOf(studio, word) });
    output.line(`${word} is evaluated at the end of its step.`);
  },
  save: async (studio, { output }, word) => {
    await studio.call('runs.checkpointNow', { runId: await runIdOf(studio, word) });
    output.line(`A checkpoint of ${word} is saved at the end of its step.`);
  },
  star: (studio, context, word) => label(studio, context, word, { isStarred: true }),
  unstar: (studio, context, word) => label(studio, context, word, { isStarred: false }),
  archive: (studio, context, word) => label(studio, context, word, { isArchived: true }),
  unarchive: (studio, context, word) => label(studio, context, word, { isArchived: false }),
  tag: (studio, context, word, tags) => label(studio, context, word, { tags: [...tags] }),
  note: async (studio, context, word, words) => {
    if (words.length === 0) throw new UsageError('runs note needs a run and a text; "" takes a note away.');
    await label(studio, context, word, { note: words.join(' ') });
  },
  mark: (studio, context, reference) => mark(studio, context, reference, true),
  unmark: (studio, context, reference) => mark(studio, context, reference, false),
};

async function run(context: CommandContext): Promise<number> {
  const [first, second, ...rest] = context.positionals;
  const studio = await context.studio();
  if (context.values.has('metrics')) {
    if (first === undefined) throw new UsageError('--metrics needs a run.');
    await showMetrics(studio, context.output, await runIdOf(studio, first), keysOf(context));
  } else if (first === undefined) show(context, await studio.call('runs.list', {}));
  else if (first === 'queue') await queue(studio, context, second, rest[0]);
  else if (!Object.hasOwn(actions, first)) await actions.show!(studio, context, first, []);
  else if (second === undefined) throw new UsageError(`runs ${first} needs a run.`);
  else await actions[first]!(studio, context, second, rest);
  return exitCodes.done;
}

function keysOf({ values }: CommandContext): string[] {
  return (values.get('key') as string[] | undefined) ?? [];
}

async function label(
  studio: Studio,
  context: CommandContext,
  word: string,
  labels: RunLabels,
): Promise<void> {
  show(context, [await studio.call('runs.label', { runId: await runIdOf(studio, word), labels })]);
}

/** Shows the runs that wait, after moving one of them where a run and its place are given; 1 is next. */
async function queue(studio: Studio, context: CommandContext, word?: string, place?: string): Promise<void> {
  if (word !== undefined) {
    const position = Number(place) - 1;
    if (!Number.isSafeInteger(position) || position < 0) {
      throw new UsageError('runs queue RUN PLACE needs a place in the queue; 1 is next.');
    }
    await studio.call('runs.moveInQueue', { runId: await runIdOf(studio, word), position });
  }
  const { runIds } = await studio.call('runs.queue', {});
  const all = await studio.call('runs.list', {});
  const waiting = runIds.flatMap((id) => all.filter((one) => one.id === id));
  if (waiting.length === 0 && !context.output.isJson) context.output.line('No run waits for the device.');
  else show(context, waiting);
}

async function mark(
  studio: Studio,
  { output }: CommandContext,
  reference: string,
  isMarked: boolean,
): Promise<void> {
  const { runId, step } = await studio.call('checkpoints.resolve', { checkpoint: reference });
  if (runId === null) throw new UsageError(`${reference} is no checkpoint of a run of this home.`);
  const checkpoint = await studio.call('checkpoints.mark', { runId, step, isMarked });
  output.event('checkpoint', checkpoint);
  output.line(`Step ${count(step)} is ${isMarked ? 'marked and will be kept' : 'no longer marked'}.`);
}

function show({ output }: CommandContext, list: readonly RunSummary[]): void {
  for (const summary of list) output.event('run', summary);
  if (output.isJson) return;
  if (list.length === 0) {
    output.line('There is no run yet.');
    return;
  }
  const rows = list.map((summary) => [
    summary.name,
    summary.kind,
    summary.parent ? `${summary.parent.label}${summary.parent.isFork ? ' (fork)' : ''}` : '–',
    summary.state,
    summary.task,
    `${count(summary.step)}/${count(summary.totalSteps)}`,
    epochs(Math.round(summary.epoch * 10) / 10),
    loss(summary.trainLoss),
    loss(summary.bestEvalLoss),
    short(summary.parameterCount),
    summary.datasetName,
    summary.deviceName,
  ]);
  const figures = ['step', 'epoch', 'loss', 'best held-out', 'parameters'];
  const head = ['name', 'kind', 'from', 'state', 'task', ...figures, 'dataset', 'device'];
  for (const line of table([head, ...rows], [5, 6, 7, 8, 9])) output.line(line);
}

function showOne(context: CommandContext, detail: RunDetail): void {
  const { output } = context;
  show(context, [detail.summary]);
  for (const checkpoint of detail.checkpoints) output.event('checkpoint', checkpoint);
  if (output.isJson) return;
  if (detail.summary.error) output.line(`\n${detail.summary.error.message}`);
  if (detail.checkpoints.length > 0) output.line('');
  const rows = detail.checkpoints.map(({ step, evalLoss, isBest, isMarked, sizeBytes, path }) => [
    `step ${count(step)}`,
    loss(evalLoss),
    [isBest ? 'best' : '', isMarked ? 'marked' : ''].filter(Boolean).join(', ') || '–',
    bytes(sizeBytes),
    path,
  ]);
  for (const line of table(rows, [1, 3])) output.line(line);
  const sample = detail.samples.at(-1);
  if (sample && sample.examples.length > 0) showExamples(output, sample.examples.slice(0, mostExamples));
  else if (sample) output.line(`\n${sample.prompt}${sample.text}`);
}
