// Carries out a training request in the engine process: tokenizer, tokens, the checkpoint to go on from,
// then the engine's own loop. Everything it learns is said as events; main keeps the record.

import { join } from 'node:path';
import {
  chatTokenizer,
  EngineError,
  isChatTask,
  isEncoder,
  parseRunSettings,
  train,
  type Device,
  type RunSettings,
  type TensorReader,
  type Tokenizer,
  type TrainingControl,
  type TrainingResult,
} from '../../engine/index.ts';
import { markEngine, unmarkEngine } from '../jobs/orphan.ts';
import { checkpointSink } from './checkpoint-folder.ts';
import { openCheckpoint, type OpenCheckpoint } from './checkpoint-source.ts';
import { chatJudge } from './chat-pieces.ts';
import { classLabels } from './class-labels.ts';
import { datasetText } from './dataset-text.ts';
import type { EngineEvent, TrainRequest } from './messages.ts';
import { checkpointTokenizer, openModelSource, type ModelSource } from './model-source.ts';
import { RecordKeeper } from './run-record.ts';
import { taskData } from './task-data.ts';
import { openTokenShards } from './token-shards.ts';
import { prepareTokenizer } from './tokenizer-preparation.ts';

export interface TrainContext {
  readonly device: Device;
  readonly signal: AbortSignal;
  readonly emit: (event: EngineEvent) => void;
  /** What is asked of the run while it trains. */
  readonly control: TrainingControl;
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
  let source: ModelSource | null = null;
  try {
    requireWanted(signal);
    resume = await openNewest(request.resumeFrom, emit);
    if (!resume) source = await openBeginning(request.start);
    const { settings, tokenizer, initialWeights } = await settle(request, resume, source, signal);
    if (source) await sayUnknownCharacters(request, settings, tokenizer, signal, emit);
    const tokens = await openTokenShards(
      request.tokensFolder,
      request.dataset,
      taskData(settings),
      tokenizer,
      signal,
      !resume && isChatTask(settings.task) ? chatJudge(settings, tokenizer) : null,
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
        checkpoints: checkpointSink(join(request.runFolder, 'checkpoints'), (step) => ({
          ...keeper.files(step),
          // The roles of special tokens, which a tokenizer.json does not tell.
          'tokenizer_config.json': JSON.stringify(tokenizer.toTokenizerConfig()),
        })),
        resume,
        initialWeights,
        stopAtStep: request.stopAtStep,
        changes: request.changes,
        control: context.control,
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
    await source?.close();
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

/** What a run without a checkpoint begins with; null for random weights. */
async function openBeginning(start: TrainRequest['start']): Promise<ModelSource | null> {
  switch (start.kind) {
    case 'random':
      return null;
    case 'weights':
      return openModelSource([start.folder]);
    case 'checkpoint':
      throw new EngineError('fork-without-checkpoint', 'The checkpoint that this fork began with is gone.', {
        hint: 'Fork again from a checkpoint that is there.',
      });
    default:
      return start satisfies never;
  }
}

interface Settled {
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly initialWeights: TensorReader | null;
}

/** Settings and tokenizer that belong together: a checkpoint's, those of the first weights, or new ones. */
async function settle(
  { runFolder, dataset, settings }: TrainRequest,
  resume: OpenCheckpoint | null,
  source: ModelSource | null,
  signal: AbortSignal,
): Promise<Settled> {
  if (resume) {
    return {
      settings: parseRunSettings(JSON.parse(await resume.readText('settings.json'))),
      tokenizer: await checkpointTokenizer(resume),
      initialWeights: null,
    };
  }
  const labels = settings.task === 'classify' ? await classLabels(dataset, settings.data, signal) : [];
  if (source) {
    const { model, tokenizer, weights } = source;
    const settled = { ...settings, model: withClasses(model, labels), labels };
    return { settings: settled, tokenizer: withTaskTemplate(tokenizer, settings), initialWeights: weights };
  }
  const tokenizer = await prepareTokenizer(runFolder, dataset, settings, signal);
  const model = withClasses({ ...settings.model, vocabSize: tokenizer.vocabSize }, labels);
  return { settings: { ...settings, model, labels }, tokenizer, initialWeights: null };
}

/** A classifier has as many outputs as the data has classes. */
function withClasses(model: RunSettings['model'], labels: readonly string[]): RunSettings['model'] {
  return isEncoder(model) ? { ...model, numLabels: labels.length } : model;
}

/** The template that a model is trained with goes where its tokenizer goes. */
function withTaskTemplate(tokenizer: Tokenizer, settings: RunSettings): Tokenizer {
  if (!isChatTask(settings.task)) return tokenizer;
  return chatTokenizer(settings.data.chatTemplate, tokenizer);
}

/**
 * Weights keep their tokenizer, so a character that it does not know becomes its unknown token; a character
 * tokenizer without one refuses the text by the character's name. Which characters these are is said once.
 */
async function sayUnknownCharacters(
  { dataset }: TrainRequest,
  { data }: RunSettings,
  tokenizer: Tokenizer,
  signal: AbortSignal,
  emit: (event: EngineEvent) => void,
): Promise<void> {
  if (tokenizer.kind !== 'characters' || tokenizer.unknownTokenId === null) return;
  const seen = new Set<string>();
  for await (const chunk of datasetText(dataset, 'all', data, '\n')) {
    requireWanted(signal);
    for (const character of chunk) seen.add(character);
  }
  const characters = [...seen].filter((character) => tokenizer.firstUnknown(character) !== null);
  if (characters.length > 0) emit({ type: 'unknown-characters', characters });
}
