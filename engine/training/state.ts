// Saves and restores everything a run must remember, file by file, in checkpoint.ts's order.

import type { RunSettings } from '../config.ts';
import type { KernelTable } from '../device/kernel-table.ts';
import { openSafetensors } from '../formats/safetensors.ts';
import type { Executor } from '../graph/executor.ts';
import { sizeOf } from '../graph/tensor.ts';
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
    changes: [],
    deviceName,
    kernels: null,
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
  const parts = modelParts(run.plans.model.parameters);
  const texts = {
    'state.json': json(run.state),
    'settings.json': json(run.settings),
    'tokenizer.json': json(run.tokenizer.toTokenizerJson()),
  };
  const values = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const textBytes = Object.values(texts).reduce((sum, text) => sum + text.length, 0);
  const sizeBytes = 4 * values * (1 + run.plans.optimizer.arenas.size) + textBytes;
  const writer = await sink.begin(run.state.step, sizeBytes);
  try {
    await writer.writeFile('model.safetensors', weightsFile(run.executor, parts));
    await writer.writeFile(
      'optimizer.safetensors',
      optimizerFile(run.executor, parts, run.plans.optimizer.arenas),
    );
    for (const [name, text] of Object.entries(texts)) await writer.writeFile(name, [text]);
    return await writer.commit();
  } catch (error) {
    // What cannot be removed now is no checkpoint and is removed later; why the save failed must be told.
    await writer.abandon().catch(() => undefined);
    throw error;
  }
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 2));
}

/** The table of a run: its device's kernels, and the hashes of the shaders that its steps are made of. */
export function runKernels(kernels: KernelTable, executor: Executor, plans: TrainingPlans): KernelTable {
  const shaders = executor.shadersOf(plans.microSteps).map((hash) => hash.slice(0, 16));
  return shaders.length > 0 ? { ...kernels, shaders: shaders.join(' ') } : kernels;
}
