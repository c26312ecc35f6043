// The activation functions of feed-forward layers and their derivatives on four floats (AssemblyScript).
// `kind` is the number that engine/ops/activation/activation.ts gives each Hugging Face name (0 is none);
// it is the same for a whole command, so the branch on it costs little.

import { erf, exp, held, madd, nmadd, powerOfTwo, sigmoid } from './math';

const GELU: u32 = 1;
export const GELU_NEW: u32 = 2;
const RELU: u32 = 3;
export const SILU: u32 = 4;
const TANH: u32 = 5;

const one: v128 = held(1);
const two: v128 = held(2);
const half: v128 = held(0.5);
const minusHalf: v128 = held(-0.5);
const rootHalf: v128 = held(0.70710678);
const densityAtZero: v128 = held(0.39894228);

/** x Phi(x) = x (1 + erf(x / sqrt 2)) / 2, where `error` is that erf. */
@inline
function gelu(x: v128, error: v128): v128 {
  const h = f32x4.mul(x, half);
  return madd(h, error, h);
}

/** Phi(x) + x phi(x). */
@inline
function geluSlope(x: v128, error: v128): v128 {
  const density = exp(f32x4.mul(f32x4.mul(x, x), minusHalf));
  return madd(f32x4.mul(x, densityAtZero), density, madd(half, error, half));
}

// -2 sqrt(2 / pi) times 1 and 3 * 0.044715.
const newLinear: v128 = held(-1.5957691);
const newCubic: v128 = held(-0.21406445);
// -2 sqrt(2 / pi) log2 e times 1 and 0.044715.
const newLinearOfTwo: v128 = held(-2.302208198);
const newCubicOfTwo: v128 = held(-0.1029432397);

/** e^-2u with u = sqrt(2 / pi) (x + 0.044715 x^3). */
@inline
function expMinusTwoU(x: v128): v128 {
  return powerOfTwo(f32x4.mul(x, madd(f32x4.mul(x, x), newCubicOfTwo, newLinearOfTwo)));
}

/**
 * s + 2 x s (1 - s) u' with s = sigmoid(2 u), 1 - s = s e and e = e^-2u. The function itself is x s, which
 * keeps its precision for large negative x.
 */
@inline
function geluNewSlope(x: v128, e: v128, s: v128): v128 {
  const minusSlope = madd(f32x4.mul(x, x), newCubic, newLinear);
  return nmadd(f32x4.mul(f32x4.mul(x, s), minusSlope), f32x4.mul(s, e), s);
}

/** s (1 + x (1 - s)) with s = sigmoid(x); the function itself is x s. */
@inline
function siluSlope(x: v128, s: v128): v128 {
  return f32x4.mul(s, madd(x, f32x4.sub(one, s), one));
}

/** 1 - 2 / (1 + e^2x). */
@inline
function tanh(x: v128): v128 {
  return nmadd(two, f32x4.div(one, f32x4.add(one, exp(f32x4.mul(x, two)))), one);
}

/** 1 / (1 + e): sigmoid(v) for e = e^-v. */
@inline
function logistic(e: v128): v128 {
  return f32x4.div(one, f32x4.add(one, e));
}

/** f(x) for the activation of that kind. */
@inline
export function activate(kind: u32, x: v128): v128 {
  if (kind === GELU_NEW) return f32x4.mul(x, logistic(expMinusTwoU(x)));
  if (kind === SILU) return f32x4.mul(x, sigmoid(x));
  if (kind === GELU) return gelu(x, erf(f32x4.mul(x, rootHalf)));
  // max(x, 0) that keeps NaN: pmax gives its first argument unless the second is larger.
  if (kind === RELU) return f32x4.pmax(x, f32x4.splat(0));
  if (kind === TANH) return tanh(x);
  return x;
}

/** f'(x) for the activation of that kind. */
@inline
export function activateGradient(kind: u32, x: v128): v128 {
  if (kind === GELU_NEW) {
    const e = expMinusTwoU(x);
    return geluNewSlope(x, e, logistic(e));
  }
  if (kind === SILU) return siluSlope(x, sigmoid(x));
  if (kind === GELU) return geluSlope(x, erf(f32x4.mul(x, rootHalf)));
  if (kind === RELU) return v128.and(f32x4.gt(x, f32x4.splat(0)), one);
  if (kind === TANH) {
    const y = tanh(x);
    return nmadd(y, y, one);
  }
  return one;
}

/** f(x); stores f'(x) at `slope`, which shares most of the work. */
@inline
export function activateWithSlope(kind: u32, x: v128, slope: usize): v128 {
  if (kind === GELU_NEW) {
    const e = expMinusTwoU(x);
    const s = logistic(e);
    v128.store(slope, geluNewSlope(x, e, s));
    return f32x4.mul(x, s);
  }
  if (kind === SILU) {
    const s = sigmoid(x);
    v128.store(slope, siluSlope(x, s));
    return f32x4.mul(x, s);
  }
  if (kind === GELU) {
    const error = erf(f32x4.mul(x, rootHalf));
    v128.store(slope, geluSlope(x, error));
    return gelu(x, error);
  }
  v128.store(slope, activateGradient(kind, x));
  return activate(kind, x);
}

/**
 * GELU's tanh form, f(x) at `y` and f'(x) at `slope`, of x = values + bias where that is not 0: `bytes` of
 * them, a multiple of 16, with the bits of activateWithSlope. Two passes that hand over e^-2u in `slope` take
 * three quarters of one pass's time: a processor sees too few vectors ahead to hide the whole chain's latency.
 */
export function geluNewRow(values: usize, bias: usize, y: usize, slope: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    let x = v128.load(values + at);
    if (bias !== 0) x = f32x4.add(x, v128.load(bias + at));
    v128.store(y + at, x);
    v128.store(slope + at, expMinusTwoU(x));
  }
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(y + at), e = v128.load(slope + at);
    const s = logistic(e);
    v128.store(y + at, f32x4.mul(x, s));
    v128.store(slope + at, geluNewSlope(x, e, s));
  }
}
