// One run while it has the device: asks the engine to train it, writes down what it says, and when the
// engine dies or hangs lets it go on from its last checkpoint. Start, resume and recovery are one path.

import {
  EngineError,
  type SettingChange,
  type TrainingResult,
  type TrainingWish,
} from '../../engine/index.ts';
import type { Failure } from '../../preload/contract.ts';
import { ControlLine } from '../engine-host/control-line.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { DatasetText, RunBeginning, TrainRequest } from '../engine-host/messages.ts';
import type { QueueEntry } from '../store/queue.ts';
import { environmentWords } from '../studio/app-version.ts';
import { toFailure } from '../studio/failure.ts';
import { adoptCheckpoints } from '../studio/recovery.ts';
import type { RunBook } from '../studio/run-book.ts';
import { readRunSettings } from '../studio/run-folder.ts';
import { ActiveClock } from './active-clock.ts';
import { waitForOrphan } from './orphan.ts';
import { RunRecorder } from './run-recorder.ts';

/** How a run that has the device is to end. */
export type Ending = 'pause' | 'stop' | 'stop-now' | 'hand-over';

const mostRestartsWithoutProgress = 3;
/** How long a run that was told to stop at once may take before its engine is killed. */
const stopNowMs = 2_000;
/** Failures after which a run is paused: what was saved is good, and its user can do something. */
const mendable: ReadonlySet<string> = new Set(['non-finite', 'disk-full']);
const deaths: ReadonlySet<string> = new Set(['engine-exited', 'engine-hung', 'device-lost']);

export class RunJob {
  readonly runId: string;
  private readonly entry: QueueEntry;
  private readonly book: RunBook;
  private readonly host: EngineHost;
  private readonly datasetText: (datasetId: string) => DatasetText;
  private readonly abort = new AbortController();
  private readonly control = new ControlLine();
  private clock: ActiveClock | null = null;
  private ending: Ending | null = null;
  private recordingError: unknown = null;
  private killTimer: NodeJS.Timeout | undefined;

  constructor(
    entry: QueueEntry,
    book: RunBook,
    host: EngineHost,
    datasetText: (datasetId: string) => DatasetText,
  ) {
    this.runId = entry.runId;
    this.entry = entry;
    this.book = book;
    this.host = host;
    this.datasetText = datasetText;
  }

  /** Trains until the run ends one way or another; never rejects: how it ended is in the record. */
  async run(): Promise<void> {
    try {
      const { startedAtMs } = this.book.update(this.runId, {
        state: 'running',
        phase: 'starting',
        error: null,
        finishedAtMs: null,
      });
      if (startedAtMs === null) this.book.update(this.runId, { startedAtMs: Date.now() });
      this.book.addEvent(this.runId, startedAtMs === null ? 'started' : 'resumed', environmentWords());
      await waitForOrphan(this.book.folder(this.runId).path);
      this.clock = new ActiveClock(this.book.get(this.runId).activeMs);
      this.finish(await this.trainThroughDeaths());
    } catch (error) {
      this.fail(error);
    } finally {
      clearTimeout(this.killTimer);
    }
  }

  /** Asks something of the engine that trains the run, at its next step. */
  ask(wish: TrainingWish): void {
    this.control.ask(wish);
  }

  /** Ends the run; a second, more urgent wish overrides the first. */
  end(ending: Ending): void {
    const isUrgent = ending === 'stop-now';
    if (this.ending !== null && !isUrgent) return;
    const wasEnding = this.ending !== null;
    this.ending = ending;
    if (!wasEnding) this.abort.abort(isUrgent ? 'now' : 'save');
    if (!isUrgent) return;
    if (wasEnding) void this.host.kill();
    else this.killTimer = setTimeout(() => void this.host.kill(), stopNowMs);
  }

  private async trainThroughDeaths(): Promise<TrainingResult> {
    let restarts = 0;
    let resumedAt = -1;
    for (;;) {
      const checkpoints = await this.checkpointsNewestFirst();
      const newest = checkpoints[0]?.step ?? -1;
      if (newest > resumedAt) restarts = 0;
      resumedAt = newest;
      try {
        return await this.train(checkpoints.map(({ path }) => path));
      } catch (error) {
        const failure = toFailure(error);
        const mayRestart = deaths.has(failure.code) && this.ending === null && this.recordingError === null;
        if (!mayRestart) throw error;
        if (++restarts > mostRestartsWithoutProgress) throw error;
        if (failure.code === 'device-lost') await this.host.kill();
        this.book.addEvent(this.runId, 'restarted', failure.message);
      }
    }
  }

