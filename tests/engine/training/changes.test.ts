// What may be asked of a run while it trains: a changed learning rate is part of what the run computes, and
// is computed again bit for bit by a run that goes on; an evaluation or a checkpoint changes nothing.

import { describe, expect, it } from 'vitest';
import { defaultsOf, trainingFields } from '../../../engine/config.ts';
import {
  changesFrom,
  configAt,
  TrainingControl,
  withChange,
  type SettingChange,
  type TrainingWish,
} from '../../../engine/training/changes.ts';
import type { TrainingEvent } from '../../../engine/training/events.ts';
import type { TrainOptions } from '../../../engine/training/options.ts';
import { learningRateAt } from '../../../engine/training/schedules.ts';
import { train } from '../../../engine/training/trainer.ts';
import { makeCpuDevice } from '../on-each-device.ts';
import type { MemoryCheckpoints } from './memory-checkpoints.ts';
import { smallModels, smallRun } from './small-run.ts';

const changeAt = (step: number, value: number): SettingChange => ({ step, key: 'learningRate', value });
const files = ['model.safetensors', 'optimizer.safetensors'];

/** Options under which a wish is made once the step before `beforeStep` has been submitted. */
function wishing(
  beforeStep: number,
  wish: TrainingWish,
): Partial<TrainOptions> & { events: TrainingEvent[] } {
  const control = new TrainingControl();
  const events: TrainingEvent[] = [];
  let submitted = 0;
  return {
    control,
    events,
    onEvent: (event) => events.push(event),
    between: () => {
      if (++submitted === beforeStep - 1) control.ask(wish);
      return Promise.resolve();
    },
  };
}

function expectSameFiles(a: MemoryCheckpoints, b: MemoryCheckpoints, step: number, isSame = true): void {
  for (const name of files) {
    const [left, right] = [a, b].map((checkpoints) => checkpoints.byStep.get(step)!.get(name)!);
    expect(Buffer.compare(left!, right!) === 0, name).toBe(isSame);
  }
}

describe('a changed learning rate', () => {
  const wish: TrainingWish = { kind: 'change', key: 'learningRate', value: 2e-2 };

  it('counts from the next step on and is told with the last step before it', async () => {
    const device = await makeCpuDevice(1);
    const options = wishing(6, wish);
    const run = await smallRun(device, smallModels.gpt2, {}, options);
    await train(run);
    const rates = options.events.flatMap((event) => (event.type === 'step' ? [event.learningRate] : []));
    const { training } = run.settings;
    const changed = { ...training, learningRate: 2e-2 };
    expect(rates).toEqual(
      Array.from({ length: 12 }, (_, i) => learningRateAt(i + 1, 12, i + 1 < 6 ? training : changed)),
    );
    expect(options.events.filter(({ type }) => type === 'change')).toEqual([
      { type: 'change', ...changeAt(5, 2e-2) },
    ]);
    const plain = await smallRun(device, smallModels.gpt2, {});
    await train(plain);
    expectSameFiles(plain.checkpoints, run.checkpoints, 4);
    expectSameFiles(plain.checkpoints, run.checkpoints, 8, false);
    await device.destroy();
  });

  it.each([
    ['kept in the checkpoint that the run goes on from', 7, []],
    ['written down by the host when the checkpoint is older', 4, [changeAt(5, 2e-2)]],
  ])('is computed again bit for bit: %s', async (_, savedAt, journal) => {
    const device = await makeCpuDevice(1);
    const straight = await smallRun(device, smallModels.gpt2, {}, wishing(6, wish));
    await train(straight);
    // A run that was killed leaves what it had saved before, here at the step that a second run stops at.
    const killed = await smallRun(device, smallModels.gpt2, {}, { ...wishing(6, wish), stopAtStep: savedAt });
    await train(killed);
    const events: TrainingEvent[] = [];
    const again = await smallRun(
      device,
      smallModels.gpt2,
      {},
      {
        resume: killed.checkpoints.source(savedAt),
        changes: journal,
        onEvent: (event) => events.push(event),
      },
    );
    await train(again);
    expectSameFiles(straight.checkpoints, again.checkpoints, 12);
    const told = events.filter(({ type }) => type === 'change');
    expect(told).toEqual(savedAt > 5 ? [{ type: 'change', ...changeAt(5, 2e-2) }] : []);
    await device.destroy();
  });

  it('takes the place of the top of the schedule, and never ends above itself', () => {
    const config = {
      ...defaultsOf(trainingFields),
      learningRate: 1,
      minLearningRate: 0.5,
      lrSchedulerType: 'linear' as const,
      warmupSteps: 0,
    };
    expect(learningRateAt(50, 100, configAt(50, config, [changeAt(49, 3)]))).toBeCloseTo(1.75);
    expect(configAt(49, config, [changeAt(49, 3)])).toEqual(config);
    expect(learningRateAt(100, 100, configAt(100, config, [changeAt(49, 0.1)]))).toBeCloseTo(0.1);
  });
});

describe('the changes of a run', () => {
  it('are its last wishes: a later word from an earlier step wins', () => {
    const changes = [changeAt(10, 1), changeAt(50, 2)];
    expect(withChange(changes, changeAt(40, 3))).toEqual([changeAt(10, 1), changeAt(40, 3)]);
    expect(withChange(changes, changeAt(50, 3))).toEqual([changeAt(10, 1), changeAt(50, 3)]);
  });

  it('go on with what the checkpoint has seen and what was written down after it', () => {
    const kept = [changeAt(10, 1), changeAt(30, 2)];
    expect(changesFrom(30, kept, [changeAt(10, 1), changeAt(30, 5), changeAt(35, 6)])).toEqual([
      changeAt(10, 1),
      changeAt(30, 5),
      changeAt(35, 6),
    ]);
    expect(changesFrom(30, kept, [])).toEqual(kept);
  });
});

describe('an evaluation or a checkpoint that was asked for', () => {
  it.each(['evaluate', 'save'] as const)(
    '%s: is made at the next step, and no bit of the weights changes',
    async (kind) => {
      const device = await makeCpuDevice(1);
      const options = wishing(6, { kind });
      const asked = await smallRun(device, smallModels.gpt2, {}, options);
      await train(asked);
      const plain = await smallRun(device, smallModels.gpt2, {});
      await train(plain);
      expect([...asked.checkpoints.byStep.keys()]).toEqual([4, 6, 8, 12]);
      expectSameFiles(asked.checkpoints, plain.checkpoints, 12);
      const evals = options.events.flatMap((event) => (event.type === 'eval' ? [event.step] : []));
      expect(evals).toEqual(kind === 'evaluate' ? [4, 6, 8, 12] : [4, 8, 12]);
      await device.destroy();
    },
  );

  it('counts nothing towards early stopping', async () => {
    const device = await makeCpuDevice(1);
    const settings = { maxSteps: 40, evalSteps: 4, learningRate: 0, earlyStoppingPatience: 2 };
    const options = wishing(6, { kind: 'evaluate' });
    const run = await smallRun(device, smallModels.gpt2, settings, options);
    expect(await train(run)).toMatchObject({ reason: 'stopped-early', step: 12, bestStep: 4 });
    const { bestStep, evaluationsWithoutImprovement } = JSON.parse(
      new TextDecoder().decode(run.checkpoints.byStep.get(6)!.get('state.json')),
    ) as { bestStep: number; evaluationsWithoutImprovement: number };
    expect([bestStep, evaluationsWithoutImprovement]).toEqual([4, 0]);
    await device.destroy();
  });
});
