// heddle train: a run from a text to its last step, followed to its end; the rest of one that was stopped; or
// one that begins with the weights of another model, or with all of another run's state.

import { presets, type RunSettings, type Task } from '../../../engine/index.ts';
import type { CallInput, CallOutput, RunSummary, Studio } from '../../../preload/contract.ts';
import {
  deviceChoice,
  deviceFlags,
  numeric,
  text,
  wholeReference,
  type Command,
  type CommandContext,
} from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { alignedColumns, datasetFlags, findDataset } from '../find-dataset.ts';
import { followRun } from '../follow-run.ts';
import { bytes, count, duration, loss } from '../format.ts';
import { sampleOfTask } from '../presets.ts';
import { programName } from '../program-name.ts';
import { newOperationId, showProgress } from '../progress.ts';
import { runIdOf } from '../run-id.ts';
import { settingFlags, settingsFromFlags } from '../setting-flags.ts';
import { showExamples } from '../task-samples.ts';
import { datasetOfOrigin, settingsFrom, trainSettings } from '../train-settings.ts';
import { UsageError } from '../usage-error.ts';

/** The base model that comes with Heddle. */
const baseReference = 'weights:base';

export const train: Command = {
  name: 'train',
  summary: 'Trains a model; without --data on a sample that fits the task.',
  usage: [
    'train [--task TASK] [--data FILE…] [--preset NAME] [settings]',
    'train --task translate --data train.en --target train.de [settings]',
    'train --from RUN|FOLDER [--method full|lora] [--data FILE…] [settings]',
    'train --from RUN@STEP --fork [settings]',
    'train --resume RUN [--stop-at N]',
  ],
  startsQueue: true,
  flags: [
    ...datasetFlags,
    {
      name: 'preset',
      type: 'text',
      valueName: 'NAME',
      help: `Settings to begin with, one that fits the task unless given: ${presets.map(({ name }) => name).join(', ')}.`,
    },
    { name: 'config', type: 'text', valueName: 'FILE', help: 'Settings in a JSON file; flags win over it.' },
    { name: 'name', type: 'text', help: 'Names the run; two words are chosen otherwise.' },
    {
      name: 'from',
      type: 'text',
      valueName: 'RUN',
      help: 'Fine-tunes: begins with the weights and the tokenizer of a checkpoint, of weights:NAME or of a Hugging Face folder. Characters that its tokenizer does not know become its unknown token.',
    },
    {
      name: 'fork',
      type: 'boolean',
      help: 'With --from: takes all of the state of a checkpoint and goes on with other training settings.',
    },
    {
      name: 'kept-tokenizer',
      type: 'text',
      valueName: 'NAME',
      help: 'From scratch: takes a tokenizer that was made in the studio, by name or id, in place of one made from the dataset.',
    },
    { name: 'resume', type: 'text', valueName: 'RUN', help: 'Goes on with a run from its last checkpoint.' },
    {
      name: 'stop-at',
      type: 'integer',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      help: 'Saves and stops after this step; the schedule stays that of the whole run.',
    },
    ...deviceFlags,
    ...settingFlags,
  ],
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { values, output, positionals } = context;
  if (positionals.length > 0)
    throw new UsageError(`train takes no "${positionals[0]}".`, 'Name a file with --data.');
  const resume = text(values, 'resume');
  requireNoChanges(context, resume);
  const from = text(values, 'from');
  if (values.has('fork') && from === undefined) throw new UsageError('--fork needs --from RUN@STEP.');
  if (values.has('kept-tokenizer') && from !== undefined)
    throw new UsageError('--kept-tokenizer cannot be given with --from: weights bring their tokenizer.');
  // What cannot be is said before anything starts.
  const settingsOf = from === undefined ? null : await settingsFrom(context);
  const fresh = resume === undefined && from === undefined ? await trainSettings(context) : null;
  output.note('Heddle is starting …');
  const studio = await context.studio();
  const operationId = newOperationId('train');
  showProgress(studio, output, operationId);
  const again = { device: deviceChoice(context), stopAtStep: numeric(values, 'stop-at') };
  let started: RunSummary;
  if (resume !== undefined) {
    started = await studio.call('runs.resume', { runId: await runIdOf(studio, resume), ...again });
    output.note(`Going on with ${started.name} on ${started.datasetName}`);
  } else {
    const origin = from === undefined ? null : await findOrigin(studio, context, wholeReference(from));
    const settings = fresh ?? (await settingsOf!(origin!));
    const data = await dataFor(studio, context, { settings, origin, operationId });
    started = await studio.call('runs.create', {
      ...data,
      tokenizerId: await keptTokenizer(studio, text(values, 'kept-tokenizer')),
      name: text(values, 'name'),
      start: origin?.start,
      ...again,
    });
    await sayBeginning(studio, context, started);
  }
  const { summary, isInterrupted } = await followRun(studio, started, output, again);
  return finish(studio, context, summary, isInterrupted);
}

