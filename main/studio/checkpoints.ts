// Finds the checkpoint that a reference means: RUN (its best), RUN@best, RUN@last, RUN@STEP, `last`, or a
// folder. A run is named by its id or its name.

import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import type { Checkpoint } from '../../preload/contract.ts';
import { readManifest } from '../engine-host/checkpoint-folder.ts';
import type { AreaHandlers } from './handlers.ts';
import type { RunBook } from './run-book.ts';

export class Checkpoints {
  readonly handlers: AreaHandlers<'checkpoints'>;
  private readonly book: RunBook;

  constructor(book: RunBook) {
    this.book = book;
    this.handlers = {
      'checkpoints.resolve': ({ checkpoint }) => this.resolve(checkpoint),
      'checkpoints.mark': ({ runId, step, isMarked }) => this.mark(runId, step, isMarked),
    };
  }

  /** Throws `run-not-found` or `checkpoint-not-found`. */
  async resolve(reference: string): Promise<Checkpoint> {
    const folder = await this.fromFolder(reference);
    if (folder) return folder;
    const at = reference.lastIndexOf('@');
    const runName = at < 0 ? reference : reference.slice(0, at);
    const which = at < 0 ? 'best' : reference.slice(at + 1);
    const run = runName === 'last' ? this.lastRun() : this.book.get(runName);
    const checkpoints = this.book.checkpoints(run.id);
    const last = checkpoints.at(-1);
    if (!last) {
      throw new EngineError('checkpoint-not-found', `The run "${run.name}" has no checkpoint yet.`, {
        hint: 'One is saved at its first evaluation and at least every minute.',
      });
    }
    if (which === 'last') return last;
    if (which === 'best') return checkpoints.find(({ isBest }) => isBest) ?? last;
    const found = checkpoints.find(({ step }) => String(step) === which);
    if (found) return found;
    const steps = checkpoints.map(({ step }) => step).join(', ');
    throw new EngineError('checkpoint-not-found', `The run "${run.name}" has no checkpoint "${which}".`, {
      hint: `It has best, last and the steps ${steps}.`,
    });
  }

  private mark(runId: string, step: number, isMarked: boolean): Checkpoint {
    const { id, name } = this.book.get(runId);
    this.book.store.checkpoints.mark(id, step, isMarked);
    const checkpoint = this.book.checkpoints(id).find((one) => one.step === step);
    if (!checkpoint) {
      throw new EngineError('checkpoint-not-found', `The run "${name}" has no checkpoint of step ${step}.`, {
        hint: `See them with "heddle runs ${name}".`,
      });
    }
    this.book.bus.emit('run.checkpoint', checkpoint);
    return checkpoint;
  }

  /** The newest run that has a checkpoint, else the newest run. */
  private lastRun() {
    const runs = this.book.store.runs.list();
    const run = runs.find(({ id }) => this.book.store.checkpoints.list(id).length > 0) ?? runs[0];
    if (run) return run;
    throw new EngineError('run-not-found', 'There is no run yet.', {
      hint: 'Train one with "heddle train".',
    });
  }

  /** A reference that is a path to a checkpoint folder, of this home or any other. */
  private async fromFolder(reference: string): Promise<Checkpoint | null> {
    if (!reference.includes('/') && !reference.includes(sep)) return null;
    const path = resolve(reference);
    if (!isAbsolute(reference) && !(await stat(path).catch(() => null))) return null;
    const manifest = await readManifest(path);
    if (!manifest) {
      throw new EngineError('checkpoint-not-found', `${path} holds no whole checkpoint.`, {
        hint: 'Name a run, RUN@STEP, or a folder under checkpoints/ of a run.',
      });
    }
    const real = await realpath(path);
    for (const run of this.book.store.runs.list()) {
      for (const checkpoint of this.book.checkpoints(run.id)) if (checkpoint.path === real) return checkpoint;
    }
    const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const { step, createdAtMs } = manifest;
    return {
      runId: 'folder',
      step,
      path: real,
      evalLoss: null,
      isBest: false,
      isMarked: false,
      sizeBytes,
      createdAtMs,
    };
  }
}
