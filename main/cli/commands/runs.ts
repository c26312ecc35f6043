// heddle runs: what was trained, one run in detail, and what can be done with it.

import type { RunDetail, RunSummary, Studio } from '../../../preload/contract.ts';
import type { Command, CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytes, count, epochs, loss, short, table } from '../format.ts';
import { runIdOf } from '../run-id.ts';
import { UsageError } from '../usage-error.ts';

export const runs: Command = {
  name: 'runs',
  summary: 'Lists runs, shows one, stops, renames, marks and removes.',
  usage: ['runs [RUN]', 'runs stop|pause|remove RUN', 'runs rename RUN NAME', 'runs mark|unmark RUN@STEP'],
  startsQueue: false,
  flags: [],
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
    show(context, [await studio.call('runs.rename', { runId: await runIdOf(studio, word), name })]);
  },
  mark: (studio, context, reference) => mark(studio, context, reference, true),
  unmark: (studio, context, reference) => mark(studio, context, reference, false),
};

async function run(context: CommandContext): Promise<number> {
  const [first, second, ...rest] = context.positionals;
  const studio = await context.studio();
  if (first === undefined) show(context, await studio.call('runs.list', {}));
  else if (!Object.hasOwn(actions, first)) await actions.show!(studio, context, first, []);
  else if (second === undefined) throw new UsageError(`runs ${first} needs a run.`);
  else await actions[first]!(studio, context, second, rest);
  return exitCodes.done;
}

async function mark(
  studio: Studio,
  { output }: CommandContext,
  reference: string,
  isMarked: boolean,
): Promise<void> {
  const { runId, step } = await studio.call('checkpoints.resolve', { checkpoint: reference });
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
    summary.state,
    `${count(summary.step)}/${count(summary.totalSteps)}`,
    epochs(Math.round(summary.epoch * 10) / 10),
    loss(summary.trainLoss),
    loss(summary.bestEvalLoss),
    short(summary.parameterCount),
    summary.datasetName,
    summary.deviceName,
  ]);
  const head = ['name', 'state', 'step', 'epoch', 'loss', 'best held-out', 'parameters', 'dataset', 'device'];
  for (const line of table([head, ...rows], [2, 3, 4, 5, 6])) output.line(line);
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
  if (sample) output.line(`\n${sample.prompt}${sample.text}`);
}
