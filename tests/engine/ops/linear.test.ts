// Linear layers and feed-forward blocks: values and every gradient against float64 loops, in both weight
// layouts, with biases, activations and residuals, and with gradients added over micro-steps.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { sizeOf, type Tensor } from '../../../engine/graph/tensor.ts';
import { feedForward, linear, type WeightLayout } from '../../../engine/ops/matmul/matmul.ts';
import { onEachDevice } from '../on-each-device.ts';
import {
  activationLeaf,
  frozenLeaf,
  runTape,
  seedGradient,
  tapToOutput,
  testValues,
  trainableLeaf,
} from '../run-tape.ts';
import { expectRelative, reductionRelative } from '../tolerances.ts';
import { activate, activateGradient, product, type Numbers } from './matmul-reference.ts';

/** Trainable leaves of a tape with their values. */
class Leaves {
  readonly values: [Tensor, Float32Array][] = [];
  readonly read: Record<string, Tensor> = {};
  readonly tape: Tape;

  constructor(tape: Tape) {
    this.tape = tape;
  }

  add(name: string, shape: number[]): Tensor {
    const { tensor, gradient } = trainableLeaf(this.tape, name, shape);
    this.values.push([tensor, testValues(sizeOf(shape), this.values.length + 1)]);
    this.read[`d${name}`] = gradient;
    return tensor;
  }

  of(name: string): Float32Array {
    return this.values.find(([tensor]) => tensor.name === name)![1];
  }

  /** Fills a gradient's arena before the run. */
  fillGradient(name: string, seed: number): Float32Array {
    const tensor = this.read[`d${name}`]!;
    const values = testValues(sizeOf(tensor.shape), seed);
    this.values.push([tensor, values]);
    return values;
  }
}

const weightShape = (layout: WeightLayout, k: number, n: number): number[] =>
  layout === 'in-out' ? [k, n] : [n, k];

/** x W (+ bias), (M, N). */
function applyWeight(
  x: Numbers,
  w: Numbers,
  m: number,
  n: number,
  k: number,
  layout: WeightLayout,
  b?: Numbers,
) {
  return product(x, w, { m, n, k, transB: layout === 'out-in' }).map((sum, i) => sum + (b?.[i % n] ?? 0));
}

/** Gradients of y = x W + b for dy (M, N). */
function gradientsOf(
  x: Numbers,
  w: Numbers,
  dy: Numbers,
  m: number,
  n: number,
  k: number,
  layout: WeightLayout,
) {
  const db = new Float64Array(n);
  for (let i = 0; i < m * n; i++) db[i % n]! += dy[i]!;
  return {
    dx: product(dy, w, { m, n: k, k: n, transB: layout === 'in-out' }),
    dw:
      layout === 'in-out'
        ? product(x, dy, { m: k, n, k: m, transA: true })
        : product(dy, x, { m: n, n: k, k: m, transA: true }),
    db,
  };
}

