// Models in use in the engine process: a checkpoint or Hugging Face files that go on with a text, or do their task on
// examples. The one opened last stays open, so that the next text from the same checkpoint begins at once.

import {
  ChatEncoder,
  evaluationLength,
  InferenceSession,
  TaskSession,
  type Conversation,
  type Device,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import { evaluateText, evaluateTask, usedSettings } from './evaluate-request.ts';
import { answerTexts } from './answer-request.ts';
import type { AnswerRequest, EngineResults, EvaluateRequest, GenerateRequest } from './messages.ts';
import { isChat } from './task-data.ts';
import { openModelSource, type ModelSource } from './model-source.ts';

interface Open {
  readonly path: string;
  readonly device: Device;
  readonly purpose: string;
  readonly source: Omit<ModelSource, 'weights' | 'close'>;
  readonly session: InferenceSession | TaskSession;
}

export class CheckpointUser {
  private open: Open | null = null;

  /** Continues a prompt; text goes to `onText` as it is written. Throws `model-writes-no-text`. */
  async generate(
    { checkpoint, prompt, messages, config }: GenerateRequest,
    device: Device,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<EngineResults['generate']> {
    const settings = await this.settingsOf(checkpoint);
    const { session, tokenizer } = await this.openForText(checkpoint, device);
    const laidOut = isChat(settings) ? chatPrompt(settings, tokenizer, [...messages, user(prompt)]) : prompt;
    return session.generate({ tokenizer, prompt: laidOut, config, signal, onText });
  }

  /** All figures of the checkpoint's task on the held-out part or on all of a dataset. */
  async evaluate(
    request: EvaluateRequest,
    device: Device,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<EngineResults['evaluate']> {
    const settings = await this.settingsOf(request.checkpoint);
    if (settings.task === 'text') {
      const { session, tokenizer, shape } = await this.openForText(request.checkpoint, device);
      return evaluateText(request, { session, settings, tokenizer, shape, signal, onProgress });
    }
    const { session, tokenizer } = await this.openForTask(request.checkpoint, device);
    return evaluateTask(request, { session, settings, tokenizer, signal, onProgress });
  }

  /** What a model makes of texts: translations, classes, hidden tokens filled in. */
  async answer(
    request: AnswerRequest,
    device: Device,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<EngineResults['answer']> {
    const settings = await this.settingsOf(request.checkpoint);
    const { session, tokenizer } = await this.openForTask(request.checkpoint, device);
    return answerTexts(request, { session, settings, tokenizer, signal, onProgress });
  }

  /** Frees the model that is open. */
  close(): void {
    this.open?.session.destroy();
    this.open = null;
  }

  private async settingsOf(path: string): Promise<ReturnType<typeof usedSettings>> {
    if (this.open?.path === path) return usedSettings(this.open.source);
    const source = await openModelSource([path], { verifiesHashes: false });
    await source.close();
    return usedSettings(source);
  }

  private async openForText(path: string, device: Device) {
    const opened = await this.reopen(path, device, 'text', (source) =>
      InferenceSession.open(device, source.model, source.weights, textShape(source)),
    );
    const session = opened.session as InferenceSession;
    return { session, tokenizer: opened.source.tokenizer, shape: textShape(opened.source) };
  }

  private async openForTask(path: string, device: Device) {
    const opened = await this.reopen(path, device, 'task', (source) =>
      TaskSession.open(device, usedSettings(source), source.weights, source.tokenizer),
    );
    return { session: opened.session as TaskSession, tokenizer: opened.source.tokenizer };
  }

  private async reopen(
    path: string,
    device: Device,
    purpose: string,
    load: (source: ModelSource) => Promise<Open['session']>,
  ): Promise<Open> {
    const { open } = this;
    if (open?.path === path && open.device === device && open.purpose === purpose) return open;
    this.close();
    const source = await openModelSource([path]);
    try {
      this.open = { path, device, purpose, source, session: await load(source) };
      return this.open;
    } finally {
      await source.close();
    }
  }
}

function textShape({ settings, model }: Pick<ModelSource, 'settings' | 'model'>): {
  batchSize: number;
  length: number;
} {
  const training = settings?.training;
  return { batchSize: training?.perDeviceTrainBatchSize ?? 1, length: evaluationLength(model, training) };
}

function user(content: string): Conversation[number] {
  return { role: 'user', content };
}

/** A conversation as the model was tuned to go on with it. */
function chatPrompt(settings: RunSettings, tokenizer: Tokenizer, conversation: Conversation): string {
  const { chatTemplate, answersOnly } = settings.data;
  return new ChatEncoder({ chatTemplate, answersOnly, maxLength: Infinity }, tokenizer).prompt(conversation);
}
