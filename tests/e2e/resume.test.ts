// Resuming through the real command line, in processes of their own: a run that was stopped, or whose engine
// or main was killed, ends with the same bytes and the same record as one that nothing disturbed.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../main/temp-folder.ts';
import { linesOf } from '../main/run-source.ts';
import { buildHeddle, heddle, startHeddle, type RunningHeddle } from './command-line.ts';
import { enginePid, isRunning, killHard, namesIn, onlyRunFolder, until } from './engine-process.ts';
import { readOnlyRun, type FinishedRun } from './finished-run.ts';
import { folderChanges, killMoments, type KillMoment } from './kill-moments.ts';

/** Long enough for a busy machine; on two quiet cores each test takes a fraction of it. */
const limitMs = 300_000;
const { path } = tempFolder();

const settings = {
  'hidden-size': 48,
  'num-hidden-layers': 2,
  'num-attention-heads': 3,
  'intermediate-size': 100,
  'max-position-embeddings': 24,
  'use-bias': true,
  'embd-pdrop': 0.1,
  'resid-pdrop': 0.1,
  'attn-pdrop': 0.1,
  'per-device-train-batch-size': 5,
  'gradient-accumulation-steps': 3,
  'warmup-steps': 4,
  'eval-steps': 7,
  'eval-batches': 2,
  'sample-tokens': 12,
  'max-steps': 30,
};

function flags(
  changes: Partial<Record<keyof typeof settings | 'save-steps' | 'device', number | string>> = {},
) {
  return Object.entries({ device: 'cpu', ...settings, ...changes }).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
}

function expectSame(run: FinishedRun, straight: FinishedRun): void {
  expect(run.weights).toEqual(straight.weights);
  expect(run.metrics).toEqual(straight.metrics);
  const { step, trainLoss, evalLoss, bestStep, bestEvalLoss } = straight.summary;
  expect(run.summary).toMatchObject({
    state: 'finished',
    error: null,
    step,
    trainLoss,
    evalLoss,
    bestStep,
    bestEvalLoss,
  });
}

beforeAll(buildHeddle, limitMs);

describe('a run that was stopped goes on in another process', () => {
  it(
    'bit for bit on the CPU, with another number of threads',
    async () => {
      const [straight, stopped] = [path('straight'), path('stopped')];
      await heddle(straight, 'train', ...flags(), '--threads', '2');
      const first = await heddle(stopped, 'train', ...flags(), '--threads', '2', '--stop-at', '11');
      expect(first.at(-1)).toMatchObject({ event: 'done', state: 'stopped', step: 11 });
      const second = await heddle(stopped, 'train', '--resume', 'last', '--device', 'cpu', '--threads', '1');
      expect(second.find(({ event }) => event === 'start')).toMatchObject({ step: 11, totalSteps: 30 });
      const run = readOnlyRun(straight);
      expect(run.metrics).toHaveLength(30);
      expect(run.metrics.filter((figures) => 'eval/loss' in figures).map(({ step }) => step)).toEqual([
        7, 14, 21, 28, 30,
      ]);
      expectSame(readOnlyRun(stopped), run);
      expect(readOnlyRun(stopped).samples).toEqual(run.samples);
      expect(run.samples.map(({ step }) => step)).toEqual([7, 14, 21, 28, 30]);
    },
    limitMs,
  );

  it(
    'bit for bit on WebGPU',
    async () => {
      const tiny = {
        device: 'webgpu',
        'hidden-size': 16,
        'num-hidden-layers': 1,
        'num-attention-heads': 2,
        'intermediate-size': 24,
        'max-position-embeddings': 12,
        'per-device-train-batch-size': 2,
        'eval-steps': 4,
        'eval-batches': 1,
        'sample-tokens': 4,
        'max-steps': 9,
      };
      const [straight, stopped] = [path('straight'), path('stopped')];
      const start = (await heddle(straight, 'train', ...flags(tiny))).find(({ event }) => event === 'start');
      expect(start).toMatchObject({ device: 'webgpu' });
      await heddle(stopped, 'train', ...flags(tiny), '--stop-at', '5');
      await heddle(stopped, 'train', '--resume', 'last', '--device', 'webgpu');
      expectSame(readOnlyRun(stopped), readOnlyRun(straight));
    },
    limitMs,
  );
});