onEachDevice((makeDevice) => {
  describe.each(['in-out', 'out-in'] as const)('linear, %s', (layout) => {
    it.each([
      { m: 1, n: 24, k: 80, activation: null },
      { m: 17, n: 65, k: 24, activation: null },
      { m: 65, n: 33, k: 128, activation: 'gelu_new' },
      { m: 5, n: 33, k: 24, activation: 'tanh' },
    ] as const)('m $m, n $n, k $k, activation $activation', async ({ m, n, k, activation }) => {
      const tape = new Tape({ training: true });
      const leaves = new Leaves(tape);
      const x = leaves.add('x', [m, k]);
      const weight = leaves.add('w', weightShape(layout, k, n));
      const bias = leaves.add('b', [n]);
      const residual = leaves.add('r', [m, n]);
      const y = linear(tape, x, weight, { layout, bias, activation, residual });
      tapToOutput(tape, y, 'y');
      seedGradient(tape, y, 'dy');
      tape.backward();
      const dy = testValues(m * n, 9);
      const result = await runTape(await makeDevice(), tape, { dy }, leaves);

      const pre = applyWeight(leaves.of('x'), leaves.of('w'), m, n, k, layout, leaves.of('b'));
      const act = activation ? activate[activation] : (value: number) => value;
      const slope = activation ? activateGradient[activation] : () => 1;
      const dPre = pre.map((value, i) => dy[i]! * slope(value));
      const { dx, dw, db } = gradientsOf(leaves.of('x'), leaves.of('w'), dPre, m, n, k, layout);
      expectRelative(
        result['y']!,
        pre.map((value, i) => act(value) + leaves.of('r')[i]!),
        reductionRelative,
      );
      expectRelative(result['dx']!, dx, reductionRelative);
      expectRelative(result['dw']!, dw, reductionRelative);
      expectRelative(result['db']!, db, reductionRelative);
      expect(result['dr']).toEqual(dy);
    });
  });

  it.each(['in-out', 'out-in'] as const)('adds parameter gradients over micro-steps, %s', async (layout) => {
    const [m, n, k] = [19, 12, 20];
    const tape = new Tape({ training: true, accumulateGradients: true });
    const leaves = new Leaves(tape);
    const x = leaves.add('x', [m, k]);
    const weight = leaves.add('w', weightShape(layout, k, n));
    const bias = leaves.add('b', [n]);
    const y = linear(tape, x, weight, { layout, bias });
    seedGradient(tape, y, 'dy');
    tape.backward();
    const before = { dw: leaves.fillGradient('w', 20), db: leaves.fillGradient('b', 21) };
    const dy = testValues(m * n, 9);
    const result = await runTape(await makeDevice(), tape, { dy }, leaves);
    const { dw, db } = gradientsOf(leaves.of('x'), leaves.of('w'), dy, m, n, k, layout);
    expectRelative(
      result['dw']!,
      dw.map((value, i) => value + before.dw[i]!),
      reductionRelative,
    );
    expectRelative(
      result['db']!,
      db.map((value, i) => value + before.db[i]!),
      reductionRelative,
    );
  });

  it.each([
    { layout: 'in-out', activation: 'gelu_new', m: 17, c: 24, h: 96 },
    { layout: 'out-in', activation: 'silu', m: 65, c: 33, h: 70 },
  ] as const)('feedForward, $layout, $activation', async ({ layout, activation, m, c, h }) => {
    const tape = new Tape({ training: true });
    const leaves = new Leaves(tape);
    const x = leaves.add('x', [m, c]);
    const up = { weight: leaves.add('w1', weightShape(layout, c, h)), bias: leaves.add('b1', [h]) };
    const down = { weight: leaves.add('w2', weightShape(layout, h, c)), bias: leaves.add('b2', [c]) };
    const residual = leaves.add('r', [m, c]);
    const y = feedForward(tape, x, { layout, activation, up, down, residual });
    tapToOutput(tape, y, 'y');
    seedGradient(tape, y, 'dy');
    tape.backward();
    const dy = testValues(m * c, 9);
    const result = await runTape(await makeDevice(), tape, { dy }, leaves);

    const pre = applyWeight(leaves.of('x'), leaves.of('w1'), m, h, c, layout, leaves.of('b1'));
    const hidden = pre.map(activate[activation]);
    const out = applyWeight(hidden, leaves.of('w2'), m, c, h, layout, leaves.of('b2'));
    const second = gradientsOf(hidden, leaves.of('w2'), dy, m, c, h, layout);
    const dPre = second.dx.map((value, i) => value * activateGradient[activation](pre[i]!));
    const first = gradientsOf(leaves.of('x'), leaves.of('w1'), dPre, m, h, c, layout);
    expectRelative(
      result['y']!,
      out.map((value, i) => value + leaves.of('r')[i]!),
      reductionRelative,
    );
    expectRelative(result['dw2']!, second.dw, reductionRelative);
    expectRelative(result['db2']!, second.db, reductionRelative);
    expectRelative(result['dw1']!, first.dw, reductionRelative);
    expectRelative(result['db1']!, first.db, reductionRelative);
    expectRelative(result['dx']!, first.dx, reductionRelative);
    expect(result['dr']).toEqual(dy);
  });

  it('adds what flows through a residual and through the layers beside it', async () => {
    const [m, n] = [9, 12];
    const tape = new Tape({ training: true });
    const leaves = new Leaves(tape);
    const form = { layout: 'in-out' } as const;
    const stream = linear(tape, leaves.add('x', [m, n]), leaves.add('w0', [n, n]), form);
    const inner = linear(tape, stream, leaves.add('w1', [n, n]), form);
    const y = linear(tape, inner, leaves.add('w2', [n, n]), { ...form, residual: stream });
    seedGradient(tape, y, 'dy');
    tape.backward();
    const dy = testValues(m * n, 9);
    const result = await runTape(await makeDevice(), tape, { dy }, leaves);

    const xw0 = applyWeight(leaves.of('x'), leaves.of('w0'), m, n, n, 'in-out');
    const xw1 = applyWeight(xw0, leaves.of('w1'), m, n, n, 'in-out');
    const last = gradientsOf(xw1, leaves.of('w2'), dy, m, n, n, 'in-out');
    const middle = gradientsOf(xw0, leaves.of('w1'), last.dx, m, n, n, 'in-out');
    const dStream = middle.dx.map((value, i) => value + dy[i]!);
    const first = gradientsOf(leaves.of('x'), leaves.of('w0'), dStream, m, n, n, 'in-out');
    expectRelative(result['dx']!, first.dx, reductionRelative);
    expectRelative(result['dw0']!, first.dw, reductionRelative);
    expectRelative(result['dw1']!, middle.dw, reductionRelative);
    expectRelative(result['dw2']!, last.dw, reductionRelative);
  });
});

