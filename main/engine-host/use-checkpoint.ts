// Generation and evaluation from a checkpoint folder in the engine process. The model opened last stays
// open, so that the next text from the same checkpoint begins at once.

import {
  requireWindow,
  InferenceSession,
  loadTokenizerJson,
  openSafetensors,
  parseRunSettings,
  perplexity,
  type Device,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import { openCheckpoint } from './checkpoint-source.ts';
import type { EngineResults, EvaluateRequest, GenerateRequest } from './messages.ts';
import { openTokenShards } from './token-shards.ts';

interface OpenModel {
  readonly path: string;
  readonly device: Device;
  readonly session: InferenceSession;
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
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

  /** Loss on all of the held-out part, or of the training part where nothing was held out. */
  async evaluate(
    { checkpoint, dataset, tokensFolder }: EvaluateRequest,
    device: Device,
    signal: AbortSignal,
  ): Promise<EngineResults['evaluate']> {
    const { session, settings, tokenizer } = await this.openModel(checkpoint, device);
    const tokens = await openTokenShards(tokensFolder, dataset, settings.data, tokenizer, signal);
    try {
      const { batchSize, length } = evaluationShape(settings);
      const source = tokens.validation ?? tokens.train;
      requireWindow(source, length, 'held-out');
      const batchCount = Math.ceil((source.tokenCount - 1) / (batchSize * length));
      const loss = await session.evaluate(source, { batchCount, batchSize, length });
      return { loss, perplexity: perplexity(loss), tokenCount: batchCount * batchSize * length };
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
    const checkpoint = await openCheckpoint(path);
    try {
      const settings = parseRunSettings(JSON.parse(await checkpoint.readText('settings.json')));
      const tokenizer = loadTokenizerJson(await checkpoint.readText('tokenizer.json'));
      const weights = await openSafetensors(await checkpoint.open('model.safetensors'));
      const session = await InferenceSession.open(device, settings.model, weights, evaluationShape(settings));
      this.open = { path, device, session, settings, tokenizer };
      return this.open;
    } finally {
      await checkpoint.close();
    }
  }
}

function evaluationShape({ training, model }: RunSettings): { batchSize: number; length: number } {
  return {
    batchSize: training.perDeviceTrainBatchSize,
    length: training.maxLength || model.maxPositionEmbeddings,
  };
}