describe('kill -9', () => {
  const started: RunningHeddle[] = [];
  const start = (...args: Parameters<typeof startHeddle>): RunningHeddle => {
    const running = startHeddle(...args);
    started.push(running);
    return running;
  };
  afterAll(() => started.forEach(({ child }) => child.kill('SIGKILL')));

  it(
    'at 20 moments, saving included, changes neither the weights nor the record',
    async () => {
      const [straight, killed] = [path('straight'), path('killed')];
      const long = flags({ 'max-steps': 160, 'save-steps': 2, 'eval-steps': 20 });
      await heddle(straight, 'train', ...long, '--threads', '2');

      let main = start(killed, 'train', ...long, '--threads', '1');
      const goOn = (threads: number): RunningHeddle =>
        start(killed, 'train', '--resume', 'last', '--device', 'cpu', '--threads', String(threads));
      let engine = 0;
      let brokenSaves = 0;
      for (const moment of killMoments(1, 20)) {
        engine = await killAt(moment, main, killed, engine);
        if (moment.victim === 'engine' && isHalfSaved(killed, engine)) brokenSaves++;
        if (moment.victim === 'engine') continue;
        await main.ended;
        main = goOn(moment.threads);
      }
      const { stdout } = await main.ended;
      expect(linesOf(stdout).at(-1)).toMatchObject({ event: 'done', state: 'finished', step: 160 });

      const [run, expected] = [readOnlyRun(killed), readOnlyRun(straight)];
      expectSame(run, expected);
      // A text that was being written when its process was killed is not written again.
      expect(expected.samples).toEqual(expect.arrayContaining([...run.samples]));
      expect(run.metrics.map(({ step }) => step)).toEqual(Array.from({ length: 160 }, (_, i) => i + 1));
      expect(run.eventKeys.filter((key) => key === 'restarted').length).toBeGreaterThan(0);
      expect(brokenSaves).toBeGreaterThan(0);
      expect(run.checkpointNames.filter((name) => !/^\d+$/.test(name))).toEqual([]);
    },
    limitMs,
  );

  it(
    'of main lets the engine save and end',
    async () => {
      const home = path('orphan');
      const main = start(home, 'train', ...flags({ 'max-steps': 1_000_000, 'eval-steps': 0 }));
      const pid = await until('the engine', () => enginePid(home));
      await untilEvent(main, 'step');
      killHard(main.child.pid!);
      await until('the end of the engine', () => (isRunning(pid) ? null : true), 5_000);
      const steps = namesIn(join(onlyRunFolder(home)!, 'checkpoints'));
      expect(steps).toEqual([expect.stringMatching(/^[1-9]\d*$/)]);
      expect(enginePid(home)).toBeNull();

      const [summary] = (await heddle(home, 'runs')).filter(({ event }) => event === 'run');
      expect(summary).toMatchObject({ state: 'crashed', step: Number(steps[0]) });
      const { metrics } = readOnlyRun(home);
      expect(metrics.map(({ step }) => step)).toEqual(
        Array.from({ length: Number(steps[0]) }, (_, i) => i + 1),
      );
    },
    limitMs,
  );
});

/** Kills at a moment of the engine that trains after the one named last; gives that engine's process id. */
async function killAt(
  { victim, changes, isSaving, delayMs }: KillMoment,
  main: RunningHeddle,
  home: string,
  lastEngine: number,
): Promise<number> {
  const finished = main.ended.then(({ code, stdout, stderr }) => {
    throw new Error(`the run ended (${code}) before it was killed:\n${stdout}\n${stderr}`);
  });
  const kill = async (): Promise<number> => {
    if (victim === 'main while starting') {
      await sleep(delayMs);
      killHard(main.child.pid!);
      return lastEngine;
    }
    const engine = await until('the next engine', () => {
      const pid = enginePid(home);
      return pid !== null && pid !== lastEngine && isRunning(pid) ? pid : null;
    });
    await folderChanges(join(onlyRunFolder(home)!, 'checkpoints'), changes, AbortSignal.timeout(60_000));
    if (isSaving) await until('a save', () => isHalfSaved(home, engine) || !isRunning(engine) || null);
    await sleep(delayMs);
    killHard(victim === 'engine' ? engine : main.child.pid!);
    return engine;
  };
  return Promise.race([kill(), finished]);
}

/** Whether a save of this engine is under way, or was when it was killed. */
function isHalfSaved(home: string, engine: number): boolean {
  const names = namesIn(join(onlyRunFolder(home)!, 'checkpoints'));
  return names.some((name) => name.startsWith('.') && name.endsWith(`-${engine}`));
}

/** Resolves when a command has written a JSON line of this event. */
function untilEvent({ child, ended }: RunningHeddle, event: string): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes(`{"event":"${event}"`)) resolve();
    });
    void ended.then(({ stderr }) => reject(new Error(`ended without "${event}":\n${stderr}`)));
  });
}
