// A home with forty runs in every state that a run can have, one of them of a million points, for the tests
// and pictures of the page. One run is really trained; the others borrow its checkpoint. The figures of the
// others are invented and the same every time.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunSettings } from '../../engine/config.ts';
import { openStore, type Store } from '../../main/store/store.ts';
import { homePaths } from '../../main/studio/home.ts';
import { checkpointPath, runFolder } from '../../main/studio/run-folder.ts';
import { openStudio } from '../../main/studio/studio.ts';
import type { Checkpoint, Evaluation, RunState, RunSummary } from '../../preload/contract.ts';
import {
  classFigures,
  inventedClasses,
  inventedExamples,
  translationFigures,
} from '../renderer/fake-evaluations.ts';
import { inventedEvalLoss, inventedPoints, inventedSample } from '../renderer/invented-run.ts';

const states: readonly RunState[] = [
  'finished',
  'finished',
  'finished',
  'paused',
  'failed',
  'stopped',
  'crashed',
];
const colours = ['amber', 'blue', 'green', 'violet', 'rose', 'teal', 'olive', 'indigo'];
const words = ['shuttle', 'weft', 'warp', 'reed', 'twill'];
const stepsOfOthers = 700;
const evalSteps = 50;

/** Evaluations 0 and 1 are translations of the same examples, 2 is of classes. */
export const seededEvaluation = (index: number): string => `01SEEDEVALUATION${index}`;

export interface SeededHome {
  /** The run that was really trained. */
  readonly real: RunSummary;
  /** The run of `pointCount` points. */
  readonly long: RunSummary;
}

/** Fills an empty home; `pointCount` steps are written for the long run. */
export async function seedHome(home: string, pointCount = 1_000_000): Promise<SeededHome> {
  const { real, settings, checkpoint, evaluation } = await trainOne(home);
  const store = openStore(home);
  try {
    for (let index = 0; index < 38; index++) addRun(store, home, { real, settings, checkpoint, index });
    addEvaluations(store, evaluation);
    return { real, long: addLongRun(store, home, { real, settings, pointCount }) };
  } finally {
    store.close();
  }
}

interface Origin {
  readonly real: RunSummary;
  readonly settings: RunSettings;
}

async function trainOne(home: string): Promise<Origin & { checkpoint: Checkpoint; evaluation: Evaluation }> {
  const studio = await openStudio(home);
  try {
    const { id: datasetId } = await studio.call('datasets.sample', {});
    const preset = (await studio.call('presets.list', {}))[0]!;
    const training = {
      ...preset.settings.training,
      maxSteps: 40,
      numTrainEpochs: 0,
      evalSteps: 20,
      warmupSteps: 5,
    };
    const ended = new Promise<RunSummary>((resolve) =>
      studio.on('run.updated', (run) => {
        if (run.finishedAtMs !== null && run.state !== 'running') resolve(run);
      }),
    );
    await studio.call('runs.create', {
      datasetId,
      name: 'amber-loom',
      settings: { ...preset.settings, training },
      device: { device: 'cpu' },
    });
    const real = await ended;
    if (real.state !== 'finished')
      throw new Error(`the seeding run ended as ${real.state}: ${real.error?.message}`);
    const { settings } = await studio.call('runs.get', { runId: real.id });
    const evaluation = await studio.call('evaluation.run', {
      checkpoint: real.id,
      device: { device: 'cpu' },
    });
    return { real, settings, checkpoint: evaluation.checkpoint, evaluation };
  } finally {
    await studio.close('pause');
  }
}

