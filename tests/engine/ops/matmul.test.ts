// The matrix product in its three layouts with every epilogue, against float64, on odd shapes.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { matmulCommand, type MatmulCommand } from '../../../engine/ops/matmul/matmul.ts';
import { onCpuDevice, onEachDevice, type MakeDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape, tapToOutput, testValues } from '../run-tape.ts';
import { expectWithin, pointwise, productBound } from '../tolerances.ts';
import { activate, activateGradient, operandNorms, product, type ReferenceForm } from './matmul-reference.ts';

const layouts: readonly [name: string, trans: { transA?: boolean; transB?: boolean }][] = [
  ['NN', {}],
  ['NT', { transB: true }],
  ['TN', { transA: true }],
];

/** m, n, k. */
const shapes = [
  [1, 1, 1],
  [1, 65, 17],
  [4, 24, 80],
  [7, 130, 9],
  [8, 9, 64],
  [9, 8, 5],
  [11, 66, 24],
  [17, 65, 80],
  [64, 64, 64],
  [65, 24, 129],
  [134, 72, 48],
  // More than one block of k, columns that each tile packs for itself, and both.
  [20, 30, 1100],
  [13, 1100, 33],
  [10, 1030, 520],
  // Enough tiles of C for the larger workgroups.
  [1025, 513, 7],
] as const;

type Sizes = ReferenceForm & { ldc?: number; cOffset?: number };

/** Bound of the error of each element of op(A) op(B), widened for the one rounding of what is added after. */
function boundOf(a: Float32Array, b: Float32Array, form: ReferenceForm): (index: number) => number {
  const { rows, columns } = operandNorms(a, b, form);
  return (index) => {
    const bound = productBound(form.k, rows[Math.floor(index / form.n)]!, columns[index % form.n]!);
    return 1.2 * bound + pointwise.atol;
  };
}

function operandsOf({ m, n, k, transA, transB, lda, ldb, aOffset = 0, bOffset = 0 }: Sizes) {
  const [aLines, aLength] = transA ? [k, m] : [m, k];
  const [bLines, bLength] = transB ? [n, k] : [k, n];
  return {
    a: testValues(aOffset + (aLines - 1) * (lda ?? aLength) + aLength, 1),
    b: testValues(bOffset + (bLines - 1) * (ldb ?? bLength) + bLength, 2),
  };
}

/** Runs one product whose C holds `before`; gives all of C's tensor. */
async function run(
  makeDevice: MakeDevice,
  sizes: Sizes,
  before: Float32Array,
  extra: (tape: Tape) => Partial<MatmulCommand> = () => ({}),
  extraInputs: Record<string, Float32Array> = {},
): Promise<Record<string, Float32Array>> {
  const { a, b } = operandsOf(sizes);
  const tape = new Tape({ training: false });
  const c = frozenLeaf('c', [before.length]);
  matmulCommand(tape, {
    a: tape.input('a', [a.length], 'f32'),
    b: tape.input('b', [b.length], 'f32'),
    c,
    ...sizes,
    ...extra(tape),
  });
  const inputs = { a, b, ...extraInputs };
  const result = await runTape(await makeDevice(), tape, inputs, { values: [[c, before]], read: { c } });
  return result as Record<string, Float32Array>;
}

