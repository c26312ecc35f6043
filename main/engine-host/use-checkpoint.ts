// Models in use in the engine process: a checkpoint or Hugging Face files that go on with a text, do their task on
// examples, or are looked into. The one opened last stays open, so that the next text from the same checkpoint
// begins at once.

import {
  evaluationLength,
  InferenceSession,
  InspectionSession,
  isEncoderDecoder,
  isChatTask,
  TaskSession,
  type Device,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import { evaluateText, evaluateTask, usedSettings } from './evaluate-request.ts';
import { answerTexts } from './answer-request.ts';
import { chatPrompt } from './chat-prompt.ts';
import { describeInspection, headOf, picturesOf, tokensToInspect } from './inspect-request.ts';
import type {
  AnswerRequest,
  EngineResults,
  EvaluateRequest,
  GenerateRequest,
  InspectHeadRequest,
  InspectHeadsRequest,
  InspectRequest,
} from './messages.ts';
import { openModelSource, type ModelSource } from './model-source.ts';

/** A model in use: to go on with a text, to do its task on examples, or to be looked into. */
type Open = Opened &
  (
    | { readonly purpose: 'text'; readonly session: InferenceSession }
    | { readonly purpose: 'task'; readonly session: TaskSession }
    | { readonly purpose: 'look'; readonly session: InspectionSession }
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
  /** What was looked into last: its weights are still there. */
  private looked: Looked | null = null;

  /** Continues a prompt; text goes to `onText` as it is written. Throws `model-writes-no-text`. */
  async generate(
    { checkpoint, prompt, messages, config }: GenerateRequest,
    device: Device,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<EngineResults['generate']> {
    const { session, settings, tokenizer } = await this.openForText(checkpoint, device);
    const laidOut = isChatTask(settings.task)
      ? chatPrompt(settings, tokenizer, [...messages, { role: 'user', content: prompt }], config.maxNewTokens)
      : { prompt, leftOutCount: 0 };
    const { leftOutCount } = laidOut;
    const generated = await session.generate({ tokenizer, prompt: laidOut.prompt, config, signal, onText });
    return { ...generated, leftOutCount };
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
    if (opened.purpose === 'text') return evaluateText(request, { ...opened, ...heard });
    if (opened.purpose === 'task') return evaluateTask(request, { ...opened, ...heard });
    throw new Error('the model was opened to be looked into');
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

  /** A look into a model: a text's tokens and shapes, or weights of the pass over it. */
  async inspect(
    request: InspectRequest | InspectHeadRequest | InspectHeadsRequest,
    device: Device,
    signal: AbortSignal,
  ): Promise<EngineResults['inspect' | 'inspect-head' | 'inspect-heads']> {
    const { session, shown } = await this.look(request, device, signal);
    if (request.kind === 'inspect') return shown;
    const weights = await session.attention(request.attention, request.layer);
    return request.kind === 'inspect-head' ? headOf(weights, request.head) : picturesOf(weights);
  }

  /** Frees the model that is open. */
  close(): void {
    this.open?.session.destroy();
    this.open = null;
    this.looked = null;
  }

  /** The pass over a text, made unless it is the one that was made last. */
  private async look(
    { checkpoint, text, target }: Pick<InspectRequest, 'checkpoint' | 'text' | 'target'>,
    device: Device,
    signal: AbortSignal,
  ): Promise<Looked> {
    const { looked, open } = this;
    const isSame = open?.path === checkpoint && open.device === device && looked?.text === text;
    if (isSame && (target === looked.target || target === looked.shown.target)) return looked;
    const written = target ?? (await this.ownTarget(checkpoint, text, device, signal));
    const opened = await this.openFor(checkpoint, device, () => 'look');
    if (opened.purpose !== 'look') throw new Error('the model was not opened to be looked into');
    const { session, settings, tokenizer } = opened;
    this.looked = null;
    const tokens = tokensToInspect({ text, target: written }, settings, tokenizer);
    const shown = describeInspection(await session.inspect(tokens), tokens, settings, tokenizer);
    return (this.looked = { text, target, session, shown: { ...shown, target: written } });
  }

  /** What a model that reads one text and writes another writes for a text; nothing of other models. */
  private async ownTarget(path: string, text: string, device: Device, signal: AbortSignal): Promise<string> {
    const opened = await this.openFor(path, device, ({ model }) =>
      isEncoderDecoder(model) ? 'task' : 'look',
    );
    if (opened.purpose !== 'task') return '';
    const request = { texts: [text], numBeams: 1, maxNewTokens: null };
    const { answers } = await answerTexts(request, { ...opened, signal, onProgress: () => undefined });
    return answers[0]?.text ?? '';
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
    const purpose = purposeOf(settings);
    if (purpose === 'look') {
      const session = await InspectionSession.open(device, model, weights);
      return { ...opened, purpose, session };
    }
    if (purpose === 'task') {
      const session = await TaskSession.open(device, settings, weights, tokenizer);
      return { ...opened, purpose, session };
    }
    const session = await InferenceSession.open(device, model, weights, shape);
    return { ...opened, purpose: 'text', session };
  }
}

interface Looked extends Pick<InspectRequest, 'text' | 'target'> {
  readonly session: InspectionSession;
  readonly shown: EngineResults['inspect'];
}

function textShape({ settings, model }: Pick<ModelSource, 'settings' | 'model'>): {
  batchSize: number;
  length: number;
} {
  const training = settings?.training;
  return { batchSize: training?.perDeviceTrainBatchSize ?? 1, length: evaluationLength(model, training) };
}
