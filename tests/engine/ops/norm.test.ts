// Layer norm and RMS norm, whole rows and heads in place, against float64 loops: values, and every gradient,
// overwriting and adding.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { headNorm } from '../../../engine/ops/norm/head-norm.ts';
import { layerNorm, rmsNorm } from '../../../engine/ops/norm/norm.ts';
import { addInto } from '../../../engine/ops/add/add.ts';
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
import { expectPointwise, expectWithin, productBound } from '../tolerances.ts';

type Numbers = ArrayLike<number>;

/** One row in float64: normalised values and 1 / sqrt(variance + epsilon). */
function normalize(x: Numbers, start: number, columns: number, epsilon: number, isCentered: boolean) {
  const row = Array.from({ length: columns }, (_, i) => x[start + i]!);
  const mean = isCentered ? row.reduce((sum, value) => sum + value, 0) / columns : 0;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns;
  const rstd = 1 / Math.sqrt(variance + epsilon);
  return { rstd, xhat: row.map((value) => (value - mean) * rstd) };
}

/** dx of one row in float64 from dy * weight and the normalised values. */
function rowGradient(g: readonly number[], xhat: readonly number[], rstd: number, isCentered: boolean) {
  const average = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanG = isCentered ? average(g) : 0;
  const projection = average(g.map((value, i) => value * xhat[i]!));
  return g.map((value, i) => rstd * (value - meanG - xhat[i]! * projection));
}

const epsilon = 1e-5;
const sizes = [
  { rows: 1, columns: 3 },
  { rows: 17, columns: 24 },
  { rows: 65, columns: 130 },
  { rows: 33, columns: 288 },
];
const forms = [
  { name: 'layerNorm with bias', isCentered: true, hasBias: true },
  { name: 'layerNorm without bias', isCentered: true, hasBias: false },
  { name: 'rmsNorm', isCentered: false, hasBias: false },
];

