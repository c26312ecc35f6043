// The rows of the checkpoints' page: every saved state of every run, and weights opened from files, as one list
// that can be narrowed. Nothing of Vue.

import type { Checkpoint, RunSummary, Weights } from '../../preload/contract.ts';
import { modelOfCheckpoint, modelOfWeights, type Model } from './checkpoint-words.ts';

export type ModelMark = 'best' | 'last' | 'kept' | 'opened';

export interface ModelRow extends Model {
  /** Null for opened weights. */
  readonly checkpoint: Checkpoint | null;
  /** Null for checkpoints of runs. */
  readonly weights: Weights | null;
  readonly run: RunSummary | null;
  readonly step: number | null;
  readonly evalLoss: number | null;
  readonly sizeBytes: number;
  readonly createdAtMs: number;
  readonly marks: readonly ModelMark[];
}

export interface ModelFilter {
  readonly words: string;
  /** A run's id, or null for all. */
  readonly runId: string | null;
  readonly mark: ModelMark | null;
}

/** All rows, newest first. */
export function modelRows(
  checkpoints: readonly Checkpoint[],
  weights: readonly Weights[],
  runs: ReadonlyMap<string, RunSummary>,
): ModelRow[] {
  const lastSteps = new Map<string, number>();
  for (const { runId, step } of checkpoints)
    if (runId !== null) lastSteps.set(runId, Math.max(step, lastSteps.get(runId) ?? 0));
  return [
    ...checkpoints.map((checkpoint) => checkpointRow(checkpoint, runs, lastSteps)),
    ...weights.map(weightsRow),
  ].sort((a, b) => b.createdAtMs - a.createdAtMs || (b.step ?? 0) - (a.step ?? 0));
}

function checkpointRow(
  checkpoint: Checkpoint,
  runs: ReadonlyMap<string, RunSummary>,
  lastSteps: ReadonlyMap<string, number>,
): ModelRow {
  const { runId, step, evalLoss, sizeBytes, createdAtMs, isBest, isMarked } = checkpoint;
  const run = runId === null ? undefined : runs.get(runId);
  const marks: ModelMark[] = [];
  if (isBest) marks.push('best');
  if (runId !== null && lastSteps.get(runId) === step) marks.push('last');
  if (isMarked) marks.push('kept');
  return {
    ...modelOfCheckpoint(checkpoint, run),
    checkpoint,
    weights: null,
    run: run ?? null,
    step,
    evalLoss,
    sizeBytes,
    createdAtMs,
    marks,
  };
}

function weightsRow(weights: Weights): ModelRow {
  const { sizeBytes, createdAtMs } = weights;
  return {
    ...modelOfWeights(weights),
    checkpoint: null,
    weights,
    run: null,
    step: null,
    evalLoss: null,
    sizeBytes,
    createdAtMs,
    marks: ['opened'],
  };
}

/** The rows that fit a filter. */
export function filterRows(rows: readonly ModelRow[], { words, runId, mark }: ModelFilter): ModelRow[] {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (runId !== null && row.checkpoint?.runId !== runId) return false;
    if (mark !== null && !row.marks.includes(mark)) return false;
    const text = [row.name, row.fileName, row.run?.datasetName, row.weights?.sourceName, ...row.marks]
      .join(' ')
      .toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
