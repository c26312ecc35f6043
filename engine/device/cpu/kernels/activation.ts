// The activation functions of feed-forward layers and their derivatives on four floats (AssemblyScript).
// `kind` is the number that engine/ops/activation/activation.ts gives each Hugging Face name (0 is none);
// it is the same for a whole command, so the branch on it costs little.

import { erf, exp, held, madd, sigmoid } from './math';

const GELU: u32 = 1;
const GELU_NEW: u32 = 2;
const RELU: u32 = 3;
export const SILU: u32 = 4;

const one: v128 = held(1);
const half: v128 = held(0.5);
const minusHalf: v128 = held(-0.5);
const rootHalf: v128 = held(0.70710678);
const densityAtZero: v128 = held(0.39894228);

/** x Phi(x) = x (1 + erf(x / sqrt 2)) / 2. */
@inline
export function gelu(x: v128): v128 {
  const h = f32x4.mul(x, half);
  return madd(h, erf(f32x4.mul(x, rootHalf)), h);
}

/** Phi(x) + x phi(x). */
@inline
export function geluGradient(x: v128): v128 {
  const cumulative = madd(half, erf(f32x4.mul(x, rootHalf)), half);
  const density = exp(f32x4.mul(f32x4.mul(x, x), minusHalf));
  return madd(f32x4.mul(x, densityAtZero), density, cumulative);
}

// -2 sqrt(2 / pi) times 1, 0.044715 and 3 * 0.044715.
const newLinear: v128 = held(-1.5957691);
const newCubic: v128 = held(-0.071354816);
const newCubicSlope: v128 = held(-0.21406445);

/** e^-2u with u = sqrt(2 / pi) (x + 0.044715 x^3). */
@inline
function expMinusTwoU(x: v128): v128 {
  return exp(f32x4.mul(x, madd(f32x4.mul(x, x), newCubic, newLinear)));
}

/** x (1 + tanh u) / 2, computed as x sigmoid(2 u), which keeps its precision for large negative x. */
@inline
export function geluNew(x: v128): v128 {
  return f32x4.div(x, f32x4.add(one, expMinusTwoU(x)));
}

/** s + 2 x s (1 - s) u' with s = sigmoid(2 u) and 1 - s = s e^-2u. */
@inline
export function geluNewGradient(x: v128): v128 {
  const e = expMinusTwoU(x);
  const s = f32x4.div(one, f32x4.add(one, e));
  const minusSlope = madd(f32x4.mul(x, x), newCubicSlope, newLinear);
  const xs = f32x4.mul(x, s);
  return f32x4.sub(s, f32x4.mul(f32x4.mul(xs, minusSlope), f32x4.mul(s, e)));
}

/** x sigmoid(x). */
@inline
export function silu(x: v128): v128 {
  return f32x4.mul(x, sigmoid(x));
}

/** s (1 + x (1 - s)) with s = sigmoid(x). */
@inline
export function siluGradient(x: v128): v128 {
  const s = sigmoid(x);
  return f32x4.mul(s, madd(x, f32x4.sub(one, s), one));
}

/** f(x) for the activation of that kind. */
@inline
export function activate(kind: u32, x: v128): v128 {
  if (kind === GELU_NEW) return geluNew(x);
  if (kind === SILU) return silu(x);
  if (kind === GELU) return gelu(x);
  // max(x, 0) that keeps NaN: pmax gives its first argument unless the second is larger.
  if (kind === RELU) return f32x4.pmax(x, f32x4.splat(0));
  return x;
}

/** f'(x) for the activation of that kind. */
@inline
export function activateGradient(kind: u32, x: v128): v128 {
  if (kind === GELU_NEW) return geluNewGradient(x);
  if (kind === SILU) return siluGradient(x);
  if (kind === GELU) return geluGradient(x);
  if (kind === RELU) return v128.and(f32x4.gt(x, f32x4.splat(0)), one);
  return one;
}
