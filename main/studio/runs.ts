// Runs: made, queued, paused, resumed, stopped, renamed, removed; their record as the contract shows it.

import { mkdir, rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ulid } from 'ulid';
import { countParameters, EngineError } from '../../engine/index.ts';
import type { MetricSeries, RunLabels, RunSummary } from '../../preload/contract.ts';
import type { RunQueue } from '../jobs/queue.ts';
import { requireResumable, type Ending } from '../jobs/run-job.ts';
import { appVersion } from './app-version.ts';
import { columnSource, withColumns } from './dataset-columns.ts';
import type { Datasets } from './datasets.ts';
import { writeWhole } from './durable-file.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { RunBook } from './run-book.ts';
import { RunControls } from './run-controls.ts';
import { RunDetails } from './run-detail.ts';
import { newRunName } from './run-names.ts';
import type { RunStarts } from './run-start.ts';

/** Runs have this many colours of their own. */
const colorCount = 8;

export class Runs {
  readonly handlers: AreaHandlers<'runs'>;
  private readonly book: RunBook;
  private readonly datasets: Datasets;
  private readonly queue: RunQueue;
  private readonly starts: RunStarts;

  constructor(book: RunBook, datasets: Datasets, queue: RunQueue, starts: RunStarts) {
    this.book = book;
    this.datasets = datasets;
    this.queue = queue;
    this.starts = starts;
    const details = new RunDetails(book);
    const controls = new RunControls(book, queue);
    this.handlers = {
      'runs.list': () => this.book.store.runs.list(),
      'runs.get': ({ runId }) => details.get(runId),
      'runs.metrics': ({ runId, afterStep, limit }) =>
        this.book.store.metrics.list(this.book.get(runId).id, afterStep, limit),
      'runs.series': (input) => this.series(input),
      'runs.create': (input) => this.create(input),
      'runs.resume': (input) => this.resume(input),
      'runs.pause': ({ runId }) => this.end(runId, 'pause'),
      'runs.stop': ({ runId, save }) => this.end(runId, save ? 'stop' : 'stop-now'),
      'runs.change': (input) => controls.change(input),
      'runs.evaluateNow': ({ runId }) => {
        controls.ask(runId, { kind: 'evaluate' });
        return {};
      },
      'runs.checkpointNow': ({ runId }) => {
        controls.ask(runId, { kind: 'save' });
        return {};
      },
      'runs.queue': () => controls.waiting(),
      'runs.moveInQueue': (input) => controls.moveInQueue(input),
      'runs.label': ({ runId, labels }) => this.label(runId, labels),
      'runs.remove': async ({ runId }) => {
        await this.remove(runId);
        return {};
      },
    };
  }

  /** Metrics that have no figure in the range are left out. */
  private async series({ runId, keys, ...range }: CheckedInput<'runs.series'>): Promise<MetricSeries[]> {
    const { id } = this.book.get(runId);
    const { metrics } = this.book.store;
    const found: MetricSeries[] = [];
    for (const key of keys.length > 0 ? keys : metrics.keys(id)) {
      const series = metrics.series(id, key, range);
      if (series) found.push(series);
      // Of a long run each key takes a while: others have their turn between them.
      await nextTurn();
    }
    return found;
  }

  private async create(input: CheckedInput<'runs.create'>): Promise<RunSummary> {
    const dataset = this.datasets.get(input.datasetId);
    const { runs } = this.book.store;
    if (input.name !== undefined) this.requireFreeName(input.name);
    const start = await this.starts.prepare(input);
    // A fork keeps the columns of the run that it goes on from.
    const settings =
      input.start.mode === 'fork'
        ? start.settings
        : withColumns(start.settings, await columnSource(dataset, this.datasets.text(dataset.id)));
    const all = runs.list();
    const id = ulid();
    const folder = this.book.folder(id);
    await mkdir(folder.checkpointsFolder, { recursive: true, mode: 0o700 });
    try {
      await start.write(folder);
      await writeWhole(folder.settingsFile, JSON.stringify(settings, null, 2));
    } catch (error) {
      await rm(folder.path, { recursive: true, force: true });
      throw error;
    }
    runs.insert({
      id,
      name: input.name ?? newRunName((name) => runs.find(name) !== null),
      state: 'queued',
      phase: '',
      datasetId: dataset.id,
      datasetName: dataset.name,
      preset: settings.preset,
      task: settings.task,
      method: settings.tuning.method,
      color: all.length === 0 ? 0 : (all[0]!.color + 1) % colorCount,
      isStarred: false,
      isPinned: false,
      isArchived: false,
      tags: [],
      note: '',
      createdAtMs: Date.now(),
      startedAtMs: null,
      finishedAtMs: null,
      activeMs: 0,
      step: 0,
      totalSteps: settings.training.maxSteps,
      epoch: 0,
      totalEpochs: settings.training.numTrainEpochs,
      parameterCount: countParameters(settings.model),
      memoryBytes: 0,
      tokensPerSecond: null,
      etaMs: null,
      trainLoss: null,
      evalLoss: null,
      bestEvalLoss: null,
      bestStep: null,
      deviceKind: null,
      deviceName: '',
      appVersion: appVersion(),
      error: null,
      ...start.summary,
    });
    if (start.checkpoint) this.book.addCheckpoint({ runId: id, ...start.checkpoint });
    this.queue.add({ runId: id, device: input.device, stopAtStep: input.stopAtStep ?? null });
    return this.book.get(id);
  }

  private resume({ runId, device, stopAtStep }: CheckedInput<'runs.resume'>): RunSummary {
    const { id, state, name } = this.book.get(runId);
    requireResumable(state, name);
    this.queue.add({ runId: id, device, stopAtStep: stopAtStep ?? null });
    return this.book.get(id);
  }

  private async end(runId: string, ending: Exclude<Ending, 'hand-over'>): Promise<RunSummary> {
    const { id } = this.book.get(runId);
    await this.queue.end(id, ending);
    return this.book.get(id);
  }

  private label(runId: string, labels: RunLabels): RunSummary {
    const { id } = this.book.get(runId);
    if (labels.name !== undefined) this.requireFreeName(labels.name, id);
    return this.book.update(id, labels);
  }

  private requireFreeName(name: string, exceptId?: string): void {
    // A name is used in RUN@STEP and `last`, so it must not look like either.
    if (!/^[^@/\\\p{Cc}]+$/u.test(name) || name === 'last' || name.trim() !== name) {
      throw new EngineError('run-name-invalid', `"${name}" cannot be the name of a run.`, {
        hint: 'Leave out @, / and \\, spaces at either end, and do not call it "last".',
      });
    }
    const taken = this.book.store.runs.find(name);
    if (!taken || taken.id === exceptId) return;
    throw new EngineError('run-name-taken', `There is a run "${name}" already.`, {
      hint: 'Choose another name.',
    });
  }

  private async remove(runId: string): Promise<void> {
    const { id, state, name } = this.book.get(runId);
    if (state === 'running') {
      throw new EngineError('run-is-running', `The run "${name}" is running.`, { hint: 'Stop it first.' });
    }
    this.book.store.runs.remove(id);
    this.book.bus.emit('run.removed', { runId: id });
    if (state === 'queued') this.queue.tellOrder();
    await rm(this.book.folder(id).path, { recursive: true, force: true });
  }
}
