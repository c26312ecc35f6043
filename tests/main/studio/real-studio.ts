// A studio with the real engine on the CPU, small settings and a text to train on: runs of a second or two.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  dataFields,
  defaultsOf,
  gpt2Fields,
  trainingFields,
  tuningFields,
  type RunSettings,
} from '../../../engine/index.ts';
import type { CallInput, RunSummary, Studio } from '../../../preload/contract.ts';
import { untilState } from '../stub-studio.ts';

export const onCpu = { device: 'cpu' as const, threads: 1 };

export const weaving = 'the weaver threads the loom at dawn and the loom hums in the warm mill. '.repeat(60);
export const baking = 'a baker kneads the dough all night, then bakes bread in the hot oven! '.repeat(60);

/** Settings of a run of a second; dropout, so that its random state matters. */
export function tinySettings(training: Partial<RunSettings['training']> = {}): RunSettings {
  return {
    schemaVersion: 1,
    task: 'text',
    preset: null,
    model: {
      modelType: 'gpt2',
      ...defaultsOf(gpt2Fields),
      hiddenSize: 24,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 48,
      maxPositionEmbeddings: 16,
      residPdrop: 0.1,
    },
    training: {
      ...defaultsOf(trainingFields),
      maxSteps: 40,
      perDeviceTrainBatchSize: 8,
      learningRate: 1e-2,
      warmupSteps: 2,
      evalSteps: 10,
      evalBatches: 4,
      sampleTokens: 0,
      saveTotalLimit: 0,
      ...training,
    },
    data: defaultsOf(dataFields),
    tuning: defaultsOf(tuningFields),
    labels: [],
  };
}

/** Imports a text; gives the dataset's id. */
export async function importText(studio: Studio, file: string, text: string): Promise<string> {
  writeFileSync(file, text);
  return (await studio.call('datasets.import', { sources: [file] })).id;
}

/** Creates a run and waits until it has finished; throws when it ends in another way. */
export async function trainRun(
  studio: Studio,
  input: Omit<CallInput<'runs.create'>, 'device'>,
): Promise<RunSummary> {
  const { id } = await studio.call('runs.create', { ...input, device: onCpu });
  const ended = await untilState(studio, id, 'finished', 'failed', 'crashed', 'paused', 'stopped');
  if (ended.state !== 'finished' && input.stopAtStep === undefined)
    throw new Error(JSON.stringify(ended.error));
  return ended;
}

/** SHA-256 of every file under a folder by its path from there. */
export function hashes(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String);
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    files.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}
