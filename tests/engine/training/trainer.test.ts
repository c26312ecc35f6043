// What a run promises: it learns, its side work changes nothing, and it goes on bit for bit.

import { describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../../../engine/training/events.ts';
import { train } from '../../../engine/training/trainer.ts';
import { casesFor, makeCpuDevice, onCpuAndWebgpu } from '../on-each-device.ts';
import { smallModels, smallRun } from './small-run.ts';

onCpuAndWebgpu((makeDevice, kind) => {
  const models = casesFor(kind, Object.entries(smallModels), ([name]) => name === 'gpt2');
  describe.each(models)('%s', (_, model) => {
    it('learns the text and tells what it does', async () => {
      const events: TrainingEvent[] = [];
      const run = await smallRun(
        await makeDevice(),
        model,
        { maxSteps: 60, evalSteps: 30, gradientAccumulationSteps: 1, learningRate: 1e-2 },
        { onEvent: (event) => events.push(event) },
      );
      const result = await train(run);
      const losses = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
      expect(losses).toHaveLength(60);
      // Nothing is known at first: the loss of a uniform guess.
      expect(losses[0]).toBeCloseTo(Math.log(run.tokenizer.vocabSize), 0);
      expect(result.bestEvalLoss!).toBeLessThan(0.6 * losses[0]!);
      expect(events.filter((event) => event.type === 'eval').map((event) => event.step)).toEqual([30, 60]);
      expect(events.filter((event) => event.type === 'checkpoint').map((event) => event.step)).toEqual([
        30, 60,
      ]);
      expect(events.filter((event) => event.type === 'sample').map((event) => event.text.length)).toEqual([
        8, 8,
      ]);
      expect(result).toMatchObject({ reason: 'finished', step: 60 });
    });

    it('gives the same weights with and without evaluation, samples and checkpoints', async () => {
      const device = await makeDevice();
      const busy = await smallRun(device, model, { evalSteps: 2, saveSteps: 3 });
      const quiet = await smallRun(device, model, { evalSteps: 0, sampleTokens: 0 });
      await train(busy);
      await train(quiet);
      const weights = (run: typeof busy): Uint8Array =>
        run.checkpoints.byStep.get(12)!.get('model.safetensors')!;
      expect(Buffer.compare(weights(busy), weights(quiet))).toBe(0);
    });

    it('goes on bit for bit from a checkpoint', async () => {
      const device = await makeDevice();
      const straight = await smallRun(device, model, {});
      await train(straight);
      const first = await smallRun(device, model, {}, { stopAtStep: 7 });
      expect(await train(first)).toMatchObject({ reason: 'stop-at-step', step: 7 });
      const second = await smallRun(device, model, {}, { resume: first.checkpoints.source(7) });
      await train(second);
      const files = ['model.safetensors', 'optimizer.safetensors'];
      for (const name of files) {
        const [a, b] = [straight, second].map((run) => run.checkpoints.byStep.get(12)!.get(name)!);
        expect(Buffer.compare(a!, b!), name).toBe(0);
      }
    });
  });

  it('stops early when evaluations no longer improve', async () => {
    const run = await smallRun(await makeDevice(), smallModels.gpt2, {
      maxSteps: 40,
      evalSteps: 1,
      learningRate: 0,
      earlyStoppingPatience: 2,
    });
    expect(await train(run)).toMatchObject({ reason: 'stopped-early', step: 3, bestStep: 1 });
  });

  it('ends at a loss that is not finite and saves nothing of it', async () => {
    const run = await smallRun(await makeDevice(), smallModels.gpt2, {
      learningRate: 100,
      lrSchedulerType: 'constant',
      optim: 'sgd',
      maxGradNorm: 0,
      weightDecay: 0,
      maxSteps: 200,
      evalSteps: 0,
    });
    await expect(train(run)).rejects.toMatchObject({ code: 'non-finite' });
    expect(run.checkpoints.byStep.size).toBe(0);
  });

  it('saves before it ends when told to, and not otherwise', async () => {
    for (const [reason, saved] of [
      ['save', 1],
      ['now', 0],
    ] as const) {
      const controller = new AbortController();
      const run = await smallRun(
        await makeDevice(),
        smallModels.gpt2,
        { evalSteps: 0 },
        {
          signal: controller.signal as never,
          onEvent: (event) => {
            if (event.type === 'step' && event.step === 3) controller.abort(reason);
          },
        },
      );
      expect((await train(run)).reason).toBe('aborted');
      expect(run.checkpoints.byStep.size).toBe(saved);
    }
  });

  it('creates nothing after the first step, and submits once a micro-step', async () => {
    const device = await makeDevice();
    const counts: { submits: number; buffersCreated: number; pipelinesCreated: number }[] = [];
    const run = await smallRun(
      device,
      smallModels.gpt2,
      { maxSteps: 20, evalSteps: 0 },
      { between: () => Promise.resolve(void counts.push({ ...device.counters })) },
    );
    await train(run);
    const [before, after] = [counts[9]!, counts[18]!];
    expect(after.submits - before.submits).toBe(9 * 3);
    expect(after.buffersCreated).toBe(before.buffersCreated);
    expect(after.pipelinesCreated).toBe(before.pipelinesCreated);
  });
});

describe('the number of threads', () => {
  it('changes no bit', async () => {
    const weights: Uint8Array[] = [];
    for (const threads of [1, 2, 3]) {
      const device = await makeCpuDevice(threads);
      const run = await smallRun(device, smallModels.gpt2, {});
      await train(run);
      weights.push(run.checkpoints.byStep.get(12)!.get('model.safetensors')!);
      await device.destroy();
    }
    expect(Buffer.compare(weights[0]!, weights[1]!)).toBe(0);
    expect(Buffer.compare(weights[0]!, weights[2]!)).toBe(0);
  });
});

describe('a run that is resumed and stopped at once', () => {
  it('leaves the checkpoint that it came from as it is', async () => {
    const device = await makeCpuDevice(1);
    const first = await smallRun(device, smallModels.gpt2, {}, { stopAtStep: 4 });
    await train(first);
    const again = await smallRun(
      device,
      smallModels.gpt2,
      {},
      { stopAtStep: 4, resume: first.checkpoints.source(4) },
    );
    expect(await train(again)).toMatchObject({ reason: 'stop-at-step', step: 4, bestStep: 4 });
    expect(again.checkpoints.byStep.size).toBe(0);
    await device.destroy();
  });
});
