// heddle train: a run from a text to its last step, followed to its end; or the rest of one that was stopped.

import { resolve } from 'node:path';
import type { Dataset, RunSummary, Studio } from '../../../preload/contract.ts';
import { deviceChoice, deviceFlags, numeric, text, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { bytes, count, duration, loss } from '../format.ts';
import { programName } from '../program-name.ts';
import { runIdOf } from '../run-id.ts';
import { settingFlags, settingsFromFlags } from '../setting-flags.ts';
import { trainSettings } from '../train-settings.ts';
import { UsageError } from '../usage-error.ts';

export const train: Command = {
  name: 'train',
  summary: 'Trains a model on a text; without --data on the sample stories.',
  usage: ['train [--data FILE…] [--preset NAME] [settings]', 'train --resume RUN [--stop-at N]'],
  startsQueue: true,
  flags: [
    {
      name: 'data',
      type: 'text',
      isList: true,
      valueName: 'FILE',
      help: 'A text or table to train on; may be given several times.',
    },
    {
      name: 'dataset',
      type: 'text',
      valueName: 'NAME',
      help: 'A dataset that was imported before, by name or id.',
    },
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
      name: 'preset',
      type: 'text',
      valueName: 'NAME',
      help: 'Settings to begin with: stories, shakespeare-char-small, shakespeare-char, tinystories-15m, gpt2-124m.',
    },
    { name: 'config', type: 'text', valueName: 'FILE', help: 'Settings in a JSON file; flags win over it.' },
    { name: 'name', type: 'text', help: 'Names the run; two words are chosen otherwise.' },
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
  const settings = resume === undefined ? await trainSettings(context) : null;
  output.note('Heddle is starting …');
  const studio = await context.studio();
  studio.on('progress', ({ title, value }) => {
    if (value === null) output.note(title);
    else output.status(`${title}: ${Math.round(value * 100)} %`);
  });
  const again = { device: deviceChoice(context), stopAtStep: numeric(values, 'stop-at') };
  let started: RunSummary;
  if (settings === null) {
    started = await studio.call('runs.resume', { runId: await runIdOf(studio, resume!), ...again });
    output.note(`Going on with ${started.name} on ${started.datasetName}`);
  } else {
    const dataset = await findDataset(studio, context);
    started = await studio.call('runs.create', {
      datasetId: dataset.id,
      name: text(values, 'name'),
      settings,
      ...again,
    });
    output.note(
      `Training ${started.name} on ${dataset.name} (${count(dataset.characterCount)} characters, ${bytes(dataset.sizeBytes)})`,
    );
  }
  const { summary, isInterrupted } = await followRun(studio, started, output, again);
  return finish(studio, context, summary, isInterrupted);
}

/** A run's settings never change: asking for others while resuming is a mistake. */
function requireNoChanges({ values }: CommandContext, resume: string | undefined): void {
  if (resume === undefined) return;
  const settings = Object.keys(settingsFromFlags(values));
  const others = ['data', 'dataset', 'preset', 'config', 'name'].filter((name) => values.has(name));
  const given = [...others, ...settings][0];
  if (given !== undefined) {
    throw new UsageError(
      `--${given} cannot be changed with --resume: a run keeps its settings.`,
      'Start a new run.',
    );
  }
}

async function findDataset(studio: Studio, { values }: CommandContext): Promise<Dataset> {
  const paths = values.get('data') as string[] | undefined;
  const wanted = text(values, 'dataset');
  if (paths && wanted) throw new UsageError('--data and --dataset exclude each other.');
  if (paths) {
    return studio.call('datasets.import', {
      // The process that carries this out may run in another folder.
      paths: paths.map((path) => resolve(path)),
      textColumn: text(values, 'text-column'),
      hasHeader: values.get('header') as boolean | undefined,
    });
  }
  if (wanted === undefined) return studio.call('datasets.sample', {});
  const datasets = await studio.call('datasets.list', {});
  const found = datasets.find(({ id }) => id === wanted) ?? datasets.find(({ name }) => name === wanted);
  if (found) return found;
  throw new UsageError(`There is no dataset "${wanted}".`, `See them with "${programName()} datasets".`);
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
  if (summary.state === 'finished') await showText(studio, context, summary);
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

/** 200 characters from the best checkpoint and what to type next. */
async function showText(studio: Studio, context: CommandContext, { name }: RunSummary): Promise<void> {
  const { output } = context;
  if (!output.isJson) {
    const { text: written } = await studio.call('generation.run', {
      generationId: `train-${process.pid}`,
      checkpoint: name,
      prompt: '',
      config: { maxNewTokens: 200 },
      device: deviceChoice(context),
    });
    output.line(`\n${[...written].slice(0, 200).join('').trim()}\n`);
  }
  output.note(`Next: ${programName()} generate --run ${name} --prompt "Once" --max-new-tokens 200`);
}