function addRun(
  store: Store,
  home: string,
  { real, settings, checkpoint, index }: Origin & { checkpoint: Checkpoint; index: number },
): void {
  const state = states[index % states.length]!;
  const isNonFinite = index === 3;
  const learningRate = 5e-4 * (1 + (index % 6));
  const lastStep = state === 'finished' ? stepsOfOthers : 60 + ((index * 37) % 500);
  const parent = {
    runId: real.id,
    weightsId: null,
    step: checkpoint.step,
    label: `${real.name}, step 40`,
    isFork: false,
  };
  const id = `01SEED${String(index).padStart(20, '0')}`;
  const bestStep = Math.min(lastStep, 400 + 50 * (index % 5));
  insertRun(
    store,
    home,
    {
      ...real,
      id,
      name: `${colours[index % colours.length]}-${words[Math.floor(index / colours.length)]}`,
      kind: index % 4 === 1 ? 'fine-tune' : 'pretrain',
      parent: index % 4 === 1 ? parent : index % 9 === 2 ? { ...parent, isFork: true } : null,
      state,
      color: (index + 1) % 8,
      isStarred: index % 11 === 0,
      isPinned: index === 5,
      isArchived: index % 13 === 12,
      tags: index % 3 === 0 ? ['sweep'] : [],
      note: index === 0 ? 'The first that wrote whole sentences.' : '',
      createdAtMs: real.createdAtMs - (index + 1) * 3_700_000,
      startedAtMs: real.createdAtMs - (index + 1) * 3_700_000 + 1_000,
      finishedAtMs: real.createdAtMs - (index + 1) * 3_700_000 + 90_000,
      activeMs: 60_000 + index * 1_000,
      step: lastStep,
      totalSteps: stepsOfOthers,
      epoch: lastStep / 120,
      totalEpochs: stepsOfOthers / 120,
      trainLoss: inventedEvalLoss(lastStep) - 0.1 + index / 100,
      evalLoss: inventedEvalLoss(lastStep) + index / 100,
      bestEvalLoss: inventedEvalLoss(bestStep) + index / 100,
      bestStep,
      error: isNonFinite
        ? {
            code: 'non-finite',
            message: `The loss of step ${lastStep} is not a number.`,
            hint: 'Resume it with a lower learning rate.',
          }
        : state === 'failed'
          ? { code: 'disk-full', message: 'The disk is full.', hint: 'Free some space and resume the run.' }
          : null,
    },
    { ...settings, training: { ...settings.training, learningRate, maxSteps: stepsOfOthers, evalSteps } },
  );
  for (let step = 1; step <= lastStep; step++) {
    const points = inventedPoints(step, evalSteps, stepsOfOthers);
    for (const point of points) {
      for (const key of ['train/loss', 'eval/loss']) {
        if (point.values[key] !== undefined) point.values[key] += index / 100;
      }
    }
    store.metrics.add(id, points);
    if (step % evalSteps === 0) store.samples.add(id, inventedSample(step, evalSteps));
  }
  store.events.add(id, { step: 0, timeMs: real.createdAtMs, key: 'started', value: '' });
  if (index % 5 === 0) return;
  const target = checkpointPath(runFolder(homePaths(home).runsFolder, id), checkpoint.step);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(checkpoint.path, target, { recursive: true });
  store.checkpoints.add({
    runId: id,
    step: checkpoint.step,
    evalLoss: inventedEvalLoss(checkpoint.step) + index / 100,
    isMarked: index % 7 === 0,
    sizeBytes: checkpoint.sizeBytes,
    createdAtMs: real.createdAtMs - index * 3_600_000,
  });
}

/** Two translations that differ, and a classification: what the real run is not made for. */
function addEvaluations(store: Store, evaluation: Evaluation): void {
  const { loss, perplexity } = translationFigures.metrics!;
  const invented: readonly Partial<Evaluation>[] = [
    translationFigures,
    { ...translationFigures, metrics: { loss, perplexity, bleu: 99, chrf: 99.5, exact_match: 0.96 } },
    classFigures,
  ];
  invented.forEach((change, index) => {
    const kept = { ...evaluation, datasetId: null, ...change, id: seededEvaluation(index) };
    const examples = index === 2 ? inventedClasses(50) : inventedExamples(250);
    const isWell = (place: number): boolean => index === 1 && place % 3 > 0;
    const written = examples.map((example, place) =>
      isWell(place) ? { ...example, output: example.target, score: 1 } : example,
    );
    const createdAtMs = evaluation.createdAtMs - (index + 1) * 3_700_000;
    store.evaluations.insert({ ...kept, createdAtMs, bleuTokenizer: '13a' }, written);
  });
}

function addLongRun(
  store: Store,
  home: string,
  { real, settings, pointCount }: Origin & { pointCount: number },
): RunSummary {
  const run: RunSummary = {
    ...real,
    id: '01SEEDLONG',
    name: 'a-million-points',
    step: pointCount,
    totalSteps: pointCount,
    color: 7,
  };
  insertRun(store, home, run, settings);
  const block = 20_000;
  for (let first = 1; first <= pointCount; first += block) {
    const steps = Array.from(
      { length: Math.min(block, pointCount - first + 1) },
      (_, index) => first + index,
    );
    store.metrics.add(
      run.id,
      steps.map((step) => ({
        step,
        epoch: step / 1_000,
        timeMs: real.createdAtMs + step * 60,
        values: { 'train/loss': 1.2 + 3 * Math.exp(-step / 90_000) + 0.1 * Math.sin(step * 12.9898) },
      })),
    );
  }
  return run;
}

function insertRun(store: Store, home: string, run: RunSummary, settings: RunSettings): void {
  store.runs.insert(run);
  const folder = runFolder(homePaths(home).runsFolder, run.id);
  mkdirSync(folder.checkpointsFolder, { recursive: true });
  writeFileSync(folder.settingsFile, JSON.stringify(settings, null, 2));
}
