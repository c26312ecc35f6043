// A fork: a run that begins with all of another run's state. What it computes must follow from that state, so
// its model and its data are those of the other run; how it is trained may change.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, type RunSettings, type TrainingConfig } from '../../engine/index.ts';
import type { RunSummary } from '../../preload/contract.ts';
import { readManifest, refuseCheckpoint } from '../engine-host/checkpoint-folder.ts';
import type { ModelFile } from '../engine-host/huggingface-model.ts';
import { recordName } from '../engine-host/run-record.ts';
import { keepFiles, withManifest } from './keep-model.ts';
import { checkpointPath, type RunFolder } from './run-folder.ts';

/** Optimizers by what they remember of each parameter. */
const remembers: Readonly<Record<TrainingConfig['optim'], string>> = {
  adamw: 'moments',
  adam: 'moments',
  sgd: 'momentum',
};

/** Throws `fork-setting-fixed`, `fork-dataset-fixed` or `fork-has-ended`, naming what cannot change. */
export function requireForkable(fork: {
  readonly before: RunSettings;
  readonly after: RunSettings;
  readonly step: number;
  readonly parent: RunSummary;
  readonly datasetId: string;
}): void {
  const { before, after, step, parent } = fork;
  const changed = [
    ...changedNames(before.model, after.model, new Set(['vocabSize'])),
    ...changedNames(before.data, after.data, new Set()),
    ...changedNames(before.tuning, after.tuning, new Set()),
    ...changedNames({ task: before.task }, { task: after.task }, new Set()),
  ];
  if (remembers[before.training.optim] !== remembers[after.training.optim]) changed.push('optim');
  if (changed.length > 0) {
    throw new EngineError(
      'fork-setting-fixed',
      `A fork keeps the task, model, data, method and optimizer of "${parent.name}"; changed were ${changed.join(', ')}.`,
      { hint: 'Change training settings only, or fine-tune from the checkpoint instead.' },
    );
  }
  if (fork.datasetId !== parent.datasetId) {
    throw new EngineError(
      'fork-dataset-fixed',
      `A fork of "${parent.name}" trains on ${parent.datasetName}.`,
      {
        hint: 'To train on another dataset, fine-tune from the checkpoint instead.',
      },
    );
  }
  const { maxSteps } = after.training;
  if (maxSteps === 0 || maxSteps > step) return;
  throw new EngineError(
    'fork-has-ended',
    `A fork of step ${step} has nothing left to do with maxSteps ${maxSteps}.`,
    { hint: `Set maxSteps above ${step}: it counts from the beginning of "${parent.name}".` },
  );
}

function changedNames(before: object, after: object, passedOver: ReadonlySet<string>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const valueOf = (values: object, name: string): unknown => (values as Record<string, unknown>)[name];
  return [...names].filter((name) => !passedOver.has(name) && valueOf(before, name) !== valueOf(after, name));
}

/**
 * Puts a checkpoint into the folder of a run that goes on from it, with the run's own settings. Its figures
 * stay with the run that made them. A change of the learning rate that was made while the other run trained
 * holds on, unless the settings now give another rate.
 */
export async function keepForkedCheckpoint(
  path: string,
  folder: RunFolder,
  { before, after }: { readonly before: RunSettings; readonly after: RunSettings },
): Promise<void> {
  const manifest = await readManifest(path);
  if (!manifest) return refuseCheckpoint(path, 'a file is missing');
  const replaced = new Map([['settings.json', JSON.stringify(after, null, 2)]]);
  if (before.training.learningRate !== after.training.learningRate) {
    const state = JSON.parse(await readFile(join(path, 'state.json'), 'utf8')) as object;
    replaced.set('state.json', JSON.stringify({ ...state, changes: [] }, null, 2));
  }
  const files = manifest.files
    .filter(({ name }) => name !== recordName)
    .map(({ name }): ModelFile => {
      const text = replaced.get(name);
      return text === undefined ? { name, path: join(path, name) } : { name, text };
    });
  const { step } = manifest;
  await keepFiles(withManifest(files, manifest.files, step), checkpointPath(folder, step), { links: true });
}
