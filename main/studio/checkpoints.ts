// Finds the checkpoint that a reference means: RUN (its best), RUN@best, RUN@last, RUN@STEP, `last`,
// `weights:ID`, or a folder. A run is named by its id or its name, and so are opened weights.

import { realpath, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, resolve, sep } from 'node:path';
import {
  dataFields,
  defaultsOf,
  EngineError,
  settingsSchemaVersion,
  tuningFields,
} from '../../engine/index.ts';
import type { CallOutput, Checkpoint, RunState } from '../../preload/contract.ts';
import { readManifest } from '../engine-host/checkpoint-folder.ts';
import { usedSettings } from '../engine-host/evaluate-request.ts';
import { findModelFiles, looksLikeModel } from '../engine-host/model-files.ts';
import { openModelSource } from '../engine-host/model-source.ts';
import type { AreaHandlers } from './handlers.ts';
import type { RunBook } from './run-book.ts';
import { checkpointPath } from './run-folder.ts';
import type { Weights } from './weights.ts';

const weightsPrefix = 'weights:';
/** In these a run goes on from its newest checkpoint, of its own accord or when it is told to. */
const goingOn: ReadonlySet<RunState> = new Set(['running', 'queued', 'paused', 'crashed']);

export class Checkpoints {
  readonly handlers: AreaHandlers<'checkpoints'>;
  private readonly book: RunBook;
  private readonly weights: Weights;

  constructor(book: RunBook, weights: Weights) {
    this.book = book;
    this.weights = weights;
    this.handlers = {
      'checkpoints.list': () => this.book.store.runs.list().flatMap(({ id }) => this.book.checkpoints(id)),
      'checkpoints.resolve': ({ checkpoint }) => this.resolve(checkpoint),
      'checkpoints.mark': ({ runId, step, isMarked }) => this.mark(runId, step, isMarked),
      'checkpoints.remove': async ({ runId, step }) => {
        await this.remove(runId, step);
        return {};
      },
      'checkpoints.settings': ({ checkpoint }) => this.settings(checkpoint),
    };
  }

  /** Throws `run-not-found`, `weights-unknown` or `checkpoint-not-found`. */
  async resolve(reference: string): Promise<Checkpoint> {
    const weightsId = weightsIdOf(reference);
    if (weightsId !== null) return this.fromWeights(weightsId);
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

  /** What a checkpoint is called in records that outlive it: "amber-loom, step 500". */
  label({ runId, reference, path, step }: Checkpoint): string {
    const run = runId === null ? null : this.book.store.runs.get(runId);
    if (run) return `${run.name}, step ${step}`;
    const weightsId = weightsIdOf(reference);
    const weights = weightsId === null ? null : this.book.store.weights.find(weightsId);
    return weights?.name ?? basename(path);
  }

  private mark(runId: string, step: number, isMarked: boolean): Checkpoint {
    const { id, name } = this.book.get(runId);
    this.book.store.checkpoints.mark(id, step, isMarked);
    const checkpoint = this.book.tellCheckpoint(id, step);
    if (!checkpoint) throw noSuchStep(name, step);
    return checkpoint;
  }

  /** Throws `checkpoint-needed` for the only one of a run that would go on from it. */
  private async remove(runId: string, step: number): Promise<void> {
    const { id, name, state } = this.book.get(runId);
    const { checkpoints } = this.book.store;
    const rows = checkpoints.list(id);
    if (!rows.some((row) => row.step === step)) throw noSuchStep(name, step);
    if (rows.length === 1 && goingOn.has(state)) {
      throw new EngineError(
        'checkpoint-needed',
        `Step ${step} is the only checkpoint of "${name}", which is ${state} and goes on from it.`,
        { hint: 'Stop the run first, or wait for its next checkpoint.' },
      );
    }
    // The row goes first: a row must never point to a folder that is not there.
    this.book.forgetCheckpoints(id, [step]);
    await rm(checkpointPath(this.book.folder(id), step), { recursive: true, force: true });
  }

  /** A checkpoint's settings, or those that a model's files tell; its tokenizer comes with it either way. */
  async settings(reference: string): Promise<CallOutput<'checkpoints.settings'>> {
    const { path, runId } = await this.resolve(reference);
    const source = await openModelSource([path], { verifiesHashes: false });
    await source.close();
    const told = {
      schemaVersion: settingsSchemaVersion,
      task: usedSettings(source).task,
      preset: null,
      model: source.model,
      data: defaultsOf(dataFields),
      tuning: defaultsOf(tuningFields),
      labels: [],
    };
    const datasetId = runId === null ? null : (this.book.store.runs.get(runId)?.datasetId ?? null);
    return { settings: source.settings ?? told, datasetId };
  }

  private fromWeights(word: string): Checkpoint {
    const { id, sizeBytes, createdAtMs } = this.weights.get(word);
    return outsideRun(`${weightsPrefix}${id}`, this.weights.folder(id), { sizeBytes, createdAtMs });
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

  /** A reference that is a path to a folder: a checkpoint of this home or any other, or Hugging Face files. */
  private async fromFolder(reference: string): Promise<Checkpoint | null> {
    if (!reference.includes('/') && !reference.includes(sep)) return null;
    const path = resolve(reference);
    if (!isAbsolute(reference) && !(await stat(path).catch(() => null))) return null;
    const manifest = await readManifest(path);
    if (!manifest) return fromModelFolder(path);
    const real = await realpath(path);
    for (const run of this.book.store.runs.list()) {
      for (const checkpoint of this.book.checkpoints(run.id)) if (checkpoint.path === real) return checkpoint;
    }
    const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const { step, createdAtMs } = manifest;
    return outsideRun(real, real, { step, sizeBytes, createdAtMs });
  }
}

/** The id or name in a reference to opened weights; null of any other reference. */
export function weightsIdOf(reference: string): string | null {
  return reference.startsWith(weightsPrefix) ? reference.slice(weightsPrefix.length) : null;
}

/** A folder of Hugging Face files; what they hold is checked by whoever opens them. */
async function fromModelFolder(path: string): Promise<Checkpoint> {
  const files = await findModelFiles([path]).catch(() => null);
  if (!files || !looksLikeModel(files)) {
    throw new EngineError('checkpoint-not-found', `${path} holds no whole checkpoint and no model.`, {
      hint: 'Name a run, RUN@STEP, a folder under checkpoints/ of a run, or a Hugging Face model folder.',
    });
  }
  const found = await Promise.all([...files.values()].map((file) => stat(file)));
  const sizeBytes = found.reduce((sum, { size }) => sum + size, 0);
  const real = await realpath(path);
  return outsideRun(real, real, { sizeBytes, createdAtMs: Math.max(...found.map(({ mtimeMs }) => mtimeMs)) });
}

/** A checkpoint that no run of this home owns. */
function outsideRun(
  reference: string,
  path: string,
  about: Pick<Checkpoint, 'sizeBytes' | 'createdAtMs'> & { step?: number },
): Checkpoint {
  return { reference, runId: null, step: 0, path, evalLoss: null, isBest: false, isMarked: false, ...about };
}

function noSuchStep(name: string, step: number): EngineError {
  return new EngineError('checkpoint-not-found', `The run "${name}" has no checkpoint of step ${step}.`, {
    hint: `See them with "heddle runs ${name}".`,
  });
}