describe('what a linear layer records backward', () => {
  function backwardCommands(layout: WeightLayout, weightIsFrozen: boolean, biasIsFrozen: boolean): string[] {
    const tape = new Tape({ training: true });
    const leaf = (name: string, shape: number[], isFrozen: boolean): Tensor =>
      isFrozen ? frozenLeaf(name, shape) : trainableLeaf(tape, name, shape).tensor;
    const x = activationLeaf(tape, 'x', [4, 3]);
    const weight = leaf('w', [3, 3], weightIsFrozen);
    const y = linear(tape, x, weight, { layout, bias: leaf('b', [3], biasIsFrozen) });
    tape.gradientForWriting(y);
    const forward = tape.commands.length;
    tape.backward();
    return tape.commands.slice(forward).map((command) => command.kernel.name);
  }

  it.each([
    ['in-out', false, false, ['matmul', 'matmul']],
    ['out-in', false, false, ['matmul', 'columnSum', 'matmul']],
    ['in-out', true, false, ['matmul', 'columnSum']],
    ['in-out', true, true, ['matmul']],
  ] as const)('%s, frozen weight %s, frozen bias %s: %j', (layout, weight, bias, commands) => {
    expect(backwardCommands(layout, weight, bias)).toEqual(commands);
  });

  it('is nothing when nothing flowed into the output', () => {
    const tape = new Tape({ training: true });
    linear(tape, tape.transient('x', [4, 3]), trainableLeaf(tape, 'w', [3, 3]).tensor, { layout: 'in-out' });
    tape.backward();
    expect(tape.commands).toHaveLength(1);
  });

  it('refuses shapes that do not fit', () => {
    const tape = new Tape({ training: true });
    const x = tape.transient('x', [4, 3]);
    const { tensor } = trainableLeaf(tape, 'w', [3, 5]);
    expect(() => linear(tape, x, tensor, { layout: 'out-in' })).toThrow(/4×3 cannot be multiplied with w/);
    expect(() => linear(tape, x, tensor, { layout: 'in-out', residual: x })).toThrow(/residual/);
  });
});