onEachDevice((makeDevice) => {
  describe.each(layouts)('%s', (_name, trans) => {
    it.each(shapes)('m %i, n %i, k %i', async (m, n, k) => {
      const form = { m, n, k, ...trans };
      const { a, b } = operandsOf(form);
      const { c } = await run(makeDevice, form, testValues(m * n, 3));
      expectWithin(c!, product(a, b, form), boundOf(a, b, form));
    });

    it.each([
      { lda: 71, ldb: 73, ldc: 75, aOffset: 3, bOffset: 5, cOffset: 7 },
      { lda: 76, ldb: 80, ldc: 84, aOffset: 4, bOffset: 8, cOffset: 12 },
    ])('leaves what lies around a window of C alone: $lda, $ldb, $ldc', async (windows) => {
      const form = { m: 37, n: 36, k: 52, ...trans, ...windows };
      const { a, b } = operandsOf(form);
      const before = testValues(windows.cOffset + form.m * windows.ldc, 3);
      const expected = Float64Array.from(before);
      const sums = product(a, b, form);
      const { rows, columns } = operandNorms(a, b, form);
      const bounds = new Float64Array(before.length);
      for (let i = 0; i < form.m * form.n; i++) {
        const [row, column] = [Math.floor(i / form.n), i % form.n];
        const at = windows.cOffset + row * windows.ldc + column;
        expected[at] = sums[i]!;
        bounds[at] = productBound(form.k, rows[row]!, columns[column]!);
      }
      const { c } = await run(makeDevice, form, before);
      expectWithin(c!, expected, (i) => bounds[i]!);
    });

    it.each([
      [5, 70, 40],
      [33, 70, 600],
      [66, 64, 40],
    ])('adds to C with bias and residual, m %i, n %i, k %i', async (m, n, k) => {
      const form = { m, n, k, ...trans };
      const { a, b } = operandsOf(form);
      const before = testValues(m * n, 3);
      const inputs = { bias: testValues(n, 4), residual: testValues(m * n, 5) };
      const { c } = await run(
        makeDevice,
        form,
        before,
        (tape) => ({
          accumulate: true,
          bias: tape.input('bias', [n], 'f32'),
          residual: tape.input('residual', [m, n], 'f32'),
        }),
        inputs,
      );
      const expected = product(a, b, form).map(
        (sum, i) => sum + before[i]! + inputs.bias[i % n]! + inputs.residual[i]!,
      );
      expectWithin(c!, expected, boundOf(a, b, form));
    });
  });

  describe.each(['gelu', 'gelu_new', 'relu', 'silu'] as const)('%s', (activation) => {
    it.each([
      [1, 13, 12],
      [19, 13, 12],
      [12, 16, 530],
    ])('follows the bias, and its derivative is kept, m %i, n %i, k %i', async (m, n, k) => {
      const form = { m, n, k };
      const { a, b } = operandsOf(form);
      const inputs = { bias: testValues(n, 4), residual: testValues(m * n, 5) };
      const { c, slope } = await run(
        makeDevice,
        form,
        new Float32Array(m * n),
        (tape) => {
          return {
            activation,
            slope: tape.output('slope', [m, n]),
            bias: tape.input('bias', [n], 'f32'),
            residual: tape.input('residual', [m, n], 'f32'),
          };
        },
        inputs,
      );
      const before = product(a, b, form).map((sum, i) => sum + inputs.bias[i % n]!);
      expectWithin(slope!, before.map(activateGradient[activation]), boundOf(a, b, form));
      const expected = before.map((x, i) => activate[activation](x) + inputs.residual[i]!);
      expectWithin(c!, expected, boundOf(a, b, form));
    });
  });

  it.each([
    [1, 13, 12],
    [19, 13, 12],
    [12, 16, 1030],
  ])('adds to what C held before an activation, m %i, n %i, k %i', async (m, n, k) => {
    const form = { m, n, k };
    const { a, b } = operandsOf(form);
    const held = testValues(m * n, 3, 4);
    const { c, slope } = await run(makeDevice, form, held, (tape) => ({
      accumulate: true,
      activation: 'gelu_new',
      slope: tape.output('slope', [m, n]),
    }));
    const before = product(a, b, form).map((sum, i) => sum + held[i]!);
    expectWithin(slope!, before.map(activateGradient.gelu_new), boundOf(a, b, form));
    expectWithin(c!, before.map(activate.gelu_new), boundOf(a, b, form));
  });

  it.each([
    [1, 13, 12],
    [19, 13, 12],
    [12, 16, 530],
    [26, 24, 40],
  ])('is multiplied with a gate before the residual comes, m %i, n %i, k %i', async (m, n, k) => {
    const form = { m, n, k, transB: true };
    const { a, b } = operandsOf(form);
    const inputs = { gate: testValues(m * n, 6, 4), residual: testValues(m * n, 5) };
    const { c } = await run(
      makeDevice,
      form,
      new Float32Array(m * n),
      (tape) => ({
        gate: tape.input('gate', [m, n], 'f32'),
        residual: tape.input('residual', [m, n], 'f32'),
      }),
      inputs,
    );
    const expected = product(a, b, form).map((sum, i) => sum * inputs.gate[i]! + inputs.residual[i]!);
    expectWithin(c!, expected, boundOf(a, b, form));
  });

  it.each([
    [13, 70, 17],
    [13, 70, 600],
    [130, 1100, 70],
  ])('sums the columns of B, m %i, n %i, k %i', async (m, n, k) => {
    const form = { m, n, k, transA: true };
    const { b } = operandsOf(form);
    const before = testValues(n, 7);
    const sums = frozenLeaf('sums', [n]);
    const overwritten = frozenLeaf('overwritten', [n]);
    const tape = new Tape({ training: false });
    const inputs = operandsOf(form);
    const operands = {
      a: tape.input('a', [inputs.a.length], 'f32'),
      b: tape.input('b', [inputs.b.length], 'f32'),
      ...form,
    };
    const c = tape.transient('c', [m, n]);
    matmulCommand(tape, { ...operands, c, columnSums: sums, accumulateSums: true });
    matmulCommand(tape, { ...operands, c, columnSums: overwritten });
    tapToOutput(tape, c, 'c');
    const result = await runTape(await makeDevice(), tape, inputs, {
      values: [
        [sums, before],
        [overwritten, before],
      ],
      read: { sums, overwritten },
    });
    const expected = new Float64Array(n);
    const squares = new Float64Array(n);
    for (let i = 0; i < k * n; i++) {
      expected[i % n]! += b[i]!;
      squares[i % n]! += b[i]! ** 2;
    }
    const bound = (j: number): number =>
      productBound(k, Math.sqrt(k), Math.sqrt(squares[j]!)) + pointwise.atol;
    expectWithin(result['overwritten']!, expected, bound);
    expectWithin(
      result['sums']!,
      expected.map((sum, j) => sum + before[j]!),
      bound,
    );
    expectWithin(result['c']!, product(inputs.a, b, form), boundOf(inputs.a, b, form));
  });
});

