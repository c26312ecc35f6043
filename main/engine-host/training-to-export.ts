// Opens what a run needs to go on elsewhere, beside its model: its settings as they are now, what its optimizer
// remembers, and its tokens, which are encoded first where they are not there any more.

import {
  EngineError,
  configAt,
  openSafetensors,
  readTrainingState,
  sequenceLength,
  type RunSettings,
} from '../../engine/index.ts';
import type { TrainingToExport } from '../export/target.ts';
import { openCheckpoint } from './checkpoint-source.ts';
import type { ExportRequest } from './messages.ts';
import type { ModelSource } from './model-source.ts';
import { taskData } from './task-data.ts';
import { openTokenShards } from './token-shards.ts';

/**
 * Opens it for a model that was opened from the same checkpoint. Throws `export-without-run` for weights alone and
 * `export-setting-unsupported` for a run that is not carried on elsewhere.
 */
export async function openTrainingToExport(
  { checkpoint: path, tokens }: ExportRequest,
  { settings: trained, tokenizer }: ModelSource,
  signal: AbortSignal,
): Promise<{ training: TrainingToExport; close(): Promise<void> }> {
  const settings = requireCarriedOn(trained, tokens !== null);
  // Whoever opened the model has verified the hashes.
  const checkpoint = await openCheckpoint(path, { verifiesHashes: false });
  try {
    const state = await readTrainingState(checkpoint);
    const { step } = state;
    const optimizer = await checkpoint.open('optimizer.safetensors');
    const moments = await openSafetensors(optimizer);
    const { tokensFolder, dataset } = tokens!;
    const shards = await openTokenShards(tokensFolder, dataset, taskData(settings), tokenizer, signal);
    // Only where they lie is asked: they are copied as they are.
    await shards.close();
    const { bytesPerToken, files } = shards;
    const length = sequenceLength(settings.model, settings.training);
    const training: TrainingToExport = {
      settings: { ...settings, training: configAt(step + 1, settings.training, state.changes) },
      step,
      sequencesSeen: state.sequencesSeen ?? Math.round(state.tokensSeen / length),
      updates: step - (state.lossScaling?.skippedSteps ?? 0),
      moments,
      bytesPerToken,
      files,
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, optimizer.sizeBytes),
    };
    return { training, close: () => checkpoint.close() };
  } catch (error) {
    await checkpoint.close();
    throw error;
  }
}

/** The settings of a run that can be carried on elsewhere; throws as `openTrainingToExport` does. */
export function requireCarriedOn(settings: RunSettings | null, hasTokens: boolean): RunSettings {
  if (settings === null || !hasTokens) {
    throw new EngineError(
      'export-without-run',
      'A torchrun folder carries on a run; this is a model alone.',
      {
        hint: 'Name a run of this home or a checkpoint of one (RUN@STEP), or export the model as huggingface.',
      },
    );
  }
  if (settings.tuning.method !== 'lora') return settings;
  throw new EngineError(
    'export-setting-unsupported',
    'A torchrun folder carries on runs that train all weights or chosen layers; this one trains with LoRA.',
    { hint: 'Export its adapter as peft, its model as huggingface, or train with --method full.' },
  );
}