  private async train(resumeFrom: readonly string[]): Promise<TrainingResult> {
    const { book, runId } = this;
    const folder = book.folder(runId);
    const settings = await readRunSettings(folder);
    const recorder = new RunRecorder(book, runId, {
      saveTotalLimit: settings.training.saveTotalLimit,
      activeMs: () => this.clock?.activeMs ?? 0,
      onChange: ({ value }) => this.control.made(value),
      onFailure: (error) => {
        this.recordingError ??= error;
        this.abort.abort('save');
      },
    });
    const request: TrainRequest = {
      kind: 'train',
      runFolder: folder.path,
      tokensFolder: book.paths.tokensFolder,
      dataset: this.datasetText(book.get(runId).datasetId),
      settings,
      device: this.entry.device,
      stopAtStep: this.entry.stopAtStep,
      resumeFrom,
      changes: book.changes(runId),
      start: this.beginning(),
    };
    try {
      return await this.host.request(request, {
        signal: this.abort.signal,
        onEvent: (event) => recorder.hear(event),
        control: this.control,
      });
    } finally {
      await recorder.settle();
    }
  }

  private beginning(): RunBeginning {
    const { parent } = this.book.get(this.runId);
    if (parent === null) return { kind: 'random' };
    if (parent.isFork) return { kind: 'checkpoint' };
    return { kind: 'weights', folder: this.book.folder(this.runId).startFolder };
  }

  private async checkpointsNewestFirst(): Promise<{ step: number; path: string }[]> {
    await adoptCheckpoints(this.book, this.runId);
    return this.book.checkpoints(this.runId).reverse();
  }

  private finish({ reason, step }: TrainingResult): void {
    if (this.recordingError !== null) throw this.recordingError;
    switch (reason) {
      case 'finished':
        return this.close('finished', 'finished', `after ${step} steps`);
      case 'stopped-early':
        return this.close(
          'finished',
          'finished',
          `early, after ${step} steps: the held-out loss got no better`,
        );
      case 'stop-at-step':
        return this.close('stopped', 'stopped', `at step ${step}, as asked`);
      case 'aborted':
        return this.closeAsAsked();
      default:
        reason satisfies never;
    }
  }

  private fail(error: unknown): void {
    if (this.ending !== null && this.recordingError === null) {
      this.closeAsAsked();
      return;
    }
    const failure = toFailure(this.recordingError ?? error);
    // Nothing bad was saved: the run can go on from its last checkpoint once the cause is gone.
    if (mendable.has(failure.code)) this.close('paused', 'paused', failure.message, failure);
    else if (deaths.has(failure.code)) this.close('crashed', 'crashed', failure.message, failure);
    else this.close('failed', 'failed', failure.message, failure);
  }

  private closeAsAsked(): void {
    if (this.ending === 'pause') this.close('paused', 'paused', '');
    else if (this.ending === 'hand-over')
      this.close('queued', 'handed-over', 'Another window goes on with it.');
    else this.close('stopped', 'stopped', this.ending === 'stop-now' ? 'at once, without saving' : '');
  }

  private close(
    state: 'finished' | 'stopped' | 'paused' | 'failed' | 'crashed' | 'queued',
    eventKey: string,
    eventValue: string,
    error: Failure | null = null,
  ): void {
    if (state === 'queued') this.book.store.queue.addFirst(this.entry);
    const finishedAtMs = state === 'queued' ? null : Date.now();
    const activeMs = this.clock?.activeMs ?? this.book.get(this.runId).activeMs;
    // A change that was asked for and that no step has seen is for whoever goes on with the run.
    const change = this.control.pendingChange;
    if (change) changeFromLastCheckpoint(this.book, this.runId, change);
    this.book.update(this.runId, { state, phase: '', etaMs: null, finishedAtMs, activeMs, error });
    this.book.addEvent(this.runId, eventKey, eventValue);
  }
}

/** Writes down a change for a run that does not train: it counts from where the run will go on. */
export function changeFromLastCheckpoint(
  book: RunBook,
  runId: string,
  { key, value }: Pick<SettingChange, 'key' | 'value'>,
): void {
  book.addChange(runId, { step: book.checkpoints(runId).at(-1)?.step ?? 0, key, value });
}

/** Refuses to run what has nothing left to do; throws `run-not-resumable`. */
export function requireResumable(state: string, name: string): void {
  if (state === 'paused' || state === 'stopped' || state === 'crashed' || state === 'failed') return;
  throw new EngineError('run-not-resumable', `The run "${name}" is ${state} and cannot be resumed.`, {
    hint: 'Runs that are paused, stopped, failed or crashed can be resumed.',
  });
}
