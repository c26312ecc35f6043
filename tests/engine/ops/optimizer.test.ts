// Gradient norm, clipping and the three optimizers against PyTorch (goldens) and against float64 loops, over
// one flat range and over windows of it.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../engine/device/device.ts';
import { metricIndex, metricsOutput, packScalars, scalarsInput } from '../../../engine/graph/scalars.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import { addInto } from '../../../engine/ops/add/add.ts';
import { gradientNorm } from '../../../engine/ops/gradient-norm/gradient-norm.ts';
import { adam, sgd } from '../../../engine/ops/optimizer/optimizer.ts';
import { onEachDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape, testValues, type Values } from '../run-tape.ts';
import { expectPointwise, norm } from '../tolerances.ts';

type Kind = 'adamw' | 'adam' | 'sgd';
const kinds: Kind[] = ['adamw', 'adam', 'sgd'];

const { optimizers: golden } = JSON.parse(
  readFileSync(new URL('../../golden/ops/goldens.json', import.meta.url), 'utf8'),
) as {
  optimizers: Record<Kind, { steps: number[][]; norms: number[] }> &
    Record<'start' | 'learningRates', number[]> &
    Record<
      'decayElements' | 'weightDecay' | 'maxGradNorm' | 'beta1' | 'beta2' | 'epsilon' | 'momentum',
      number
    > & { gradients: number[][] };
};

interface Settings {
  kind: Kind;
  decayElements: number;
  weightDecay: number;
  maxGradNorm: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  momentum: number;
  maxBindingBytes?: number;
}

/** What an optimizer keeps from step to step: parameters and two moments (the first is SGD's buffer). */
interface State {
  p: Values;
  m: Values;
  v: Values;
}

/** Runs one step; the loss says whether the step is to be believed. */
async function step(
  device: Device,
  settings: Settings,
  state: State,
  gradient: Float32Array,
  { step, learningRate, loss = 1 }: { step: number; learningRate: number; loss?: number },
): Promise<State & { metrics: Values }> {
  const { kind, beta1, beta2, epsilon, decayElements, weightDecay, momentum } = settings;
  const count = gradient.length;
  const tape = new Tape({ training: true, maxBindingBytes: settings.maxBindingBytes });
  const [p, g, m, v] = ['p', 'g', 'm', 'v'].map((name) => frozenLeaf(name, [count])) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const metrics = metricsOutput(tape);
  const scalars = scalarsInput(tape);
  addInto(tape, tape.input('loss', [8], 'f32'), metrics, false);
  gradientNorm(tape, [g], { metrics, maxGradNorm: settings.maxGradNorm });
  const shared = { parameter: p, gradient: g, metrics, scalars, weightDecay, decayElements };
  if (kind === 'sgd') sgd(tape, { ...shared, momentum: m, factor: momentum });
  else adam(tape, { ...shared, m, v, beta1, beta2, epsilon, isDecoupled: kind === 'adamw' });
  const inputs = {
    loss: new Float32Array(8).fill(loss),
    scalars: packScalars({
      learningRate,
      biasCorrection1: 1 - beta1 ** step,
      biasCorrection2: 1 - beta2 ** step,
    }),
  };
  const values = [
    [p, state.p],
    [g, gradient],
    [m, state.m],
    [v, state.v],
  ] as const;
  const result = await runTape(device, tape, inputs, { values, read: { p, m, v } });
  return { p: result['p']!, m: result['m']!, v: result['v']!, metrics: result['metrics']! };
}

/** The same step as PyTorch's documentation writes it, in float64, for a gradient already clipped. */
function reference(
  settings: Settings,
  state: Record<keyof State, Float64Array>,
  gradient: Float64Array,
  { step, learningRate }: { step: number; learningRate: number },
): void {
  const { kind, beta1, beta2, epsilon, momentum, decayElements, weightDecay } = settings;
  gradient.forEach((raw, i) => {
    const decay = i < decayElements ? weightDecay : 0;
    const g = kind === 'adamw' ? raw : raw + decay * state.p[i]!;
    if (kind === 'sgd') {
      state.m[i] = momentum * state.m[i]! + g;
      state.p[i]! -= learningRate * state.m[i]!;
      return;
    }
    if (kind === 'adamw') state.p[i]! -= learningRate * decay * state.p[i]!;
    state.m[i] = beta1 * state.m[i]! + (1 - beta1) * g;
    state.v[i] = beta2 * state.v[i]! + (1 - beta2) * g * g;
    const mHat = state.m[i]! / (1 - beta1 ** step);
    const vHat = state.v[i]! / (1 - beta2 ** step);
    state.p[i]! -= (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
  });
}

const sizes = [
  { count: 1, decayElements: 0, maxBindingBytes: undefined },
  { count: 4096, decayElements: 1024, maxBindingBytes: undefined },
  { count: 40003, decayElements: 17001, maxBindingBytes: undefined },
  { count: 40003, decayElements: 17001, maxBindingBytes: 16640 * 4 + 100 },
  { count: 20000, decayElements: 20000, maxBindingBytes: 64 * 100 * 4 },
];

const common = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0.9, weightDecay: 0.1 };

