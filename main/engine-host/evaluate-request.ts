// Carries out an evaluation in the engine process: the tokens of a dataset, the figures of a model on them.

import {
  dataFields,
  defaultsOf,
  isDecoder,
  isEncoder,
  requireStride,
  settingsSchemaVersion,
  trainingFields,
  tuningFields,
  type InferenceSession,
  type RunSettings,
  type TaskSession,
  type Tokenizer,
} from '../../engine/index.ts';
import type { EvaluateRequest, EvaluateResult } from './messages.ts';
import type { ModelSource } from './model-source.ts';
import { taskData } from './task-data.ts';
import { openTokenShards } from './token-shards.ts';

interface Evaluated {
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** The settings of a model's run, or for files of others what their form is used for. */
export function usedSettings({
  model,
  settings,
  labels,
}: Pick<ModelSource, 'model' | 'settings' | 'labels'>): RunSettings {
  if (settings) return settings;
  const encoderTask = labels.length > 0 ? 'classify' : 'mask';
  const task = isDecoder(model) ? 'text' : isEncoder(model) ? encoderTask : 'seq2seq';
  return {
    schemaVersion: settingsSchemaVersion,
    task,
    preset: null,
    model,
    training: { ...defaultsOf(trainingFields), maxSteps: 1, perDeviceTrainBatchSize: 8, maxLength: 0 },
    data: defaultsOf(dataFields),
    tuning: defaultsOf(tuningFields),
    labels: [...labels],
  };
}

/** Figures of a model that goes on with a text, on the held-out part or, where there is none, on all. */
export async function evaluateText(
  request: EvaluateRequest,
  run: Evaluated & {
    readonly session: InferenceSession;
    readonly shape: { readonly batchSize: number; readonly length: number };
  },
): Promise<EvaluateResult> {
  const { session, shape, tokenizer, signal, onProgress } = run;
  const windows = { ...shape, stride: request.stride ?? shape.length };
  requireStride(windows);
  return withTokens(request, run, async (source) => {
    const { topK } = request;
    const figures = await session.evaluate(source, { ...windows, topK, tokenizer, signal, onProgress });
    return {
      task: 'text',
      metrics: {
        loss: figures.loss,
        perplexity: figures.perplexity,
        ...(figures.bitsPerByte === null ? {} : { bits_per_byte: figures.bitsPerByte }),
        token_accuracy: figures.tokenAccuracy,
        top_k_accuracy: figures.topKAccuracy,
      },
      tokenCount: figures.tokenCount,
      exampleCount: 0,
      byteCount: figures.byteCount,
      topK: figures.topK,
      length: figures.length,
      stride: figures.stride,
      signatures: {},
      confusion: null,
      examples: [],
    };
  });
}

/** What needs targets to be written out, not only predicted. */
const writtenMetrics: ReadonlySet<string> = new Set([
  'bleu',
  'chrf',
  'rouge1',
  'rouge2',
  'rougeL',
  'exact_match',
]);

/** Figures of a model that does its task on examples. */
export async function evaluateTask(
  request: EvaluateRequest,
  run: Evaluated & { readonly session: TaskSession },
): Promise<EvaluateResult> {
  const { session, settings, signal, onProgress } = run;
  const { metrics, maxExamples, numBeams, maxNewTokens, bleuTokenizer } = request;
  return withTokens(request, run, async (source) => {
    const figures = await session.evaluate(source, {
      maxExamples,
      numBeams,
      maxNewTokens,
      texts: { tokenizer: bleuTokenizer },
      writes: metrics.length === 0 || metrics.some((name) => writtenMetrics.has(name)),
      signal,
      onProgress,
    });
    const { length } = taskData(settings);
    const confusion = figures.confusion && {
      labels: [...figures.confusion.labels],
      counts: figures.confusion.counts.map((row) => [...row]),
    };
    const shape = { byteCount: 0, topK: 1, length, stride: length };
    return { ...shape, ...figures, signatures: { ...figures.signatures }, confusion, task: settings.task };
  });
}

async function withTokens(
  { dataset, tokensFolder, part, inputColumn, targetColumn }: EvaluateRequest,
  { settings, tokenizer, signal }: Evaluated,
  measure: (source: Awaited<ReturnType<typeof openTokenShards>>['train']) => Promise<EvaluateResult>,
): Promise<EvaluateResult> {
  const task = taskData(settings);
  const data = {
    ...task.data,
    inputColumn: inputColumn || task.data.inputColumn,
    targetColumn: targetColumn || task.data.targetColumn,
    ...(part === 'all' ? { validationFraction: 0 } : {}),
  };
  const tokens = await openTokenShards(tokensFolder, dataset, { ...task, data }, tokenizer, signal);
  try {
    return await measure(tokens.validation ?? tokens.train);
  } finally {
    await tokens.close();
  }
}
