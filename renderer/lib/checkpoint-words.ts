// What a checkpoint is called, and what its reference stands for. Nothing of Vue.

import type { Checkpoint, RunSummary, Weights } from '../../preload/contract.ts';
import { formatInteger } from './format.ts';

const weightsPrefix = 'weights:';

/** The reference of opened weights. */
export function weightsReference(weightsId: string): string {
  return `${weightsPrefix}${weightsId}`;
}

/** The id of the opened weights that a reference stands for, or null. */
export function weightsIdOf(reference: string): string | null {
  return reference.startsWith(weightsPrefix) ? reference.slice(weightsPrefix.length) : null;
}

/** The run and the checkpoint of it that a reference means: `RUN`, `RUN@best`, `RUN@last`, `RUN@STEP`. */
export function runReferenceOf(reference: string): { runId: string; which: string } | null {
  if (reference === '' || weightsIdOf(reference) !== null) return null;
  const at = reference.lastIndexOf('@');
  if (at < 0) return { runId: reference, which: 'best' };
  return { runId: reference.slice(0, at), which: reference.slice(at + 1) };
}

/** A checkpoint in words: `amber-loom, step 500`. */
export function checkpointName(
  run: Pick<RunSummary, 'name'> | undefined,
  { step }: { step: number },
): string {
  return `${run?.name ?? 'A removed run'}, step ${formatInteger(step)}`;
}

/** What is exported, talked to or begun with: a checkpoint of a run, or opened weights. */
export interface Model {
  readonly reference: string;
  readonly name: string;
  /** A name that may stand in the name of a file: `amber-loom-500`. */
  readonly fileName: string;
  readonly parameterCount: number | null;
}

/** A checkpoint of a run as a model. */
export function modelOfCheckpoint(checkpoint: Checkpoint, run: RunSummary | undefined): Model {
  return {
    reference: checkpoint.reference,
    name: checkpointName(run, checkpoint),
    fileName: `${run?.name ?? 'model'}-${checkpoint.step}`,
    parameterCount: run?.parameterCount || null,
  };
}

/** Opened weights as a model. */
export function modelOfWeights({ id, name, parameterCount }: Weights): Model {
  return { reference: weightsReference(id), name, fileName: name, parameterCount };
}
