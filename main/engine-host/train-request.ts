// Carries out a training request in the engine process: tokenizer, tokens, the checkpoint to go on from,
// then the engine's own loop. Everything it learns is said as events; main keeps the record.

import { join } from 'node:path';
import {
  EngineError,
  loadTokenizerJson,
  parseRunSettings,
  train,
  type Device,
  type RunSettings,
  type Tokenizer,
  type TrainingResult,
} from '../../engine/index.ts';
import { markEngine, unmarkEngine } from '../jobs/orphan.ts';
import { checkpointSink } from './checkpoint-folder.ts';
import { openCheckpoint, type OpenCheckpoint } from './checkpoint-source.ts';
import type { EngineEvent, TrainRequest } from './messages.ts';
import { RecordKeeper } from './run-record.ts';
import { openTokenShards } from './token-shards.ts';
import { prepareTokenizer } from './tokenizer-preparation.ts';

export interface TrainContext {
  readonly device: Device;
  readonly signal: AbortSignal;
  readonly emit: (event: EngineEvent) => void;
  /** Serves short requests between steps. */
  readonly between: () => Promise<void>;
}

/** A run is saved at least this often. */
const saveIntervalMs = 60_000;
const memoryEveryMs = 1_000;

/** Trains a run from its beginning or from its newest whole checkpoint. */
export async function runTraining(request: TrainRequest, context: TrainContext): Promise<TrainingResult> {
  const { device, signal } = context;
  const keeper = new RecordKeeper(device.info.name);
  let memorySaidMs = -Infinity;
  const emit = (event: EngineEvent): void => {
    // The checkpoint event comes after its files, so the keeper forgets only what they hold.
    keeper.hear(event);
    context.emit(event);
    if (event.type === 'step' && performance.now() - memorySaidMs >= memoryEveryMs) {
      memorySaidMs = performance.now();
      emit({ type: 'memory', step: event.step, epoch: event.epoch, bytes: process.memoryUsage.rss() });
    }
  };
  emit({ type: 'device', kind: device.info.kind, name: device.info.name });
  emit({ type: 'phase', phase: 'preparing data' });
  // A run that is not wanted any more, be it that main died before the mark was there, belongs to whoever
  // resumes it: nothing of it is touched here.
  requireWanted(signal);
  await markEngine(request.runFolder);
  let resume: OpenCheckpoint | null = null;
  try {
    requireWanted(signal);
    resume = await openNewest(request.resumeFrom, emit);
    const { settings, tokenizer } = await settle(request, resume, signal);
    const tokens = await openTokenShards(
      request.tokensFolder,
      request.dataset,
      settings.data,
      tokenizer,
      signal,
    );
    try {
      emit({
        type: 'prepared',
        settings,
        trainTokens: tokens.train.tokenCount,
        evalTokens: tokens.validation?.tokenCount ?? 0,
      });
      return await train({
        device,
        settings,
        tokenizer,
        trainTokens: tokens.train,
        evalTokens: tokens.validation,
        checkpoints: checkpointSink(join(request.runFolder, 'checkpoints'), (step) => keeper.files(step)),
        resume,
        stopAtStep: request.stopAtStep,
        signal,
        onEvent: emit,
        now: () => performance.now(),
        saveIntervalMs,
        between: context.between,
      });
    } finally {
      await tokens.close();
    }
  } finally {
    await resume?.close();
    await unmarkEngine(request.runFolder);
  }
}

function requireWanted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new EngineError('cancelled', 'The run was ended before it began.', { hint: 'Resume it.' });
}

/** The newest checkpoint that is whole; each damaged one before it is named. Null begins anew. */
async function openNewest(
  paths: readonly string[],
  emit: (event: EngineEvent) => void,
): Promise<OpenCheckpoint | null> {
  let lastError: unknown = null;
  for (const path of paths) {
    try {
      return await openCheckpoint(path);
    } catch (error) {
      lastError = error;
      emit({
        type: 'checkpoint-refused',
        path,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
  if (lastError === null) return null;
  throw new EngineError('checkpoints-damaged', 'No checkpoint of this run is whole.', {
    hint: 'Start a new run with the same settings.',
    cause: lastError,
  });
}

/** Settings and tokenizer that belong together: the checkpoint's own, or made for a new run. */
async function settle(
  { runFolder, dataset, settings }: TrainRequest,
  resume: OpenCheckpoint | null,
  signal: AbortSignal,
): Promise<{ settings: RunSettings; tokenizer: Tokenizer }> {
  if (resume) {
    return {
      settings: parseRunSettings(JSON.parse(await resume.readText('settings.json'))),
      tokenizer: loadTokenizerJson(await resume.readText('tokenizer.json')),
    };
  }
  const tokenizer = await prepareTokenizer(runFolder, dataset, settings.data, signal);
  const model = { ...settings.model, vocabSize: tokenizer.vocabSize };
  return { settings: { ...settings, model }, tokenizer };
}
