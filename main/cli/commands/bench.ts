// heddle bench: how fast this computer trains, measured: matrix products, and steps of a preset trained for
// a moment in a home of its own that is removed afterwards.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presets, sequenceLength } from '../../../engine/index.ts';
import type { RunSummary, Studio } from '../../../preload/contract.ts';
import { openStudio } from '../../studio/studio.ts';
import { deviceChoice, deviceFlags, text, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { count } from '../format.ts';
import { UsageError } from '../usage-error.ts';

const measuredPreset = 'shakespeare-char-small';
const measuredSteps = 60;

export const bench: Command = {
  name: 'bench',
  summary: 'Measures how fast this computer trains.',
  usage: ['bench [--preset NAME]'],
  startsQueue: false,
  flags: [
    {
      name: 'preset',
      type: 'text',
      valueName: 'NAME',
      default: measuredPreset,
      help: 'Whose steps are measured.',
    },
    ...deviceFlags,
  ],
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { output, values } = context;
  const name = text(values, 'preset') ?? measuredPreset;
  const preset = presets.find((one) => one.name === name);
  if (!preset)
    throw new UsageError(
      `There is no preset "${name}".`,
      `There are ${presets.map((one) => one.name).join(', ')}.`,
    );
  const home = await mkdtemp(join(tmpdir(), 'heddle-bench-'));
  const studio = await openStudio(home, { startQueue: true });
  try {
    output.status('measuring matrix products …');
    const { chosen, matmulGflops } = await studio.call('device.report', deviceChoice(context));
    output.note(chosen.name);
    result(context, 'matmul-512-f32', matmulGflops ?? 0, 'GFLOP/s');
    output.status(`training ${name} for ${measuredSteps} steps …`);
    const { training, model } = preset.settings;
    const { id: datasetId } = await studio.call('datasets.sample', {});
    const { id } = await studio.call('runs.create', {
      datasetId,
      settings: {
        ...preset.settings,
        training: {
          ...training,
          maxSteps: measuredSteps,
          numTrainEpochs: 0,
          evalSteps: 0,
          evalBatches: 1,
          sampleTokens: 0,
        },
      },
      device: deviceChoice(context),
    });
    const { tokensPerSecond, error } = await ended(studio, id);
    if (error) {
      output.failure(error);
      return exitCodes.failed;
    }
    const tokensPerStep =
      sequenceLength(model, training) * training.perDeviceTrainBatchSize * training.gradientAccumulationSteps;
    result(context, `${name}-tokens`, tokensPerSecond ?? 0, 'tokens/s');
    result(context, `${name}-step`, (1000 * tokensPerStep) / (tokensPerSecond ?? NaN), 'ms');
    return exitCodes.done;
  } finally {
    await studio.close('pause');
    await rm(home, { recursive: true, force: true });
  }
}

function ended(studio: Studio, runId: string): Promise<RunSummary> {
  return new Promise((resolve) => {
    const stop = studio.on('run.updated', (summary) => {
      if (summary.id !== runId || summary.state === 'running' || summary.state === 'queued') return;
      stop();
      resolve(summary);
    });
  });
}

function result({ output }: CommandContext, name: string, value: number, unit: string): void {
  output.event('result', { name, value, unit });
  if (!output.isJson)
    output.line(`${name.padEnd(32)} ${(value < 100 ? value.toFixed(1) : count(value)).padStart(10)} ${unit}`);
}