onEachDevice((makeDevice) => {
  describe.each(forms)('$name', ({ isCentered, hasBias }) => {
    it.each(sizes)('matches float64 for $rows rows of $columns', async ({ rows, columns }) => {
      const x = testValues(rows * columns, 1, 3).map((value) => value + 0.5);
      const parameter = testValues((hasBias ? 2 : 1) * columns, 2);
      const dy = testValues(rows * columns, 3);
      const before = testValues(rows * columns, 4);

      const tape = new Tape({ training: true });
      const source = trainableLeaf(tape, 'x', [rows, columns]);
      const leaf = trainableLeaf(tape, 'parameter', [hasBias ? 2 : 1, columns]);
      const norm = isCentered ? layerNorm : rmsNorm;
      const y = norm(tape, source.tensor, leaf.tensor, epsilon);
      tapToOutput(tape, y, 'y');
      seedGradient(tape, y, 'dy');
      // The residual stream's gradient is there before the norm adds its own.
      const { gradient } = tape.gradientForWriting(source.tensor);
      addInto(tape, tape.input('before', [rows, columns], 'f32'), gradient, false);
      tape.backward();
      const result = await runTape(
        await makeDevice(),
        tape,
        { dy, before },
        {
          values: [
            [source.tensor, x],
            [leaf.tensor, parameter],
          ],
          read: { dx: source.gradient, dParameter: leaf.gradient },
        },
      );

      const expectedY: number[] = [];
      const expectedDx: number[] = [];
      const dParameter = new Float64Array(parameter.length);
      for (let row = 0; row < rows; row++) {
        const start = row * columns;
        const { rstd, xhat } = normalize(x, start, columns, epsilon, isCentered);
        xhat.forEach((value, i) => {
          expectedY.push(value * parameter[i]! + (hasBias ? parameter[columns + i]! : 0));
          dParameter[i]! += dy[start + i]! * value;
          if (hasBias) dParameter[columns + i]! += dy[start + i]!;
        });
        const g = xhat.map((_, i) => dy[start + i]! * parameter[i]!);
        rowGradient(g, xhat, rstd, isCentered).forEach((value, i) =>
          expectedDx.push(value + before[start + i]!),
        );
      }
      expectPointwise(result['y']!, expectedY);
      expectPointwise(result['dx']!, expectedDx);
      expectWithin(
        result['dParameter']!,
        dParameter,
        productBound(rows, 2 * Math.sqrt(rows), Math.sqrt(rows)),
      );
    });
  });

  it('overwrites the first gradient of x, adds to a parameter gradient kept from before', async () => {
    const [rows, columns] = [5, 80];
    const tape = new Tape({ training: true, accumulateGradients: true });
    const x = activationLeaf(tape, 'x', [rows, columns]);
    addInto(tape, tape.input('values', [rows, columns], 'f32'), x, false);
    const weight = trainableLeaf(tape, 'weight', [1, columns]);
    const y = rmsNorm(tape, x, weight.tensor, epsilon);
    seedGradient(tape, y, 'dy');
    tape.backward();
    tapToOutput(tape, tape.gradientOf(x)!, 'dx');
    const values = testValues(rows * columns, 5);
    const dy = testValues(rows * columns, 6);
    const w = testValues(columns, 7);
    const kept = testValues(columns, 8);
    const result = await runTape(
      await makeDevice(),
      tape,
      { values, dy },
      {
        values: [
          [weight.tensor, w],
          [weight.gradient, kept],
        ],
        read: { dWeight: weight.gradient },
      },
    );
    const dWeight = Float64Array.from(kept);
    const dx: number[] = [];
    for (let row = 0; row < rows; row++) {
      const { rstd, xhat } = normalize(values, row * columns, columns, epsilon, false);
      xhat.forEach((value, i) => (dWeight[i]! += dy[row * columns + i]! * value));
      dx.push(
        ...rowGradient(
          xhat.map((_, i) => dy[row * columns + i]! * w[i]!),
          xhat,
          rstd,
          false,
        ),
      );
    }
    expectPointwise(result['dx']!, dx);
    expectPointwise(result['dWeight']!, dWeight);
  });

  it('leaves the gradient of a frozen parameter out', async () => {
    const tape = new Tape({ training: true });
    const x = trainableLeaf(tape, 'x', [4, 24]);
    const y = rmsNorm(tape, x.tensor, frozenLeaf('weight', [1, 24]), epsilon);
    seedGradient(tape, y, 'dy');
    tape.backward();
    expect(tape.commands.map(({ kernel }) => kernel.name)).not.toContain('columnSum');
    const result = await runTape(
      await makeDevice(),
      tape,
      { dy: testValues(96, 1) },
      { read: { dx: x.gradient } },
    );
    // A weight of zeros lets no gradient through.
    expect(result['dx']!.every((value) => value === 0)).toBe(true);
  });

  describe('headNorm', () => {
    const shapes = [
      { rows: 1, groups: 3, columns: 24, offset: 0, after: 7 },
      { rows: 17, groups: 5, columns: 80, offset: 160, after: 80 },
      { rows: 65, groups: 2, columns: 10, offset: 3, after: 0 },
    ];
    it.each(shapes)('norms $groups heads of $columns in place', async (shape) => {
      const { rows, groups, columns, offset, after } = shape;
      const stride = offset + groups * columns + after;
      const values = testValues(rows * stride, 1, 2);
      const dy = testValues(rows * stride, 2);
      const w = testValues(columns, 3);
      const tape = new Tape({ training: true });
      const x = tape.transient('x', [rows, stride]);
      addInto(tape, tape.input('values', [rows, stride], 'f32'), x, false);
      const weight = trainableLeaf(tape, 'weight', [1, columns]);
      headNorm(tape, x, weight.tensor, epsilon, { groups, offset });
      tapToOutput(tape, x, 'y');
      seedGradient(tape, x, 'dy');
      tape.backward();
      tapToOutput(tape, tape.gradientOf(x)!, 'dx');
      const result = await runTape(
        await makeDevice(),
        tape,
        { values, dy },
        { values: [[weight.tensor, w]], read: { dWeight: weight.gradient } },
      );
      const expectedY = Array.from(values);
      const expectedDx = Array.from(dy);
      const dWeight = new Float64Array(columns);
      for (let head = 0; head < rows * groups; head++) {
        const start = Math.floor(head / groups) * stride + offset + (head % groups) * columns;
        const { rstd, xhat } = normalize(values, start, columns, epsilon, false);
        const g = xhat.map((_, i) => dy[start + i]! * w[i]!);
        rowGradient(g, xhat, rstd, false).forEach((value, i) => {
          expectedY[start + i] = xhat[i]! * w[i]!;
          expectedDx[start + i] = value;
          dWeight[i]! += dy[start + i]! * xhat[i]!;
        });
      }
      expectPointwise(result['y']!, expectedY);
      expectPointwise(result['dx']!, expectedDx);
      const heads = Math.sqrt(rows * groups);
      expectWithin(result['dWeight']!, dWeight, productBound(rows * groups, 2 * heads, heads));
    });
  });
});
