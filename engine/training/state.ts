// Saves and restores everything a run must remember, file by file, in checkpoint.ts's order.

import type { RunSettings } from '../config.ts';
import { openSafetensors } from '../formats/safetensors.ts';
import type { Executor } from '../graph/executor.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import {
  readTrainingState,
  type CheckpointSink,
  type CheckpointSource,
  type TrainingState,
} from './checkpoint.ts';
import type { TrainingPlans } from './plans.ts';
import { loadOptimizer, loadWeights, modelParts, optimizerFile, weightsFile } from '../models/weights.ts';

/** The state before the first step. */
export function initialState(deviceName: string): TrainingState {
  return {
    schemaVersion: 1,
    step: 0,
    tokensSeen: 0,
    elapsedMs: 0,
    lastLoss: null,
    evalLoss: null,
    bestEvalLoss: null,
    bestStep: null,
    evaluationsWithoutImprovement: 0,
    epochLossSum: 0,
    epochLossCount: 0,
    deviceName,
  };
}

/** Loads weights and moments to the device and gives the state that goes with them. */
export async function restore(
  executor: Executor,
  plans: TrainingPlans,
  source: CheckpointSource,
): Promise<TrainingState> {
  const parts = modelParts(plans.model.parameters);
  const state = await readTrainingState(source);
  await loadWeights(executor, parts, await openSafetensors(await source.open('model.safetensors')));
  const optimizer = await openSafetensors(await source.open('optimizer.safetensors'));
  await loadOptimizer(executor, parts, plans.optimizer.arenas, optimizer);
  return state;
}

/** Writes one checkpoint; when anything fails nothing is left of it. */
export async function saveCheckpoint(
  sink: CheckpointSink,
  run: {
    executor: Executor;
    plans: TrainingPlans;
    state: TrainingState;
    settings: RunSettings;
    tokenizer: Tokenizer;
  },
): Promise<{ path: string; sizeBytes: number }> {
  const writer = await sink.begin(run.state.step);
  try {
    const parts = modelParts(run.plans.model.parameters);
    await writer.writeFile('model.safetensors', weightsFile(run.executor, parts));
    await writer.writeFile(
      'optimizer.safetensors',
      optimizerFile(run.executor, parts, run.plans.optimizer.arenas),
    );
    await writer.writeFile('state.json', json(run.state));
    await writer.writeFile('settings.json', json(run.settings));
    await writer.writeFile('tokenizer.json', json(run.tokenizer.toTokenizerJson()));
    return await writer.commit();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function json(value: unknown): Uint8Array[] {
  return [new TextEncoder().encode(JSON.stringify(value, null, 2))];
}
