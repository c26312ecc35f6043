// Runs: made, queued, paused, resumed, stopped, renamed, removed; their record as the contract shows it.

import { mkdir, rm } from 'node:fs/promises';
import { ulid } from 'ulid';
import { countParameters, EngineError, parseRunSettings } from '../../engine/index.ts';
import type { RunDetail, RunSummary } from '../../preload/contract.ts';
import type { RunQueue } from '../jobs/queue.ts';
import { requireResumable, type Ending } from '../jobs/run-job.ts';
import type { Datasets } from './datasets.ts';
import { writeWhole } from './durable-file.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { RunBook } from './run-book.ts';
import { readRunSettings } from './run-folder.ts';
import { newRunName } from './run-names.ts';

/** Runs have this many colours of their own. */
const colorCount = 8;

export class Runs {
  readonly handlers: AreaHandlers<'runs'>;
  private readonly book: RunBook;
  private readonly datasets: Datasets;
  private readonly queue: RunQueue;

  constructor(book: RunBook, datasets: Datasets, queue: RunQueue) {
    this.book = book;
    this.datasets = datasets;
    this.queue = queue;
    this.handlers = {
      'runs.list': () => this.book.store.runs.list(),
      'runs.get': ({ runId }) => this.detail(runId),
      'runs.metrics': ({ runId, afterStep }) =>
        this.book.store.metrics.list(this.book.get(runId).id, afterStep),
      'runs.create': (input) => this.create(input),
      'runs.resume': (input) => this.resume(input),
      'runs.pause': ({ runId }) => this.end(runId, 'pause'),
      'runs.stop': ({ runId, save }) => this.end(runId, save ? 'stop' : 'stop-now'),
      'runs.rename': ({ runId, name }) => this.rename(runId, name),
      'runs.remove': async ({ runId }) => {
        await this.remove(runId);
        return {};
      },
    };
  }

  private async detail(runId: string): Promise<RunDetail> {
    const summary = this.book.get(runId);
    const { samples, events } = this.book.store;
    return {
      summary,
      settings: await readRunSettings(this.book.folder(summary.id)),
      checkpoints: this.book.checkpoints(summary.id),
      samples: samples.list(summary.id),
      events: events.list(summary.id),
    };
  }

  private async create(input: CheckedInput<'runs.create'>): Promise<RunSummary> {
    const settings = parseRunSettings(input.settings);
    const dataset = this.datasets.get(input.datasetId);
    const { runs } = this.book.store;
    if (input.name !== undefined) this.requireFreeName(input.name);
    const all = runs.list();
    const id = ulid();
    const folder = this.book.folder(id);
    await mkdir(folder.checkpointsFolder, { recursive: true, mode: 0o700 });
    await writeWhole(folder.settingsFile, JSON.stringify(settings, null, 2));
    runs.insert({
      id,
      name: input.name ?? newRunName((name) => runs.find(name) !== null),
      state: 'queued',
      phase: '',
      datasetId: dataset.id,
      datasetName: dataset.name,
      preset: settings.preset,
      color: all.length === 0 ? 0 : (all[0]!.color + 1) % colorCount,
      createdAtMs: Date.now(),
      startedAtMs: null,
      finishedAtMs: null,
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
      error: null,
    });
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

  private rename(runId: string, name: string): RunSummary {
    const { id } = this.book.get(runId);
    this.requireFreeName(name, id);
    return this.book.update(id, { name });
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
    await rm(this.book.folder(id).path, { recursive: true, force: true });
  }
}
