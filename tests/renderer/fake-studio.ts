// A studio that keeps an invented run in memory and answers as the real one does. Its time passes only when
// `advance` is called, so that tests decide what has happened.

import type { Bridge, PublishedCommand } from '../../renderer/bridge.ts';
import { withPoints } from '../../renderer/lib/charts/live-series.ts';
import { StudioError } from '../../renderer/lib/failure.ts';
import type {
  Checkpoint,
  EventData,
  EventName,
  Failure,
  MetricPoint,
  RunDetail,
  RunLabels,
  RunState,
  RunSummary,
  Ticket,
} from '../../preload/contract.ts';
import { createFakeEvaluations, type FakeEvaluations } from './fake-evaluations.ts';
import { createFakeHome, sampleDataset, type FakeHome } from './fake-home.ts';
import { createFakeInspection } from './fake-inspection.ts';
import { createFakeSettings, openedSettings, openedWeights, presets } from './fake-settings.ts';
import { createFakeTasks, type FakeTasks } from './fake-tasks.ts';
import { checkpointOf, writingAnswers } from './fake-writing.ts';
import { inventedEvalLoss, inventedPoints, inventedSample } from './invented-run.ts';

export { presets };

interface Kept {
  detail: RunDetail;
  points: MetricPoint[];
}

export interface FakeStudio extends Bridge {
  readonly asked: { name: string; input: unknown }[];
  emit<N extends EventName>(name: N, data: EventData<N>): void;
  /** Trains the running run for so many steps. */
  advance(steps: number): void;
  /** Puts a run there as if it had been trained for `step` steps. */
  addRun(name: string, state: RunState, step: number, more?: Partial<RunSummary>): RunSummary;
  /** The next call of this name fails so. */
  failNext(name: string, failure: Failure): void;
  /** The next texts are written without so many messages. */
  leaveOut(messageCount: number): void;
  setConnected(isConnected: boolean): void;
  /** Datasets, tokenizers and weights of the invented home. */
  readonly home: FakeHome;
  /** What datasets are for tasks, and what models make of texts. */
  readonly tasks: FakeTasks;
  readonly evaluations: FakeEvaluations;
  /** What was handed over, and the commands that a menu outside the page would show. */
  readonly delivered: { downloadId: string; name: string }[];
  readonly published: PublishedCommand[];
  /** Chooses a command in that menu. */
  chooseCommand(id: string): void;
}

const ticketFor = (name: string, sizeBytes: number, isFolder = false): Ticket => ({
  ticket: `ticket:${name}`,
  name,
  sizeBytes,
  isFolder,
});

