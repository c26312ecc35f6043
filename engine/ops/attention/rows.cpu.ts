// What happens to one row of logits between the products of attention: masks, softmax, dropout, and their
// derivative (AssemblyScript). A row is addressed by key: `row + 4 * j` is key j, whatever part of it exists.
// Bounds `from` and `to` are multiples of eight; [low, high) of them are visible, the others become zero.

import { held, log, madd, nmadd, tanh } from '../../device/cpu/kernels/math';
import { EMPTY_ROW, MASKED } from './layout.cpu';
import { fill } from './panels.cpu';

/** Sets a row's logits outside [low, high) to MASKED; `from` and `to` bound what products wrote. */
@inline
export function maskOutside(row: usize, low: u32, high: u32, from: u32, to: u32): void {
  const masked = f32x4.splat(MASKED);
  if (low >= high) {
    for (let j = from; j < to; j += 4) v128.store(row + (j << 2), masked);
    return;
  }
  const lanes = i32x4(0, 1, 2, 3);
  const first = i32x4.splat(low), end = i32x4.splat(high);
  for (let j = from; j < low; j += 4) {
    const at = row + (j << 2);
    v128.store(at, v128.bitselect(v128.load(at), masked, i32x4.ge_s(i32x4.add(i32x4.splat(j), lanes), first)));
  }
  for (let j = high & ~3; j < to; j += 4) {
    const at = row + (j << 2);
    v128.store(at, v128.bitselect(v128.load(at), masked, i32x4.lt_s(i32x4.add(i32x4.splat(j), lanes), end)));
  }
}

/** What is added to, and bent in, a row's logits before they are masked; see `writeAdditive`. */
export function adjustRow(row: usize, from: u32, to: u32, softCap: f32, additive: usize): void {
  const end = row + (to << 2);
  if (softCap > 0) {
    const cap = f32x4.splat(softCap), inverse = f32x4.splat(1 / softCap);
    for (let p = row + (from << 2); p < end; p += 16) {
      v128.store(p, f32x4.mul(cap, tanh(f32x4.mul(v128.load(p), inverse))));
    }
  }
  if (!additive) return;
  additive += from << 2;
  for (let p = row + (from << 2); p < end; p += 16) {
    v128.store(p, f32x4.add(v128.load(p), v128.load(additive)));
    additive += 16;
  }
}

/**
 * Softmax without its division of the six rows of a tile, `step` bytes apart: leaves e^(logit - max) in them,
 * 1 / sum at `inverse` (8 floats) and the log-sum-exp at `logSumExp` (8 floats). Rows without a visible key
 * become 0, their inverse 0 and their log-sum-exp EMPTY_ROW. All rows go together, which hides the latency
 * of e^x in short ones.
 */
export function softmaxRows(
  rows: usize, step: usize, from: u32, to: u32, inverse: usize, logSumExp: usize,
): void {
  const r1 = step, r2 = step * 2, r3 = step * 3, r4 = step * 4, r5 = step * 5;
  const begin = rows + (from << 2), end = rows + (to << 2);
  const floor = f32x4.splat(MASKED);
  let m0 = floor, m1 = floor, m2 = floor, m3 = floor, m4 = floor, m5 = floor;
  for (let p = begin; p < end; p += 16) {
    m0 = f32x4.pmax(m0, v128.load(p));
    m1 = f32x4.pmax(m1, v128.load(p + r1));
    m2 = f32x4.pmax(m2, v128.load(p + r2));
    m3 = f32x4.pmax(m3, v128.load(p + r3));
    m4 = f32x4.pmax(m4, v128.load(p + r4));
    m5 = f32x4.pmax(m5, v128.load(p + r5));
  }
  const low = columnMaxima(m0, m1, m2, m3), high = columnMaxima(m4, m5, m4, m5);
  const zero = f32x4.splat(0);
  // A row that is masked everywhere takes 0 as its maximum: e^MASKED is 0.
  const limit = f32x4.splat(MASKED * 0.5);
  const lowMax = v128.andnot(low, f32x4.lt(low, limit)), highMax = v128.andnot(high, f32x4.lt(high, limit));
  m0 = i32x4.shuffle(lowMax, lowMax, 0, 0, 0, 0);
  m1 = i32x4.shuffle(lowMax, lowMax, 1, 1, 1, 1);
  m2 = i32x4.shuffle(lowMax, lowMax, 2, 2, 2, 2);
  let s0 = zero, s1 = zero, s2 = zero;
  for (let p = begin; p < end; p += 16) {
    s0 = f32x4.add(s0, expInPlace(p, m0));
    s1 = f32x4.add(s1, expInPlace(p + r1, m1));
    s2 = f32x4.add(s2, expInPlace(p + r2, m2));
  }
  m3 = i32x4.shuffle(lowMax, lowMax, 3, 3, 3, 3);
  m4 = i32x4.shuffle(highMax, highMax, 0, 0, 0, 0);
  m5 = i32x4.shuffle(highMax, highMax, 1, 1, 1, 1);
  let s3 = zero, s4 = zero, s5 = zero;
  for (let p = begin; p < end; p += 16) {
    s3 = f32x4.add(s3, expInPlace(p + r3, m3));
    s4 = f32x4.add(s4, expInPlace(p + r4, m4));
    s5 = f32x4.add(s5, expInPlace(p + r5, m5));
  }
  finishSoftmax(columnSums(s0, s1, s2, s3), lowMax, inverse, logSumExp);
  finishSoftmax(columnSums(s4, s5, s4, s5), highMax, inverse + 16, logSumExp + 16);
}

