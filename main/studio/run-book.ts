// Changes to the record of runs, each told to whoever listens in the same breath. Every other part changes
// a run through here, so that no change goes unheard.

import { EngineError, withChange, type SettingChange } from '../../engine/index.ts';
import type { Checkpoint, RunSummary } from '../../preload/contract.ts';
import type { CheckpointRow } from '../store/checkpoints.ts';
import type { RunChange } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';
import type { HomePaths } from './home.ts';
import { bestStepOf } from './keep-policy.ts';
import { checkpointPath, runFolder, type RunFolder } from './run-folder.ts';

export class RunBook {
  readonly store: Store;
  readonly bus: EventBus;
  readonly paths: HomePaths;

  constructor(store: Store, bus: EventBus, paths: HomePaths) {
    this.store = store;
    this.bus = bus;
    this.paths = paths;
  }

  /** A run by id or name; throws `run-not-found`. */
  get(idOrName: string): RunSummary {
    const run = this.store.runs.find(idOrName);
    if (run) return run;
    throw new EngineError('run-not-found', `There is no run "${idOrName}".`, {
      hint: 'See what there is with "heddle runs".',
    });
  }

  folder(runId: string): RunFolder {
    return runFolder(this.paths.runsFolder, runId);
  }

  update(runId: string, change: RunChange): RunSummary {
    this.store.runs.update(runId, change);
    const run = this.get(runId);
    this.bus.emit('run.updated', run);
    return run;
  }

  addEvent(runId: string, key: string, value: string): void {
    this.addEventAt(runId, this.get(runId).step, key, value);
  }

  private addEventAt(runId: string, step: number, key: string, value: string): void {
    const event = { step, timeMs: Date.now(), key, value };
    this.store.events.add(runId, event);
    this.bus.emit('run.event', { runId, event });
  }

  /** What was changed while a run ran: the newest word on each step. */
  changes(runId: string): SettingChange[] {
    return this.store.events
      .list(runId)
      .flatMap(({ step, key, value }) =>
        key === 'learningRate' ? [{ step, key, value: Number(value) } as const] : [],
      )
      .reduce<SettingChange[]>(withChange, []);
  }

  /** Writes down a change, unless it is known. */
  addChange(runId: string, { step, key, value }: SettingChange): void {
    const isKnown = this.changes(runId).some(
      (one) => one.key === key && one.step === step && one.value === value,
    );
    if (!isKnown) this.addEventAt(runId, step, key, String(value));
  }

  /** Writes down a checkpoint whose folder is whole, and says so. */
  addCheckpoint(row: CheckpointRow): void {
    const { runId, step } = row;
    this.store.checkpoints.add(row);
    this.keepBest(runId, step);
    this.tellCheckpoint(runId, step);
  }

  /** Forgets checkpoints and says so; their folders are the caller's, who deletes them afterwards. */
  forgetCheckpoints(runId: string, steps: Iterable<number>): void {
    for (const step of steps) {
      this.store.checkpoints.remove(runId, step);
      this.bus.emit('run.checkpointRemoved', { runId, step });
    }
    this.keepBest(runId);
  }

  /** Says how a checkpoint is now, if it exists; gives it. */
  tellCheckpoint(runId: string, step: number): Checkpoint | undefined {
    const checkpoint = this.checkpoints(runId).find((one) => one.step === step);
    if (checkpoint) this.bus.emit('run.checkpoint', checkpoint);
    return checkpoint;
  }

  /** The run says which of its checkpoints is the best, and one that has become it is told, but for `added`. */
  private keepBest(runId: string, added?: number): void {
    const run = this.get(runId);
    const best = this.checkpoints(runId).find(({ isBest }) => isBest);
    const bestStep = best?.step ?? null;
    const bestEvalLoss = best?.evalLoss ?? null;
    if (run.bestStep === bestStep && run.bestEvalLoss === bestEvalLoss) return;
    this.update(runId, { bestStep, bestEvalLoss });
    if (bestStep !== null && bestStep !== added) this.tellCheckpoint(runId, bestStep);
  }

  /** The checkpoints of a run in order of steps. */
  checkpoints(runId: string): Checkpoint[] {
    const rows = this.store.checkpoints.list(runId);
    const best = bestStepOf(rows);
    return rows.map((row) => this.asCheckpoint(row, row.step === best));
  }

  private asCheckpoint(row: CheckpointRow, isBest: boolean): Checkpoint {
    return {
      ...row,
      reference: `${row.runId}@${row.step}`,
      isBest,
      path: checkpointPath(this.folder(row.runId), row.step),
    };
  }
}
