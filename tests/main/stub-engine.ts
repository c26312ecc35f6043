// Plays the engine process for tests of its host: trains nothing, but says steps, saves folders that are
// whole, and dies, hangs or fails where the test wants it to.

import { join } from 'node:path';
import { checkpointSink, readManifest } from '../../main/engine-host/checkpoint-folder.ts';
import { RecordKeeper } from '../../main/engine-host/run-record.ts';
import type {
  AnswerRequest,
  EngineEvent,
  EngineResults,
  EvaluateRequest,
  EvaluateResult,
  FromEngine,
  ToEngine,
  TrainRequest,
} from '../../main/engine-host/messages.ts';
import { TrainingControl, type TrainingResult } from '../../engine/index.ts';

/** What a test can ask for, as JSON in the variable HEDDLE_STUB. */
export interface StubPlan {
  readonly totalSteps: number;
  readonly saveSteps: number;
  /** Steps after which this life of the process ends, or 0 for never. */
  readonly stepsPerLife: number;
  readonly end: 'exit' | 'hang' | 'fail';
  readonly failCode?: string;
  readonly stepMs?: number;
  /** False for an engine that never takes what it is asked. */
  readonly hearsControl?: boolean;
  /** What evaluations find, one after the other; the last again and again. */
  readonly evaluations?: readonly Partial<EvaluateResult>[];
}

const plan = JSON.parse(process.env.HEDDLE_STUB ?? '{}') as StubPlan;
const aborts = new Map<number, AbortController>();
const controls = new Map<number, TrainingControl>();

function send(message: FromEngine): void {
  process.send?.(message, undefined, {}, () => undefined);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, plan.stepMs ?? 1));

async function train(
  request: TrainRequest,
  signal: AbortSignal,
  say: (event: EngineEvent) => void,
  control: TrainingControl,
): Promise<TrainingResult> {
  const keeper = new RecordKeeper('stub');
  const emit = (event: EngineEvent): void => {
    keeper.hear(event);
    say(event);
  };
  const sink = checkpointSink(join(request.runFolder, 'checkpoints'), (step) => keeper.files(step));
  const manifest = request.resumeFrom[0] === undefined ? null : await readManifest(request.resumeFrom[0]);
  let step = manifest?.step ?? 0;
  let learningRate = request.changes.findLast((change) => change.step <= step)?.value ?? 1;
  const save = async (evalLoss: number | null): Promise<void> => {
    const writer = await sink.begin(step);
    await writer.writeFile('state.json', [new TextEncoder().encode(JSON.stringify({ step }))]);
    emit({ type: 'checkpoint', step, ...(await writer.commit()), evalLoss, isBest: false });
  };
  emit({ type: 'device', kind: 'cpu', name: 'stub' });
  const { totalSteps } = plan;
  emit({ type: 'start', parameterCount: 10, memoryBytes: 100, totalSteps, totalEpochs: 2, step });
  for (const change of request.changes) if (change.step < step) emit({ type: 'change', ...change });
  emit({ type: 'phase', phase: 'training' });
  const end = Math.min(totalSteps, request.stopAtStep ?? totalSteps);
  for (let lived = 1; step < end; lived++) {
    if (signal.aborted) {
      if (signal.reason === 'save') await save(null);
      return { reason: 'aborted', step, loss: 1, evalLoss: null, bestEvalLoss: null, bestStep: null };
    }
    let isAsked = false;
    for (const wish of control.take()) {
      if (wish.kind !== 'change') isAsked = true;
      else {
        learningRate = wish.value;
        emit({ type: 'change', step, key: wish.key, value: wish.value });
      }
    }
    step++;
    for (const change of request.changes) if (change.step === step - 1) learningRate = change.value;
    const epoch = (2 * step) / totalSteps;
    emit({
      type: 'step',
      step,
      epoch,
      loss: 1 / step,
      gradNorm: 1,
      learningRate,
      tokensPerSecond: 5,
      etaMs: 1,
    });
    if (isAsked || step % plan.saveSteps === 0) {
      emit({
        type: 'eval',
        step,
        epoch,
        loss: 2 / step,
        perplexity: Math.exp(2 / step),
        isBest: true,
        metrics: {},
      });
      await save(2 / step);
    }
    await nextTurn();
    if (lived === plan.stepsPerLife) await die();
  }
  if (step < totalSteps) await save(null);
  const reason = step < totalSteps ? 'stop-at-step' : 'finished';
  return { reason, step, loss: 1 / step, evalLoss: 2 / step, bestEvalLoss: 2 / step, bestStep: step };
}

async function die(): Promise<void> {
  if (plan.end === 'exit') process.kill(process.pid, 'SIGSEGV');
  if (plan.end === 'fail')
    throw Object.assign(new Error('the stub failed'), { code: plan.failCode ?? 'stub-failed' });
  await new Promise((resolve) => setTimeout(resolve, 3_600_000));
}

let evaluationCount = 0;

function evaluate({ topK, stride, maxExamples }: EvaluateRequest): EvaluateResult {
  const found = plan.evaluations ?? [];
  const { examples = [], ...figures } = found[Math.min(evaluationCount++, found.length - 1)] ?? {};
  return {
    task: 'text',
    metrics: { loss: 1, perplexity: Math.E },
    tokenCount: 100,
    exampleCount: examples.length,
    byteCount: 100,
    topK,
    length: 16,
    stride: stride ?? 16,
    signatures: {},
    confusion: null,
    ...figures,
    examples: examples.slice(0, maxExamples),
  };
}

/** Says each text backwards. */
function answer({ texts }: AnswerRequest): EngineResults['answer'] {
  const answers = texts.map((text) => ({
    text: [...text].reverse().join(''),
    classes: [],
    fillings: [],
  }));
  return { task: 'translate', answers };
}

process.on('message', (message: ToEngine) => {
  if (message.type === 'cancel') {
    aborts.get(message.id)?.abort(message.how);
    return;
  }
  if (message.type === 'control') {
    if (plan.hearsControl !== false) controls.get(message.id)?.ask(message.wish);
    return;
  }
  const { id, request } = message;
  const abort = new AbortController();
  aborts.set(id, abort);
  const control = new TrainingControl();
  controls.set(id, control);
  const say = (event: EngineEvent): void => send({ type: 'event', id, event });
  if (request.kind === 'generate') {
    for (const text of ['Once ', 'upon ']) say({ type: 'text', text });
    send({
      type: 'done',
      id,
      result: { text: `Once upon ${request.prompt}`, tokenCount: 3, leftOutCount: 0 },
    });
  } else if (request.kind === 'evaluate') {
    say({ type: 'progress', value: 0.5 });
    send({ type: 'done', id, result: evaluate(request) });
  } else if (request.kind === 'answer') {
    send({ type: 'done', id, result: answer(request) });
  } else if (request.kind === 'train') {
    train(request, abort.signal, say, control).then(
      (result) => send({ type: 'done', id, result }),
      (error: { code: string; message: string }) =>
        send({ type: 'failed', id, error: { code: error.code, message: error.message, hint: '' } }),
    );
  }
});
process.once('disconnect', () => process.exit(0));
setInterval(() => send({ type: 'heartbeat', progress: 0 }), 100);
send({ type: 'ready' });