/** The same for one row: its 1 / sum and log-sum-exp are the first of the four floats written at each place. */
export function softmaxRow(row: usize, from: u32, to: u32, inverse: usize, logSumExp: usize): void {
  const begin = row + (from << 2), end = row + (to << 2);
  let m = f32x4.splat(MASKED);
  for (let p = begin; p < end; p += 16) m = f32x4.pmax(m, v128.load(p));
  const largest = columnMaxima(m, m, m, m);
  m = v128.andnot(largest, f32x4.lt(largest, f32x4.splat(MASKED * 0.5)));
  let sum = f32x4.splat(0);
  for (let p = begin; p < end; p += 16) sum = f32x4.add(sum, expInPlace(p, m));
  finishSoftmax(columnSums(sum, sum, sum, sum), m, inverse, logSumExp);
}

const expLowest: v128 = held(-88);
const log2OfE: v128 = held(1.44269504);
const roundAndBias: v128 = held(12583039);
const ln2High: v128 = held(0.693359375);
const ln2Low: v128 = held(-2.1219444e-4);
const exp6: v128 = held(0.0013814613);
const exp5: v128 = held(0.00836871);
const exp4: v128 = held(0.04166839);
const exp3: v128 = held(0.16666521);
const exp2: v128 = held(0.49999994);
const one: v128 = held(1);

/**
 * e^x for x <= 0, a quarter faster than `exp`: exactly 0 below -87.68, where the power of two becomes 0.
 * For x > 88 the result is arbitrary; only masked logits get there, and they are cleared afterwards.
 */
@inline
function expDown(x: v128): v128 {
  const clamped = f32x4.pmax(x, expLowest);
  const shifted = madd(clamped, log2OfE, roundAndBias);
  const n = f32x4.sub(shifted, roundAndBias);
  const r = nmadd(n, ln2Low, nmadd(n, ln2High, clamped));
  let p = madd(exp6, r, exp5);
  p = madd(p, r, exp4);
  p = madd(p, r, exp3);
  p = madd(p, r, exp2);
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), one);
  return f32x4.mul(p, i32x4.shl(shifted, 23));
}

@inline
function expInPlace(at: usize, m: v128): v128 {
  const e = expDown(f32x4.sub(v128.load(at), m));
  v128.store(at, e);
  return e;
}

@inline
function finishSoftmax(sum: v128, largest: v128, inverse: usize, logSumExp: usize): void {
  const isEmpty = f32x4.eq(sum, f32x4.splat(0));
  v128.store(inverse, v128.andnot(f32x4.div(f32x4.splat(1), sum), isEmpty));
  v128.store(logSumExp, v128.bitselect(f32x4.splat(EMPTY_ROW), f32x4.add(largest, log(sum)), isEmpty));
}

/** The largest lane of each argument. */
@inline
function columnMaxima(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.pmax(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = f32x4.pmax(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
  return f32x4.pmax(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3));
}

/** The sum of the lanes of each argument. */
@inline
function columnSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
  return f32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3));
}

/** row[j] *= factors[j] for visible keys; what lies outside them is zero already. */
export function multiplyRow(row: usize, from: u32, to: u32, factors: usize): void {
  const end = row + (to << 2);
  factors += from << 2;
  for (let p = row + (from << 2); p < end; p += 16) {
    v128.store(p, f32x4.mul(v128.load(p), v128.load(factors)));
    factors += 16;
  }
}

