// Models in use in the engine process: a checkpoint or Hugging Face files that go on with a text, or do their task on
// examples. The one opened last stays open, so that the next text from the same checkpoint begins at once.

import {
  ChatEncoder,
  evaluationLength,
  InferenceSession,
  isChatTask,
  TaskSession,
  type Conversation,
  type Device,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import { evaluateText, evaluateTask, usedSettings } from './evaluate-request.ts';
import { answerTexts } from './answer-request.ts';
import type { AnswerRequest, EngineResults, EvaluateRequest, GenerateRequest } from './messages.ts';
import { openModelSource, type ModelSource } from './model-source.ts';

/** A model in use: to go on with a text, or to do its task on examples. */
type Open = Opened &
  (
    | { readonly purpose: 'text'; readonly session: InferenceSession }
    | { readonly purpose: 'task'; readonly session: TaskSession }
  );

interface Opened {
  readonly path: string;
  readonly device: Device;
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly shape: ReturnType<typeof textShape>;
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
    const { session, settings, tokenizer } = await this.openForText(checkpoint, device);
    const laidOut = isChatTask(settings.task)
      ? chatPrompt(settings, tokenizer, [...messages, user(prompt)])
      : prompt;
    return session.generate({ tokenizer, prompt: laidOut, config, signal, onText });
  }

  /** All figures of the checkpoint's task on the held-out part or on all of a dataset. */
  async evaluate(
    request: EvaluateRequest,
    device: Device,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<EngineResults['evaluate']> {
    const opened = await this.openFor(request.checkpoint, device, ({ task }) =>
      task === 'text' ? 'text' : 'task',
    );
    const heard = { signal, onProgress };
    return opened.purpose === 'text'
      ? evaluateText(request, { ...opened, ...heard })
      : evaluateTask(request, { ...opened, ...heard });
  }

  /** What a model makes of texts: translations, classes, hidden tokens filled in. */
  async answer(
    request: AnswerRequest,
    device: Device,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<EngineResults['answer']> {
    const opened = await this.openFor(request.checkpoint, device, () => 'task');
    if (opened.purpose !== 'task') throw new Error('the model was opened for a text');
    return answerTexts(request, { ...opened, signal, onProgress });
  }

  /** Frees the model that is open. */
  close(): void {
    this.open?.session.destroy();
    this.open = null;
  }

  private async openForText(path: string, device: Device): Promise<Extract<Open, { purpose: 'text' }>> {
    const opened = await this.openFor(path, device, () => 'text');
    if (opened.purpose !== 'text') throw new Error('the model was opened for its task');
    return opened;
  }

  /** The model of a checkpoint, opened unless it is open for that purpose already. */
  private async openFor(
    path: string,
    device: Device,
    purposeOf: (settings: RunSettings) => Open['purpose'],
  ): Promise<Open> {
    const { open } = this;
    if (open?.path === path && open.device === device && open.purpose === purposeOf(open.settings))
      return open;
    this.close();
    const source = await openModelSource([path]);
    try {
      this.open = await this.load(source, { path, device }, purposeOf);
      return this.open;
    } finally {
      await source.close();
    }
  }

  private async load(
    source: ModelSource,
    { path, device }: Pick<Opened, 'path' | 'device'>,
    purposeOf: (settings: RunSettings) => Open['purpose'],
  ): Promise<Open> {
    const { model, weights, tokenizer } = source;
    const settings = usedSettings(source);
    const shape = textShape(source);
    const opened: Opened = { path, device, settings, tokenizer, shape };
    if (purposeOf(settings) === 'task') {
      const session = await TaskSession.open(device, settings, weights, tokenizer);
      return { ...opened, purpose: 'task', session };
    }
    const session = await InferenceSession.open(device, model, weights, shape);
    return { ...opened, purpose: 'text', session };
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