onEachDevice((makeDevice) => {
  describe.each(kinds)('%s', (kind) => {
    it('takes the three steps that PyTorch takes', async () => {
      const count = golden.start.length;
      const device = await makeDevice();
      let state: State = {
        p: Float32Array.from(golden.start),
        m: new Float32Array(count),
        v: new Float32Array(count),
      };
      for (const [i, learningRate] of golden.learningRates.entries()) {
        const gradient = Float32Array.from(golden.gradients[i]!);
        const next = await step(device, { ...golden, kind }, state, gradient, { step: i + 1, learningRate });
        expectPointwise(next.p, golden[kind].steps[i]!);
        expectPointwise([next.metrics[metricIndex.gradNorm]!], [golden[kind].norms[i]!]);
        state = next;
      }
    });

    it.each(sizes)('matches float64 over $count elements, largest binding $maxBindingBytes', async (size) => {
      const { count } = size;
      const settings = { ...common, ...size, kind, maxGradNorm: 1 };
      const device = await makeDevice();
      let state: State = { p: testValues(count, 1), m: new Float32Array(count), v: new Float32Array(count) };
      const exact = {
        p: Float64Array.from(state.p),
        m: new Float64Array(count),
        v: new Float64Array(count),
      };
      for (const number of [1, 2]) {
        const gradient = testValues(count, 10 + number);
        const when = { step: number, learningRate: 0.02 };
        const next = await step(device, settings, state, gradient, when);
        const length = norm(gradient);
        const clip = Math.min(1, 1 / (length + 1e-6));
        reference(
          settings,
          exact,
          Float64Array.from(gradient, (value) => value * clip),
          when,
        );
        expectPointwise([next.metrics[metricIndex.gradNorm]!], [length]);
        expectPointwise([next.metrics[metricIndex.clipScale]!], [clip]);
        expectPointwise(next.p, exact.p);
        state = next;
      }
    });

    it('changes nothing when loss or gradient is not finite', async () => {
      const count = 70;
      const device = await makeDevice();
      const state = {
        p: testValues(count, 1),
        m: testValues(count, 2),
        v: testValues(count, 3).map(Math.abs),
      };
      const settings = { ...common, kind, decayElements: count, maxGradNorm: 1 };
      const when = { step: 2, learningRate: 0.1 };
      const gradient = testValues(count, 4);
      for (const broken of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const bad = gradient.slice();
        bad[41] = broken;
        const byGradient = await step(device, settings, state, bad, when);
        const byLoss = await step(device, settings, state, gradient, { ...when, loss: broken });
        for (const { p, m, v, metrics } of [byGradient, byLoss]) {
          expect(metrics[metricIndex.clipScale]).toBe(0);
          expect({ p, m, v }).toEqual(state);
        }
      }
    });
  });

  it('does not clip with a largest norm of 0, and measures across several gradients', async () => {
    const tape = new Tape({ training: true, maxBindingBytes: 17000 * 4 });
    const metrics = metricsOutput(tape);
    addInto(tape, tape.input('loss', [8], 'f32'), metrics, false);
    const gradients = [frozenLeaf('a', [40001]), frozenLeaf('b', [7])];
    gradientNorm(tape, gradients, { metrics, maxGradNorm: 0 });
    const values = gradients.map(({ shape }, i) => [gradients[i]!, testValues(shape[0]!, i, 3)] as const);
    const result = await runTape(await makeDevice(), tape, { loss: new Float32Array(8) }, { values });
    const expected = norm(values.map(([, numbers]) => norm(numbers)));
    expectPointwise([result['metrics']![metricIndex.gradNorm]!], [expected]);
    expect(result['metrics']![metricIndex.clipScale]).toBe(1);
  });

  it('takes the scale of the loss out of norm and gradients again', async () => {
    const tape = new Tape({ training: true });
    const metrics = metricsOutput(tape);
    addInto(tape, tape.input('loss', [8], 'f32'), metrics, false);
    const gradient = frozenLeaf('a', [401]);
    gradientNorm(tape, [gradient], { metrics, maxGradNorm: 1, scalars: scalarsInput(tape) });
    const unscaled = testValues(401, 3);
    const values = [[gradient, unscaled.map((value) => value * 1024)] as const];
    const scalars = packScalars({ unscale: 1 / 1024 });
    const inputs = { loss: new Float32Array(8), scalars };
    const result = await runTape(await makeDevice(), tape, inputs, { values });
    const length = norm(unscaled);
    expectPointwise([result['metrics']![metricIndex.gradNorm]!], [length]);
    expectPointwise([result['metrics']![metricIndex.clipScale]! * 1024], [1 / length]);
  });
});
