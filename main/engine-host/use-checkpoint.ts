// Generation and evaluation with a model in the engine process: a checkpoint or Hugging Face files. The one
// opened last stays open, so that the next text from the same checkpoint begins at once.

import {
  dataFields,
  defaultsOf,
  evaluationLength,
  InferenceSession,
  requireStride,
  type DataConfig,
  type Device,
  type Tokenizer,
} from '../../engine/index.ts';
import { openModelSource, type ModelSource } from './model-source.ts';
import type { EngineResults, EvaluateRequest, GenerateRequest } from './messages.ts';
import { openTokenShards } from './token-shards.ts';

interface OpenModel {
  readonly path: string;
  readonly device: Device;
  readonly session: InferenceSession;
  readonly data: DataConfig;
  readonly shape: EvaluationShape;
  readonly tokenizer: Tokenizer;
}

interface EvaluationShape {
  readonly batchSize: number;
  readonly length: number;
}

export class CheckpointUser {
  private open: OpenModel | null = null;

  /** Continues a prompt; text goes to `onText` as it is written. */
  async generate(
    { checkpoint, prompt, config }: GenerateRequest,
    device: Device,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<EngineResults['generate']> {
    const { session, tokenizer } = await this.openModel(checkpoint, device);
    return session.generate({ tokenizer, prompt, config, signal, onText });
  }

  /** All figures on the whole held-out part, or on the training part where nothing was held out. */
  async evaluate(
    { checkpoint, dataset, tokensFolder, stride, topK }: EvaluateRequest,
    device: Device,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<EngineResults['evaluate']> {
    const { session, data, shape, tokenizer } = await this.openModel(checkpoint, device);
    const windows = { ...shape, stride: stride ?? shape.length };
    requireStride(windows);
    const tokens = await openTokenShards(tokensFolder, dataset, data, tokenizer, signal);
    try {
      const source = tokens.validation ?? tokens.train;
      return await session.evaluate(source, { ...windows, topK, tokenizer, signal, onProgress });
    } finally {
      await tokens.close();
    }
  }

  /** Frees the model that is open. */
  close(): void {
    this.open?.session.destroy();
    this.open = null;
  }

  private async openModel(path: string, device: Device): Promise<OpenModel> {
    if (this.open?.path === path && this.open.device === device) return this.open;
    this.close();
    const source = await openModelSource([path]);
    try {
      const { model, tokenizer, weights, settings } = source;
      const shape = evaluationShape(source);
      const session = await InferenceSession.open(device, model, weights, shape);
      const data = settings?.data ?? defaultsOf(dataFields);
      this.open = { path, device, session, data, shape, tokenizer };
      return this.open;
    } finally {
      await source.close();
    }
  }
}

function evaluationShape({ settings, model }: ModelSource): EvaluationShape {
  const training = settings?.training;
  return { batchSize: training?.perDeviceTrainBatchSize ?? 1, length: evaluationLength(model, training) };
}
