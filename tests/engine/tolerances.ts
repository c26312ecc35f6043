// The tolerances of numerical tests, each named once, and the assertions that use them.
// A test picks one of these; it never invents a number of its own.

import { expect } from 'vitest';

/** Element-wise f32 operations: |a - b| <= atol + rtol |b| (PyTorch's assert_close for f32). */
export const pointwise = { rtol: 1.3e-6, atol: 1e-5 } as const;

/** Chains of f32 products and sums of a layer: max|a - b| / max|b| over a tensor. */
export const reductionRelative = 1e-5;

/** A layer whose tensors are stored as f16, each within 2^-11: max|a - b| / max|b| over a tensor. */
export const halfRelative = 2 ** -8;

/** Whole-model gradients against PyTorch, f32: ||a - b|| / ||b|| of each tensor. */
export const modelGradient = 1e-4;

/** Directional finite differences in f32, relative. */
export const finiteDifference = 0.02;

/** Unit roundoff spacing of f32. */
export const epsilonF32 = 2 ** -23;

type Numbers = ArrayLike<number>;

/** Bound of the error of one f32 dot product of `length` terms: 4 sqrt(K) eps |row| |column|. */
export function productBound(length: number, rowNorm: number, columnNorm: number): number {
  return 4 * Math.sqrt(length) * epsilonF32 * rowNorm * columnNorm;
}

/** Euclidean norm, in f64. */
export function norm(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}

/** Fails unless |actual - expected| <= atol + rtol |expected| for every element. */
export function expectPointwise(
  actual: Numbers,
  expected: Numbers,
  tolerance: { rtol: number; atol: number } = pointwise,
): void {
  expectWithin(actual, expected, (i) => tolerance.atol + tolerance.rtol * Math.abs(expected[i]!));
}

/** Fails unless |actual - expected| <= bound(index) for every element; lengths must match. */
export function expectWithin(
  actual: Numbers,
  expected: Numbers,
  bound: number | ((index: number) => number),
): void {
  expect(actual.length, 'number of elements').toBe(expected.length);
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < expected.length; i++) {
    const allowed = typeof bound === 'number' ? bound : bound(i);
    const excess = Math.abs(actual[i]! - expected[i]!) - allowed;
    // A NaN must fail as well, so the comparison is "not within" rather than "beyond".
    if (!(excess <= 0) && !(excess <= worstExcess)) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (worst >= 0) {
    const allowed = typeof bound === 'number' ? bound : bound(worst);
    const message = `element ${worst}: got ${actual[worst]}, expected ${expected[worst]} within ${allowed}`;
    expect.fail(message);
  }
}

/** Fails unless max|actual - expected| / max|expected| <= limit. */
export function expectRelative(actual: Numbers, expected: Numbers, limit: number): void {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]!));
  expectWithin(actual, expected, limit * largest);
}

/** Fails unless ||actual - expected|| / ||expected|| <= limit. */
export function expectRelativeNorm(actual: Numbers, expected: Numbers, limit: number): void {
  expect(actual.length, 'number of elements').toBe(expected.length);
  const difference = Array.from({ length: expected.length }, (_, i) => actual[i]! - expected[i]!);
  expect(norm(difference) / norm(expected), 'relative L2 error').toBeLessThanOrEqual(limit);
}