onCpuDevice((makeDevice) => {
  it('packs a transposed A of more than 32 MiB tile by tile', async () => {
    const form = { m: 2100, n: 9, k: 4100, transA: true };
    const { a, b } = operandsOf(form);
    const { c } = await run(makeDevice, form, new Float32Array(form.m * form.n));
    expectWithin(c!, product(a, b, form), boundOf(a, b, form));
  });
});

describe('matmulCommand', () => {
  const tape = new Tape({ training: false });
  const square = (name: string) => tape.input(name, [4, 4], 'f32');
  const good: MatmulCommand = { a: square('a'), b: square('b'), c: square('c'), m: 4, n: 4, k: 4 };

  it.each<[string, Partial<MatmulCommand>]>([
    ['A', { aOffset: 1 }],
    ['B', { ldb: 5 }],
    ['C', { m: 5, lda: 3, k: 3 }],
    ['bias', { bias: tape.input('bias', [3], 'f32') }],
    ['transposed', { transA: true, transB: true }],
    ['gated', { accumulate: true, gate: square('gate') }],
    ['sums', { columnSums: tape.input('sums', [4], 'f32') }],
  ])('refuses what does not fit: %s', (message, change) => {
    expect(() => matmulCommand(tape, { ...good, ...change })).toThrow(message);
    expect(tape.commands).toHaveLength(0);
  });
});
