// Saves and restores everything a run must remember, file by file, in checkpoint.ts's order.

import type { RunSettings } from '../config.ts';
import type { KernelTable } from '../device/kernel-table.ts';
import { openSafetensors } from '../formats/safetensors.ts';
import type { Executor } from '../graph/executor.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { CheckpointSink, CheckpointSource, TrainingState } from './checkpoint.ts';
import type { TrainingPlans } from './plans.ts';
import type { Part } from '../models/parameters.ts';
import {
  adapterParts,
  loadOptimizer,
  loadWeights,
  modelParts,
  optimizerFile,
  trainableParts,
  weightsFile,
} from '../models/weights.ts';

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

/** Loads the weights and moments of a checkpoint to the device. */
export async function restore(
  executor: Executor,
  plans: TrainingPlans,
  source: CheckpointSource,
): Promise<void> {
  const { parameters } = plans.model;
  const open = async (name: string) => openSafetensors(await source.open(name));
  await loadWeights(executor, modelParts(parameters), await open('model.safetensors'));
  const adapters = adapterParts(parameters);
  if (adapters.length > 0) await loadWeights(executor, adapters, await open('adapter.safetensors'));
  const optimizer = await open('optimizer.safetensors');
  await loadOptimizer(executor, trainableParts(parameters), plans.optimizer.arenas, optimizer);
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
  const { executor, plans } = run;
  const parts = modelParts(plans.model.parameters);
  const adapters = adapterParts(plans.model.parameters);
  const trained = trainableParts(plans.model.parameters);
  const texts = {
    'state.json': json(run.state),
    'settings.json': json(run.settings),
    'tokenizer.json': json(run.tokenizer.toTokenizerJson()),
  };
  const valuesIn = (some: readonly Part[]): number => some.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const textBytes = Object.values(texts).reduce((sum, text) => sum + text.length, 0);
  const values = valuesIn(parts) + valuesIn(adapters) + valuesIn(trained) * plans.optimizer.arenas.size;
  const sizeBytes = 4 * values + textBytes;
  const writer = await sink.begin(run.state.step, sizeBytes);
  try {
    await writer.writeFile('model.safetensors', weightsFile(executor, parts));
    // What is added to the weights stays apart from them, as PEFT keeps it.
    if (adapters.length > 0) await writer.writeFile('adapter.safetensors', weightsFile(executor, adapters));
    await writer.writeFile('optimizer.safetensors', optimizerFile(executor, trained, plans.optimizer.arenas));
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
export async function runKernels(
  kernels: KernelTable,
  executor: Executor,
  plans: TrainingPlans,
): Promise<KernelTable> {
  const shaders = (await executor.shadersOf(plans.shapes.flatMap(({ microSteps }) => microSteps))).map(
    (hash) => hash.slice(0, 16),
  );
  return shaders.length > 0 ? { ...kernels, shaders: shaders.join(' ') } : kernels;
}