/** The id of a kept tokenizer that is named by name or id; throws UsageError. */
async function keptTokenizer(studio: Studio, wanted: string | undefined): Promise<string | undefined> {
  if (wanted === undefined) return undefined;
  const kept = await studio.call('tokenizers.list', {});
  const found = kept.find(({ id }) => id === wanted) ?? kept.find(({ name }) => name === wanted);
  if (found) return found.id;
  const names = kept.map(({ name }) => name).join(', ');
  throw new UsageError(
    `There is no tokenizer "${wanted}".`,
    names === '' ? 'Make one on the page of a dataset, or leave it out.' : `There are ${names}.`,
  );
}

/** What `--from` means: how the run starts and the settings it starts with. */
interface Origin extends CallOutput<'checkpoints.settings'> {
  readonly start: CallInput<'runs.create'>['start'];
}

async function findOrigin(studio: Studio, { values }: CommandContext, checkpoint: string): Promise<Origin> {
  const mode = values.get('fork') === true ? 'fork' : 'weights';
  // What comes with Heddle needs no opening first.
  if (checkpoint === baseReference) await studio.call('weights.base', {});
  return { ...(await studio.call('checkpoints.settings', { checkpoint })), start: { mode, checkpoint } };
}

interface DataNeed {
  readonly settings: RunSettings;
  readonly origin: Origin | null;
  readonly operationId: string;
}

/**
 * The dataset that is named, else that of the run it begins from for the same task, else the task's sample; and
 * the settings with the columns of two files that were named.
 */
async function dataFor(
  studio: Studio,
  context: CommandContext,
  { settings, origin, operationId }: DataNeed,
): Promise<{ datasetId: string; settings: RunSettings }> {
  const named = await findDataset(studio, context, operationId);
  if (named) {
    const { inputColumn, targetColumn } = alignedColumns(context, named);
    const data = {
      ...settings.data,
      inputColumn: settings.data.inputColumn || (inputColumn ?? ''),
      targetColumn: settings.data.targetColumn || (targetColumn ?? ''),
    };
    return { datasetId: named.id, settings: { ...settings, data } };
  }
  const own = origin && datasetOfOrigin(origin, settings.task);
  if (own) return { datasetId: own, settings };
  const sampleId = sampleOfTask[settings.task];
  return { datasetId: (await studio.call('datasets.sample', { sampleId, operationId })).id, settings };
}

async function sayBeginning(studio: Studio, { output }: CommandContext, run: RunSummary): Promise<void> {
  const datasets = await studio.call('datasets.list', {});
  const dataset = datasets.find(({ id }) => id === run.datasetId);
  const size = dataset ? ` (${count(dataset.characterCount)} characters, ${bytes(dataset.sizeBytes)})` : '';
  const parent = run.parent ? ` from ${run.parent.label}` : '';
  const verb = run.parent === null ? 'Training' : run.parent.isFork ? 'Forking' : 'Fine-tuning';
  output.note(`${verb} ${run.name}${parent} on ${run.datasetName}${size}`);
}

