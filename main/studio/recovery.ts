// Makes record and disk agree: whole checkpoint folders without a row are taken in, with the figures they
// carry; rows without a folder and folders that are not whole go. Doing it twice changes nothing.

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listCheckpoints, stagedBy, type Manifest } from '../engine-host/checkpoint-folder.ts';
import { parseRecord, recordName } from '../engine-host/run-record.ts';
import { isAlive } from './process-alive.ts';
import type { RunBook } from './run-book.ts';
import { checkpointPath } from './run-folder.ts';

/** After a start: nothing runs yet, so what was running had crashed, and what is half written is left over. */
export async function recover(book: RunBook): Promise<void> {
  for (const run of book.store.runs.list()) {
    await adoptCheckpoints(book, run.id);
    if (run.state !== 'running') continue;
    book.update(run.id, { state: 'crashed', phase: '', etaMs: null, finishedAtMs: Date.now() });
    book.addEvent(run.id, 'crashed', 'Heddle ended while this run was running.');
  }
  await removeStrangers(book.paths.runsFolder, (id) => book.store.runs.get(id) !== null);
  await removeStrangers(book.paths.datasetsFolder, (id) => book.store.datasets.get(id) !== null);
  await removeStrangers(book.paths.weightsFolder, (id) => book.store.weights.find(id)?.id === id);
  await removeStrangers(book.paths.tokenizersFolder, (id) => book.store.tokenizers.get(id) !== null);
  await removeStrangers(book.paths.tokensFolder, (name) => !isLeftOver(name));
  await removeStrangers(book.paths.exportsFolder, (name) => !isLeftOver(name));
}

/** Takes in the checkpoints of one run that are whole on disk, and forgets those that are not. */
export async function adoptCheckpoints(book: RunBook, runId: string): Promise<void> {
  const folder = book.folder(runId);
  const { whole, others } = await listCheckpoints(folder.checkpointsFolder);
  const known = new Set(book.store.checkpoints.list(runId).map(({ step }) => step));
  for (const manifest of whole) {
    if (!known.delete(manifest.step)) await adopt(book, runId, manifest);
  }
  book.forgetCheckpoints(runId, known);
  for (const name of others) {
    const writer = stagedBy(name);
    // An engine whose main has died may still be saving.
    if (writer !== null && isAlive(writer)) continue;
    await rm(join(folder.checkpointsFolder, name), { recursive: true, force: true });
  }
}

async function adopt(book: RunBook, runId: string, { step, createdAtMs, files }: Manifest): Promise<void> {
  const path = checkpointPath(book.folder(runId), step);
  const text = await readFile(join(path, recordName), 'utf8').catch(() => null);
  const record = text === null ? null : parseRecord(text);
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const evalLoss = record?.evalLoss ?? null;
  book.store.transaction(() => {
    if (record) book.store.metrics.add(runId, record.points);
    for (const sample of record?.samples ?? []) book.store.samples.add(runId, sample);
    book.addCheckpoint({ runId, step, evalLoss, isMarked: false, sizeBytes, createdAtMs });
  });
  const run = book.get(runId);
  if (step > run.step) book.update(runId, { step, epoch: record?.points.at(-1)?.epoch ?? run.epoch });
  book.addEvent(runId, 'checkpoint-found', `A checkpoint of step ${step} was found and taken in.`);
}

async function removeStrangers(folder: string, isKnown: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!isKnown(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** A folder that a process which is gone was writing. */
function isLeftOver(name: string): boolean {
  const match = /\.staged-(\d+)$/.exec(name);
  return match !== null && !isAlive(Number(match[1]));
}
