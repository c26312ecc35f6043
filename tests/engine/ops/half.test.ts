// Operations whose tensors are stored as f16, against float64, on adapters that have shader-f16
// (HEDDLE_VULKAN=llvmpipe); on others such a tape is refused by name.

import { expect, it } from 'vitest';
import { takesHalf } from '../../../engine/device/half-feature.ts';
import { f16ToF32, f32ToF16 } from '../../../engine/formats/half.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import { sizeOf, type Tensor } from '../../../engine/graph/tensor.ts';
import { addInto } from '../../../engine/ops/add/add.ts';
import { attention } from '../../../engine/ops/attention/attention.ts';
import { linear } from '../../../engine/ops/matmul/matmul.ts';
import { layerNorm } from '../../../engine/ops/norm/norm.ts';
import { onCpuDevice, onWebgpuDevice, type MakeDevice } from '../on-each-device.ts';
import { runTape, seedGradient, tapToOutput, testValues, trainableLeaf, type Values } from '../run-tape.ts';
import { expectRelative, halfRelative } from '../tolerances.ts';
import { referenceAttention } from './attention-reference.ts';
import { activate, activateGradient, product } from './matmul-reference.ts';

/** A tape that stores f16, with leaves that are weights and leaves that are activations. */
class HalfTape {
  readonly tape = new Tape({ training: true, halfActivations: true });
  private readonly values: [Tensor, Float32Array][] = [];
  private readonly read: Record<string, Tensor> = {};
  private readonly activations: Tensor[] = [];

  weight(name: string, shape: readonly number[]): { tensor: Tensor; data: Float32Array } {
    const { tensor, gradient } = trainableLeaf(this.tape, name, shape);
    const data = testValues(sizeOf(shape), this.values.length + 1);
    this.values.push([tensor, data]);
    this.read[`d${name}`] = gradient;
    return { tensor, data };
  }

  activation(name: string, shape: readonly number[]): { tensor: Tensor; data: Float32Array } {
    const { tensor: source, data } = this.weight(`below ${name}`, shape);
    const tensor = this.tape.activation(name, shape);
    addInto(this.tape, source, tensor, false);
    this.activations.push(tensor);
    return { tensor, data };
  }

  /** The values of `y` and every gradient of sum(y dy). */
  async run(makeDevice: MakeDevice, y: Tensor, dy: Float32Array): Promise<Record<string, Values>> {
    tapToOutput(this.tape, y, 'y');
    seedGradient(this.tape, y, 'dy');
    this.tape.backward();
    for (const tensor of this.activations) {
      tapToOutput(this.tape, this.tape.gradientOf(tensor)!, `d${tensor.name}`);
    }
    return runTape(await makeDevice(), this.tape, { dy }, { values: this.values, read: this.read });
  }
}

type Check = (makeDevice: MakeDevice) => Promise<void>;

/** Runs a check where the adapter has f16, and where not asserts that the tape is refused. */
async function expectWhereHalf(makeDevice: MakeDevice, check: Check): Promise<void> {
  const { info } = await makeDevice();
  if (takesHalf(info)) return check(makeDevice);
  const refused = expect.objectContaining({
    code: 'half-unsupported',
    message: expect.stringContaining(info.name),
  });
  await expect(check(makeDevice)).rejects.toThrow(refused);
}

function expectHalf(values: Values): void {
  expect(values).toEqual(values.map((value) => f16ToF32(f32ToF16(value))));
}

