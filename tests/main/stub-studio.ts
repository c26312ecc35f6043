// A studio whose engine is the stub, with a dataset and settings to begin a run with.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultsOf, presets, trainingFields, type RunSettings } from '../../engine/index.ts';
import type { RunState, RunSummary, Studio } from '../../preload/contract.ts';
import type { HangLimits } from '../../main/engine-host/hang-watch.ts';
import { openStudio, type OpenStudio } from '../../main/studio/studio.ts';
import { sourceArguments } from './run-source.ts';
import type { StubPlan } from './stub-engine.ts';

/** The options that make a studio use the stub. */
export function stubOptions(plan: StubPlan, hangLimits?: HangLimits) {
  return {
    startQueue: true,
    hangLimits,
    launch: () =>
      Promise.resolve({
        file: process.execPath,
        args: sourceArguments('tests/main/stub-engine.ts'),
        env: { HEDDLE_STUB: JSON.stringify(plan) },
      }),
  };
}

/** Opens a studio of a home with the stub as its engine. */
export function openStubStudio(home: string, plan: StubPlan, hangLimits?: HangLimits): Promise<OpenStudio> {
  return openStudio(home, stubOptions(plan, hangLimits));
}

export const anyDevice = { device: 'cpu' as const };

/** Settings of a small run. */
export function someSettings(training: Partial<RunSettings['training']> = {}): RunSettings {
  return {
    ...presets[0]!.settings,
    training: { ...defaultsOf(trainingFields), maxSteps: 20, ...training },
  };
}

/** Imports a text and creates a run on it. */
export async function beginRun(
  studio: Studio,
  folder: string,
  options: { name?: string; stopAtStep?: number; training?: Partial<RunSettings['training']> } = {},
): Promise<RunSummary> {
  const file = join(folder, 'begin.txt');
  writeFileSync(file, 'Once upon a time there was a loom.\n'.repeat(20));
  const { id: datasetId } = await studio.call('datasets.import', { sources: [file] });
  const { name, stopAtStep, training } = options;
  return studio.call('runs.create', {
    datasetId,
    name,
    settings: someSettings(training),
    device: anyDevice,
    stopAtStep,
  });
}

/** Resolves with the run as soon as it is in one of the states. */
export function untilState(studio: Studio, runId: string, ...states: RunState[]): Promise<RunSummary> {
  return new Promise((resolve, reject) => {
    const stop = studio.on('run.updated', (summary) => look(summary));
    const look = (summary: RunSummary): void => {
      if (summary.id !== runId || !states.includes(summary.state)) return;
      stop();
      resolve(summary);
    };
    studio.call('runs.get', { runId }).then(({ summary }) => look(summary), reject);
  });
}