/**
 * From logits s and dP to probabilities and dS, in place, the plain form for the six rows of a tile:
 * p = e^(s - logSumExp), ds = p (dp - delta) scale. `logSumExps` and `deltas` hold six floats.
 */
export function gradientRows(
  rows: usize, slopes: usize, step: usize, lastRow: u32, from: u32, to: u32, logSumExps: usize, deltas: usize,
  scale: f32,
): void {
  gradientOfThree(rows, slopes, step, from, to, logSumExps, deltas, scale);
  if (lastRow < 3) return;
  gradientOfThree(rows + step * 3, slopes + step * 3, step, from, to, logSumExps + 12, deltas + 12, scale);
}

function gradientOfThree(
  rows: usize, slopes: usize, step: usize, from: u32, to: u32, logSumExps: usize, deltas: usize, scale: f32,
): void {
  const c = f32x4.splat(scale);
  const l0 = v128.load32_splat(logSumExps), l1 = v128.load32_splat(logSumExps, 4);
  const l2 = v128.load32_splat(logSumExps, 8);
  const d0 = f32x4.mul(v128.load32_splat(deltas), c), d1 = f32x4.mul(v128.load32_splat(deltas, 4), c);
  const d2 = f32x4.mul(v128.load32_splat(deltas, 8), c);
  const end = rows + (to << 2);
  let d = slopes + (from << 2);
  for (let p = rows + (from << 2); p < end; p += 16) {
    gradientInPlace(p, d, l0, d0, c);
    gradientInPlace(p + step, d + step, l1, d1, c);
    gradientInPlace(p + step * 2, d + step * 2, l2, d2, c);
    d += 16;
  }
}

@inline
function gradientInPlace(p: usize, d: usize, logSumExp: v128, scaledDelta: v128, scale: v128): void {
  const e = expDown(f32x4.sub(v128.load(p), logSumExp));
  v128.store(p, e);
  v128.store(d, f32x4.mul(e, f32x4.sub(f32x4.mul(v128.load(d), scale), scaledDelta)));
}

/**
 * The same with every option: logits s become softCap tanh(s / softCap) + additive; probabilities that go
 * into dV and dP are multiplied by `keep`. Leaves p (dp - delta), the gradient of the bias, in `additive`.
 */
export function optionalGradientRow(
  row: usize, slope: usize, from: u32, to: u32, logSumExp: f32, delta: f32, scale: f32,
  additive: usize, softCap: f32, keep: usize,
): void {
  const l = f32x4.splat(logSumExp), c = f32x4.splat(scale), d = f32x4.splat(delta);
  const cap = f32x4.splat(softCap), inverseCap = f32x4.splat(softCap > 0 ? 1 / softCap : 0);
  for (let offset = <usize>from << 2, end = <usize>to << 2; offset < end; offset += 16) {
    let s = v128.load(row + offset), bend = one;
    if (softCap > 0) {
      const t = tanh(f32x4.mul(s, inverseCap));
      s = f32x4.mul(cap, t);
      bend = f32x4.sub(one, f32x4.mul(t, t));
    }
    if (additive) s = f32x4.add(s, v128.load(additive + offset));
    const e = expDown(f32x4.sub(s, l));
    let dp = v128.load(slope + offset), used = e;
    if (keep) {
      const k = v128.load(keep + offset);
      dp = f32x4.mul(dp, k);
      used = f32x4.mul(e, k);
    }
    const g = f32x4.mul(e, f32x4.sub(dp, d));
    v128.store(row + offset, used);
    v128.store(slope + offset, f32x4.mul(f32x4.mul(g, bend), c));
    if (additive) v128.store(additive + offset, g);
  }
}

/** The row's probabilities among all `count` keys; the row holds [from, to), 0 where not visible. */
export function writeWeights(row: usize, from: u32, to: u32, inverse: f32, target: usize, count: u32): void {
  fill(target, count, 0);
  for (let j = from; j < to; j++) store<f32>(target + (j << 2), load<f32>(row + (j << 2)) * inverse);
}

/** Sets a row to zero in [from, low) and [high, to). */
export function clearOutside(row: usize, low: u32, high: u32, from: u32, to: u32): void {
  if (low >= high) {
    fill(row + (from << 2), to - from, 0);
    return;
  }
  fill(row + (from << 2), low - from, 0);
  fill(row + (high << 2), to - high, 0);
}