/** A run's settings never change: asking for others while resuming is a mistake. */
function requireNoChanges({ values }: CommandContext, resume: string | undefined): void {
  if (resume === undefined) return;
  const settings = Object.keys(settingsFromFlags(values));
  const others = [
    'data',
    'target',
    'dataset',
    'preset',
    'config',
    'name',
    'from',
    'fork',
    'kept-tokenizer',
  ].filter((name) => values.has(name));
  const given = [...others, ...settings][0];
  if (given !== undefined) {
    throw new UsageError(
      `--${given} cannot be changed with --resume: a run keeps its settings.`,
      'Start a new run.',
    );
  }
}

async function finish(
  studio: Studio,
  context: CommandContext,
  summary: RunSummary,
  isInterrupted: boolean,
): Promise<number> {
  const { output } = context;
  if (summary.error) {
    output.failure(summary.error);
    if (summary.step > 0) resumeLine(context, summary);
    return exitCodes.failed;
  }
  output.event('done', {
    runId: summary.id,
    name: summary.name,
    state: summary.state,
    step: summary.step,
    loss: summary.trainLoss,
    best: summary.bestStep === null ? null : { step: summary.bestStep, loss: summary.bestEvalLoss },
  });
  resultLine(context, summary);
  if (isInterrupted) {
    resumeLine(context, summary);
    return exitCodes.interrupted;
  }
  if (summary.state === 'finished') await showResult(studio, context, summary);
  else resumeLine(context, summary);
  return exitCodes.done;
}

function resultLine({ output }: CommandContext, summary: RunSummary): void {
  const { state, step, trainLoss, bestEvalLoss, bestStep, startedAtMs, finishedAtMs } = summary;
  const took =
    startedAtMs === null || finishedAtMs === null ? '' : ` in ${duration(finishedAtMs - startedAtMs)}`;
  output.note('');
  output.line(
    `${state === 'finished' ? 'Finished' : 'Stopped'} at step ${count(step)}${took}, loss ${loss(trainLoss)}`,
  );
  if (bestEvalLoss === null) return;
  output.line(
    `Best held-out loss ${loss(bestEvalLoss)}, perplexity ${Math.exp(bestEvalLoss).toFixed(2)}, at step ${count(bestStep!)}`,
  );
}

function resumeLine({ output }: CommandContext, { name }: RunSummary): void {
  output.note(`Go on with: ${programName()} train --resume ${name}`);
}

/** What a prompt is for a task, to be tried next. */
const examplePrompts: Readonly<Record<Task, string>> = {
  text: 'Once',
  instruct: 'What is a loom?',
  chat: 'What is a loom?',
  translate: 'A loom stands in the mill.',
  seq2seq: 'loom',
  classify: 'This was a fine day.',
  mask: 'The loom [MASK] in the mill.',
};

/** A text, or examples of what the task is about, and what to type next. */
async function showResult(studio: Studio, context: CommandContext, summary: RunSummary): Promise<void> {
  const { output } = context;
  const { id, name, task } = summary;
  if (task === 'text') await showText(studio, context, summary);
  else {
    const { samples } = await studio.call('runs.get', { runId: id });
    if (!output.isJson) showExamples(output, samples.at(-1)?.examples.slice(0, 3) ?? []);
    output.note('');
  }
  output.note(`Next: ${programName()} generate --run ${name} --prompt "${examplePrompts[task]}"`);
}

/** 200 characters from the best checkpoint. */
async function showText(studio: Studio, context: CommandContext, { name }: RunSummary): Promise<void> {
  const { output } = context;
  if (output.isJson) return;
  const { text: written } = await studio.call('generation.run', {
    generationId: `train-${process.pid}`,
    checkpoint: name,
    prompt: '',
    config: { maxNewTokens: 200 },
    device: deviceChoice(context),
  });
  output.line(`\n${[...written].slice(0, 200).join('').trim()}\n`);
}