/** y = act(x W + b) + r; sizes that are multiples of four, and odd ones, take different shaders. */
const checkLinear =
  (layout: 'in-out' | 'out-in', [m, n, k]: readonly [number, number, number]): Check =>
  async (makeDevice) => {
    const half = new HalfTape();
    const x = half.activation('x', [m, k]);
    const w = half.weight('w', layout === 'in-out' ? [k, n] : [n, k]);
    const b = half.weight('b', [n]);
    const r = half.activation('r', [m, n]);
    const options = { layout, bias: b.tensor, activation: 'gelu_new', residual: r.tensor } as const;
    const dy = testValues(m * n, 9);
    const result = await half.run(makeDevice, linear(half.tape, x.tensor, w.tensor, options), dy);
    const isInOut = layout === 'in-out';
    const pre = product(x.data, w.data, { m, n, k, transB: !isInOut }).map((sum, i) => sum + b.data[i % n]!);
    const dPre = pre.map((value, i) => dy[i]! * activateGradient.gelu_new(value));
    expectHalf(result['y']!);
    expectHalf(result['dx']!);
    expectRelative(
      result['y']!,
      pre.map((value, i) => activate.gelu_new(value) + r.data[i]!),
      halfRelative,
    );
    expectRelative(result['dx']!, product(dPre, w.data, { m, n: k, k: n, transB: isInOut }), halfRelative);
    const dw = isInOut
      ? product(x.data, dPre, { m: k, n, k: m, transA: true })
      : product(dPre, x.data, { m: n, n: k, k: m, transA: true });
    expectRelative(result['dw']!, dw, halfRelative);
    const db = Float64Array.from({ length: n }, (_, j) =>
      dPre.reduce((s, v, i) => (i % n === j ? s + v : s), 0),
    );
    expectRelative(result['db']!, db, halfRelative);
  };

const checkNorm: Check = async (makeDevice) => {
  const [rows, C] = [17, 24];
  const half = new HalfTape();
  const x = half.activation('x', [rows, C]);
  const w = half.weight('w', [2, C]);
  const dy = testValues(rows * C, 9);
  const result = await half.run(makeDevice, layerNorm(half.tape, x.tensor, w.tensor, 1e-5), dy);
  const [y, dx] = [new Float64Array(rows * C), new Float64Array(rows * C)];
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / C;
  for (let at = 0; at < rows * C; at += C) {
    const row = Float64Array.from(x.data.subarray(at, at + C));
    const middle = mean(row);
    const rstd = 1 / Math.sqrt(mean(row.map((value) => (value - middle) ** 2)) + 1e-5);
    const xhat = row.map((value) => (value - middle) * rstd);
    const g = xhat.map((_, i) => dy[at + i]! * w.data[i]!);
    const projection = mean(g.map((value, i) => value * xhat[i]!));
    y.set(
      xhat.map((value, i) => value * w.data[i]! + w.data[C + i]!),
      at,
    );
    dx.set(
      g.map((value, i) => rstd * (value - mean(g) - xhat[i]! * projection)),
      at,
    );
  }
  expectHalf(result['y']!);
  expectRelative(result['y']!, y, halfRelative);
  expectRelative(result['dx']!, dx, halfRelative);
};

/** Heads of 24 features are read four at a time, those of 5 one by one. */
const checkAttention =
  (headDim: number): Check =>
  async (makeDevice) => {
    const [batch, length, heads] = [2, 17, 3];
    const width = heads * headDim;
    const half = new HalfTape();
    const x = half.activation('x', [batch * length, 3 * width]);
    const form = {
      batch,
      queryLength: length,
      keyLength: length,
      numHeads: heads,
      numKeyValueHeads: heads,
      headDim,
      scale: 1 / Math.sqrt(headDim),
      isCausal: true,
    };
    const source = { tensor: null, keyOffset: width, valueOffset: 2 * width };
    const y = attention(half.tape, { tensor: x.tensor, offset: 0 }, source, form);
    const dy = testValues(batch * length * width, 9);
    const result = await half.run(makeDevice, y, dy);
    const operand = (offset: number) => ({ values: x.data, stride: 3 * width, offset });
    const expected = referenceAttention(operand(0), operand(width), operand(2 * width), dy, form);
    expectHalf(result['y']!);
    expectRelative(result['y']!, expected.output, halfRelative);
    expectRelative(result['dx']!, expected.dQuery, halfRelative);
  };

onWebgpuDevice((makeDevice) => {
  it.each([
    ['in-out', [16, 24, 32]],
    ['out-in', [17, 33, 5]],
  ] as const)('linear, %s, of %s', (layout, sizes) =>
    expectWhereHalf(makeDevice, checkLinear(layout, sizes)),
  );
  it('layerNorm', () => expectWhereHalf(makeDevice, checkNorm));
  it.each([24, 5])('attention with heads of %i', (headDim) =>
    expectWhereHalf(makeDevice, checkAttention(headDim)),
  );
});

onCpuDevice((makeDevice) => {
  it('is refused', () => expectWhereHalf(makeDevice, checkNorm));
});
