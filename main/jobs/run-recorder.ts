// Writes down what a run says while it trains. Figures are collected and written a few times a second, in
// one transaction, and always before a checkpoint is recorded, so that none is missing before it.

import { rm } from 'node:fs/promises';
import type { SettingChange } from '../../engine/index.ts';
import type { MetricPoint } from '../../preload/contract.ts';
import { metricsOf } from '../engine-host/metric-points.ts';
import type { EngineEvent } from '../engine-host/messages.ts';
import type { RunChange } from '../store/runs.ts';
import { writeWhole } from '../studio/durable-file.ts';
import { stepsToDelete } from '../studio/keep-policy.ts';
import type { RunBook } from '../studio/run-book.ts';
import { checkpointPath } from '../studio/run-folder.ts';
import { StepTimer } from './step-timer.ts';

type EventOf<T extends EngineEvent['type']> = Extract<EngineEvent, { type: T }>;

const flushEveryMs = 250;

export interface RecorderOptions {
  readonly saveTotalLimit: number;
  /** How long the run has had the device so far. */
  readonly activeMs: () => number;
  /** Hears which changes the engine makes; not those of before, which it says again. */
  readonly onChange: (change: SettingChange) => void;
  /** Hears when something cannot be written down; the run must not go on unrecorded. */
  readonly onFailure: (error: unknown) => void;
}

export class RunRecorder {
  private readonly book: RunBook;
  private readonly runId: string;
  private readonly options: RecorderOptions;
  private readonly stepTimer: StepTimer;
  private points: MetricPoint[] = [];
  private change: RunChange = {};
  /** Where this life of the engine began: what it says of earlier changes it did not make. */
  private startStep = 0;
  private timer: NodeJS.Timeout | undefined;
  private fileWork: Promise<unknown> = Promise.resolve();

  constructor(book: RunBook, runId: string, options: RecorderOptions) {
    this.book = book;
    this.runId = runId;
    this.options = options;
    this.stepTimer = new StepTimer(book.store.stepTimes);
  }

  hear(event: EngineEvent): void {
    try {
      this.record(event);
      this.stepTimer.hear(event);
    } catch (error) {
      this.options.onFailure(error);
    }
  }

  /** Writes what was collected; resolves when files are written and deleted too. */
  async settle(): Promise<void> {
    this.flush();
    this.stepTimer.keep();
    await this.fileWork;
  }

  private record(event: EngineEvent): void {
    const metrics = metricsOf(event);
    if (metrics) {
      this.points.push({ ...metrics, values: { ...metrics.values }, timeMs: Date.now() });
      Object.assign(this.change, { step: metrics.step, epoch: metrics.epoch });
    }
    switch (event.type) {
      case 'phase':
        Object.assign(this.change, { phase: event.phase });
        this.flush();
        return;
      case 'device':
        this.book.update(this.runId, { deviceKind: event.kind, deviceName: event.name });
        return;
      case 'prepared':
        this.keepSettings(event);
        return;
      case 'start':
        this.start(event);
        return;
      case 'step':
        this.schedule({ trainLoss: event.loss, tokensPerSecond: event.tokensPerSecond, etaMs: event.etaMs });
        return;
      case 'eval':
        this.schedule({ evalLoss: event.loss });
        return;
      case 'epoch':
      case 'memory':
        this.schedule({});
        return;
      case 'change':
        this.book.addChange(this.runId, event);
        if (event.step >= this.startStep) this.options.onChange(event);
        return;
      case 'sample':
        this.sample(event);
        return;
      case 'checkpoint':
        this.checkpoint(event);
        return;
      case 'checkpoint-refused':
        this.book.addEvent(this.runId, 'checkpoint-refused', event.reason);
        return;
      case 'unknown-characters':
        this.book.addEvent(this.runId, 'unknown-characters', event.characters.join(' '));
        return;
      case 'kernels-changed':
        this.book.addEvent(this.runId, 'kernels-changed', event.changes);
        return;
      case 'step-skipped':
        this.book.addEvent(
          this.runId,
          'step-skipped',
          `${event.step} (its gradient was too large for 16 bits; the loss is scaled by ${event.lossScale} from here on)`,
        );
        return;
      case 'text':
      case 'progress':
        return;
      default:
        event satisfies never;
    }
  }

  private keepSettings({ settings, trainTokens, evalTokens }: EventOf<'prepared'>): void {
    const { settingsFile } = this.book.folder(this.runId);
    this.fileWork = this.fileWork
      .then(() => writeWhole(settingsFile, JSON.stringify(settings, null, 2)))
      .catch(this.options.onFailure);
    const { vocabSize } = settings.model;
    this.book.addEvent(
      this.runId,
      'prepared',
      `${vocabSize} kinds of tokens; ${trainTokens} to train on, ${evalTokens} held out`,
    );
  }

  /** The run is at a step; whatever was recorded after it belongs to a future that did not happen. */
  private start({ step, totalSteps, totalEpochs, parameterCount, memoryBytes }: EventOf<'start'>): void {
    const { store } = this.book;
    this.startStep = step;
    const lost = store.checkpoints
      .list(this.runId)
      .map((checkpoint) => checkpoint.step)
      .filter((lostStep) => lostStep > step);
    store.transaction(() => {
      store.metrics.cutAfter(this.runId, step);
      store.samples.cutAfter(this.runId, step);
      this.book.forgetCheckpoints(this.runId, lost);
    });
    this.deleteFolders(lost);
    this.change = {};
    this.book.update(this.runId, {
      step,
      totalSteps,
      totalEpochs,
      parameterCount,
      memoryBytes,
      ...(step === 0 ? { epoch: 0, trainLoss: null, evalLoss: null } : {}),
    });
  }

  private sample({ step, prompt, text, examples = [] }: EventOf<'sample'>): void {
    const sample = { step, prompt, text, examples: [...examples], timeMs: Date.now() };
    this.book.store.samples.add(this.runId, sample);
    this.book.bus.emit('run.sample', { runId: this.runId, sample });
  }

  private checkpoint({ step, evalLoss, sizeBytes }: EventOf<'checkpoint'>): void {
    const { runId, book } = this;
    this.flush();
    book.addCheckpoint({ runId, step, evalLoss, isMarked: false, sizeBytes, createdAtMs: Date.now() });
    const old = stepsToDelete(book.store.checkpoints.list(runId), this.options.saveTotalLimit);
    // The row goes first: a row must never point to a folder that is not there.
    book.forgetCheckpoints(runId, old);
    this.deleteFolders(old);
  }

  private deleteFolders(steps: readonly number[]): void {
    const folder = this.book.folder(this.runId);
    for (const step of steps) {
      this.fileWork = this.fileWork
        .then(() => rm(checkpointPath(folder, step), { recursive: true, force: true }))
        .catch(() => undefined);
    }
  }

  private schedule(change: RunChange): void {
    Object.assign(this.change, change);
    this.timer ??= setTimeout(() => {
      try {
        this.flush();
      } catch (error) {
        this.options.onFailure(error);
      }
    }, flushEveryMs);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { points, change, runId, book } = this;
    if (points.length === 0 && Object.keys(change).length === 0) return;
    this.points = [];
    this.change = {};
    book.store.transaction(() => {
      book.store.metrics.add(runId, points);
      book.store.runs.update(runId, { ...change, activeMs: this.options.activeMs() });
    });
    if (points.length > 0) book.bus.emit('run.metrics', { runId, points });
    book.bus.emit('run.updated', book.get(runId));
  }
}