/** A studio without runs. `textDelayMs` is the time between two pieces of written text. */
export function createFakeStudio({ textDelayMs = 0 } = {}): FakeStudio {
  const asked: { name: string; input: unknown }[] = [];
  const listeners = new Map<string, Set<(data: never) => void>>();
  const connectionListeners = new Set<(isConnected: boolean) => void>();
  const commandListeners = new Set<(id: string) => void>();
  const delivered: { downloadId: string; name: string }[] = [];
  const published: PublishedCommand[] = [];
  const failures = new Map<string, Failure>();
  const runs = new Map<string, Kept>();
  const cancelled = new Set<string>();
  const { settings } = presets[0]!;
  const { evalSteps, maxSteps } = settings.training;

  const emit = <N extends EventName>(name: N, data: EventData<N>): void => {
    for (const listener of listeners.get(name) ?? []) listener(data as never);
  };
  const home = createFakeHome(emit);
  const keptOf = (runId: string): Kept => {
    const kept = runs.get(runId);
    if (kept) return kept;
    throw new StudioError({
      code: 'run-not-found',
      message: `There is no run "${runId}".`,
      hint: 'See the list of runs.',
    });
  };
  const update = (kept: Kept, change: Partial<RunSummary>): RunSummary => {
    kept.detail = { ...kept.detail, summary: { ...kept.detail.summary, ...change } };
    emit('run.updated', kept.detail.summary);
    return kept.detail.summary;
  };
  const log = (kept: Kept, key: string, value = ''): void => {
    const { summary, events } = kept.detail;
    const event = { step: summary.step, timeMs: Date.now(), key, value };
    kept.detail = { ...kept.detail, events: [...events, event] };
    emit('run.event', { runId: summary.id, event });
  };

  function addRun(name: string, state: RunState, step: number, more: Partial<RunSummary> = {}): RunSummary {
    const id = `run-${runs.size + 1}`;
    const summary: RunSummary = {
      id,
      name,
      kind: 'pretrain',
      parent: null,
      state,
      phase: state === 'running' ? 'training' : '',
      datasetId: sampleDataset.id,
      datasetName: sampleDataset.name,
      preset: settings.preset,
      color: runs.size % 8,
      isStarred: false,
      isPinned: false,
      isArchived: false,
      tags: [],
      note: '',
      createdAtMs: Date.now() - 60_000 * (10 - runs.size),
      startedAtMs: Date.now() - 30_000,
      finishedAtMs: state === 'finished' ? Date.now() : null,
      activeMs: 30_000,
      step: 0,
      totalSteps: maxSteps,
      epoch: 0,
      totalEpochs: 5.8,
      parameterCount: 804_096,
      memoryBytes: 61e6,
      tokensPerSecond: null,
      etaMs: null,
      trainLoss: null,
      evalLoss: null,
      bestEvalLoss: null,
      bestStep: null,
      task: 'text',
      method: 'full',
      deviceKind: 'cpu',
      deviceName: 'CPU',
      appVersion: '0.1.0',
      error: null,
      ...more,
    };
    const detail: RunDetail = {
      summary,
      settings,
      checkpoints: [],
      samples: [],
      events: [],
      metricKeys: ['train/loss', 'eval/loss'],
      provenance: { dataset: sampleDataset.contentHash },
      ancestors: [],
    };
    const kept: Kept = { detail, points: [] };
    runs.set(id, kept);
    log(kept, 'started');
    for (let done = 0; done < step; done++) trainStep(kept);
    if (state !== 'running' && state !== 'queued') log(kept, state);
    return update(kept, more);
  }

  function trainStep(kept: Kept): MetricPoint[] {
    const { id, step: before, bestEvalLoss } = kept.detail.summary;
    const step = before + 1;
    const points = inventedPoints(step, evalSteps, maxSteps);
    kept.points.push(...points);
    const change: Partial<RunSummary> = {
      step,
      epoch: step / 120,
      trainLoss: points[0]!.values['train/loss']!,
      tokensPerSecond: points[0]!.values['perf/tokens_per_second']!,
      etaMs: (maxSteps - step) * 50,
    };
    if (points.length > 1) {
      const evalLoss = inventedEvalLoss(step);
      const isBest = bestEvalLoss === null || evalLoss < bestEvalLoss;
      Object.assign(change, { evalLoss }, isBest ? { bestEvalLoss: evalLoss, bestStep: step } : {});
      keepCheckpoint(kept, { id, step, evalLoss, isBest });
    }
    kept.detail = { ...kept.detail, summary: { ...kept.detail.summary, ...change } };
    return points;
  }

  function keepCheckpoint(
    kept: Kept,
    { id, step, evalLoss, isBest }: { id: string; step: number; evalLoss: number; isBest: boolean },
  ): void {
    const { checkpoints, samples } = kept.detail;
    const checkpoint: Checkpoint = {
      reference: `${id}@${step}`,
      runId: id,
      step,
      path: `/home/runs/${id}/checkpoints/${step}`,
      evalLoss,
      isBest,
      isMarked: false,
      sizeBytes: 9_700_000,
      createdAtMs: Date.now(),
    };
    const sample = inventedSample(step, evalSteps);
    const others = isBest ? checkpoints.map((one) => ({ ...one, isBest: false })) : checkpoints;
    kept.detail = { ...kept.detail, checkpoints: [...others, checkpoint], samples: [...samples, sample] };
    emit('run.sample', { runId: id, sample });
    emit('run.checkpoint', checkpoint);
  }

  function advance(steps: number): void {
    const kept = [...runs.values()].find(({ detail }) => detail.summary.state === 'running');
    if (!kept) return;
    const points: MetricPoint[] = [];
    for (let done = 0; done < steps && kept.detail.summary.step < maxSteps; done++)
      points.push(...trainStep(kept));
    const { id, step } = kept.detail.summary;
    emit('run.metrics', { runId: id, points });
    if (step < maxSteps) update(kept, {});
    else {
      update(kept, { state: 'finished', phase: '', etaMs: null, finishedAtMs: Date.now() });
      log(kept, 'finished');
    }
  }

  let order: string[] = [];
  /** The waiting runs: as they were put, else as they came. */
  const waiting = (): string[] => {
    const ids = [...runs.values()]
      .filter(({ detail }) => detail.summary.state === 'queued')
      .map(({ detail }) => detail.summary.id);
    return [...order.filter((id) => ids.includes(id)), ...ids.filter((id) => !order.includes(id))];
  };

  const end = (runId: string, state: 'paused' | 'stopped'): RunSummary => {
    const kept = keptOf(runId);
    log(kept, state);
    return update(kept, { state, phase: '', etaMs: null, finishedAtMs: Date.now() });
  };

  const ofReference = (reference: string): RunDetail => keptOf(reference.split('@')[0]!).detail;
  const named = (reference: string): Checkpoint =>
    checkpointOf(ofReference(reference).checkpoints, reference);
  let leftOutCount = 0;
  async function write(generationId: string, reference: string): Promise<unknown> {
    const checkpoint = named(reference);
    let text = '';
    for (const word of 'there was a lamp in the window, and the snow came to the hill. '.split(/(?<= )/)) {
      if (cancelled.has(generationId)) break;
      await new Promise((resolve) => setTimeout(resolve, textDelayMs));
      text += word;
      emit('generation.text', { generationId, text: word });
    }
    return { text, tokenCount: text.length, checkpoint, leftOutCount };
  }

  function resolve(reference: string): Checkpoint {
    if (reference.startsWith('weights:'))
      return { ...openedWeights, reference, path: `/home/weights/${reference}` };
    const found = [...runs.values()]
      .flatMap(({ detail }) => detail.checkpoints)
      .find((one) => one.reference === reference);
    if (found) return found;
    throw new StudioError({ code: 'checkpoint-not-found', message: 'It is not there.', hint: '' });
  }

  const evaluations = createFakeEvaluations(emit, {
    checkpoint: resolve,
    datasetName: (id) => home.datasets.get(id)?.name ?? '',
  });

  const tasks = createFakeTasks(named);
  const answers: Record<string, (input: never) => unknown> = {
    ...home.answers,
    ...tasks.answers,
    ...evaluations.answers,
    ...createFakeSettings(),
    ...createFakeInspection(named, (reference) => ofReference(reference).summary.task === 'translate'),
    ...writingAnswers,
    'checkpoints.resolve': ({ checkpoint }: { checkpoint: string }) => resolve(checkpoint),
    'checkpoints.settings': ({ checkpoint }: { checkpoint: string }) => {
      const { runId } = resolve(checkpoint);
      return {
        settings: runId ? keptOf(runId).detail.settings : openedSettings,
        datasetId: runId && sampleDataset.id,
      };
    },
    'checkpoints.list': () => [...runs.values()].flatMap(({ detail }) => detail.checkpoints),
    'checkpoints.mark': ({ runId, step, isMarked }: { runId: string; step: number; isMarked: boolean }) => {
      const kept = keptOf(runId);
      const checkpoints = kept.detail.checkpoints.map((one) =>
        one.step === step ? { ...one, isMarked } : one,
      );
      kept.detail = { ...kept.detail, checkpoints };
      const changed = checkpoints.find((one) => one.step === step)!;
      emit('run.checkpoint', changed);
      return changed;
    },
    'checkpoints.remove': ({ runId, step }: { runId: string; step: number }) => {
      const kept = keptOf(runId);
      const checkpoints = kept.detail.checkpoints.filter((one) => one.step !== step);
      kept.detail = { ...kept.detail, checkpoints };
      emit('run.checkpointRemoved', { runId, step });
      return {};
    },
    'runs.queue': () => ({ runIds: waiting() }),
    'runs.moveInQueue': ({ runId, position }: { runId: string; position: number }) => {
      const others = waiting().filter((id) => id !== runId);
      order = [...others.slice(0, position), runId, ...others.slice(position)];
      emit('queue.changed', { runIds: order });
      return { runIds: order };
    },
    'runs.remove': ({ runId }: { runId: string }) => {
      runs.delete(runId);
      emit('run.removed', { runId });
      return {};
    },
    'runs.list': () => [...runs.values()].map(({ detail }) => detail.summary),
    'runs.get': ({ runId }: { runId: string }) => keptOf(runId).detail,
    'runs.series': ({ runId }: { runId: string }) => [
      ...withPoints(new Map(), keptOf(runId).points).values(),
    ],
    'runs.create': () => addRun('amber-loom', 'running', 0),
    'runs.label': ({ runId, labels }: { runId: string; labels: RunLabels }) =>
      update(keptOf(runId), labels as Partial<RunSummary>),
    'runs.pause': ({ runId }: { runId: string }) => end(runId, 'paused'),
    'runs.stop': ({ runId }: { runId: string }) => end(runId, 'stopped'),
    'runs.resume': ({ runId }: { runId: string }) => {
      const kept = keptOf(runId);
      log(kept, 'resumed');
      return update(kept, { state: 'running', phase: 'training', finishedAtMs: null });
    },
    'runs.change': ({ runId, key, value }: { runId: string; key: string; value: number }) => {
      const kept = keptOf(runId);
      log(kept, key, String(value));
      return kept.detail.summary;
    },
    'runs.evaluateNow': ({ runId }: { runId: string }) => (keptOf(runId), {}),
    'runs.checkpointNow': ({ runId }: { runId: string }) => (keptOf(runId), {}),
    'generation.run': ({ generationId, checkpoint }: { generationId: string; checkpoint: string }) =>
      write(generationId, checkpoint),
    'generation.cancel': ({ generationId }: { generationId: string }) => {
      cancelled.add(generationId);
      return {};
    },
  };

  return {
    asked,
    home,
    tasks,
    evaluations,
    emit,
    advance,
    addRun,
    failNext: (name, failure) => void failures.set(name, failure),
    leaveOut: (messageCount) => void (leftOutCount = messageCount),
    setConnected(isConnected) {
      for (const listener of connectionListeners) listener(isConnected);
    },
    call(name, input) {
      asked.push({ name, input });
      return Promise.resolve().then(async () => {
        const failure = failures.get(name);
        failures.delete(name);
        if (failure) throw new StudioError(failure);
        const answer = answers[name];
        if (!answer) throw new Error(`The fake studio has no ${name}.`);
        // As on every wire: what arrives is plain, and nobody shares it with the page.
        const plain: unknown = JSON.parse(JSON.stringify(input));
        return structuredClone(await answer(plain as never));
      }) as never;
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener as never));
      return () => void set.delete(listener as never);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      listener(true);
      return () => void connectionListeners.delete(listener);
    },
    host: 'browser',
    admit: async (files) => files.map(({ name, size }) => ticketFor(name, size)),
    admitDropped: async (dropped) => [...dropped.files].map(({ name, size }) => ticketFor(name, size)),
    choose: async ({ kind, isFolder }) => [ticketFor(`chosen ${kind}`, 1_000, isFolder)],
    chooseOutFolder: async () => ticketFor('out', 0, true),
    deliver: async ({ downloadId }, name) => void delivered.push({ downloadId, name }),
    publishCommands: (list) => void published.splice(0, published.length, ...list),
    onCommand(listener) {
      commandListeners.add(listener);
      return () => void commandListeners.delete(listener);
    },
    delivered,
    published,
    chooseCommand(id) {
      for (const listener of commandListeners) listener(id);
    },
  };
}
