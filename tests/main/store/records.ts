// Records to put into a store, whole and plain, for tests that need some.

import type { Dataset, RunSummary } from '../../../preload/contract.ts';

/** A text dataset. */
export function newDataset(id: string, changes: Partial<Dataset> = {}): Dataset {
  return {
    id,
    name: `dataset ${id}`,
    kind: 'text',
    columns: [],
    textColumn: '',
    rowCount: 3,
    characterCount: 30,
    sizeBytes: 30,
    contentHash: `hash ${id}`,
    sourceName: 'a.txt',
    createdAtMs: 1,
    ...changes,
  };
}

/** A run that waits. */
export function newRun(id: string, datasetId: string, changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    name: `run ${id}`,
    kind: 'pretrain',
    parent: null,
    state: 'queued',
    phase: '',
    datasetId,
    datasetName: `dataset ${datasetId}`,
    preset: null,
    color: 0,
    isStarred: false,
    isPinned: false,
    isArchived: false,
    tags: [],
    note: '',
    createdAtMs: 1,
    startedAtMs: null,
    finishedAtMs: null,
    activeMs: 0,
    step: 0,
    totalSteps: 10,
    epoch: 0,
    totalEpochs: 1,
    parameterCount: 100,
    memoryBytes: 0,
    tokensPerSecond: null,
    etaMs: null,
    trainLoss: null,
    evalLoss: null,
    bestEvalLoss: null,
    bestStep: null,
    task: 'text',
    method: 'full',
    deviceKind: null,
    deviceName: '',
    appVersion: '',
    error: null,
    ...changes,
  };
}
