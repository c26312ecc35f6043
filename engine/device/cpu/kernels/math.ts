// Elementary functions on four floats at once, for every CPU kernel (AssemblyScript).
// Minimax polynomials without tables: nothing here may need static data. NaN in gives NaN out, so that
// a step that has gone wrong is seen in its loss; no function traps or branches on its values.

// memory.size() counts pages, never more than 65,536, so this is 0; but the optimiser does not know it.
const zero: i32 = memory.size() >> 31;

/**
 * Four times x, for a `const` at the top of a file. Held in a global that looks variable, because constants
 * inside a loop are rebuilt at each use, which made exp 2.5 times slower.
 */
@inline
export function held(x: f32): v128 {
  return heldBits(reinterpret<i32>(x));
}

/** The same for a whole number or a bit pattern. */
@inline
export function heldBits(x: i32): v128 {
  return i32x4.splat(x ^ zero);
}

const one: v128 = held(1);
const half: v128 = held(0.5);

/** a * b + c in one rounding where the machine can. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return v128.relaxed_madd<f32>(a, b, c);
}

/** c - a * b in one rounding where the machine can. */
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return v128.relaxed_nmadd<f32>(a, b, c);
}

/** Sum of the four lanes, always in the order (0 + 2) + (1 + 3). */
@inline
export function sumLanes(x: v128): f32 {
  const pair = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** Largest of the four lanes. */
@inline
export function maxLanes(x: v128): f32 {
  const pair = f32x4.max(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}

const expHighest: v128 = held(88.37);
const expLowest: v128 = held(-87.33);
const log2OfE: v128 = held(1.44269504);
// 1.5 * 2^23 + 127: adding it rounds to a whole number and leaves number + 127 in the low bits.
const roundAndBias: v128 = held(12583039);
// ln 2 in two parts, the first exact when multiplied by a small whole number.
const ln2High: v128 = held(0.693359375);
const ln2Low: v128 = held(-2.1219444e-4);
const exp6: v128 = held(0.0013814613);
const exp5: v128 = held(0.00836871);
const exp4: v128 = held(0.04166839);
const exp3: v128 = held(0.16666521);
const exp2: v128 = held(0.49999994);

/**
 * e^x, error under 1.1 units in the last place.
 * Exactly 0 below -87.33 (no subnormal results); stops growing at 2.4e38 from 88.37 on.
 */
@inline
export function exp(x: v128): v128 {
  // pmin and pmax in this order keep a NaN that stands in x.
  const clamped = f32x4.pmax(f32x4.pmin(x, expHighest), expLowest);
  const shifted = madd(clamped, log2OfE, roundAndBias);
  const n = f32x4.sub(shifted, roundAndBias);
  const r = nmadd(n, ln2Low, nmadd(n, ln2High, clamped));
  let p = madd(exp6, r, exp5);
  p = madd(p, r, exp4);
  p = madd(p, r, exp3);
  p = madd(p, r, exp2);
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), one);
  return v128.andnot(f32x4.mul(p, i32x4.shl(shifted, 23)), f32x4.lt(x, expLowest));
}

const twoHighest: v128 = held(126);
const twoLowest: v128 = held(-126);
// 1.5 * 2^23: adding it rounds to a whole number and leaves that number in the low bits.
const round: v128 = held(12582912);
const two6: v128 = held(1.5353362e-4);
const two5: v128 = held(0.0013398875);
const two4: v128 = held(0.009618437);
const two3: v128 = held(0.055503324);
const two2: v128 = held(0.24022648);
const two1: v128 = held(0.6931472);

/**
 * 2^x, error under 1 unit in the last place; x beyond -126 to 126 counts as that. Cheaper than exp where a
 * factor of log2 e can hide in other constants.
 */
@inline
export function powerOfTwo(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, twoHighest), twoLowest);
  const shifted = f32x4.add(clamped, round);
  const r = f32x4.sub(clamped, f32x4.sub(shifted, round));
  let p = madd(two6, r, two5);
  p = madd(p, r, two4);
  p = madd(p, r, two3);
  p = madd(p, r, two2);
  p = madd(p, r, two1);
  p = madd(p, r, one);
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

const smallestNormal: v128 = held(1.17549435e-38);
// Bits of sqrt(1/2): taking them off first puts the mantissa into [sqrt(1/2), sqrt 2).
const rootHalfBits: v128 = heldBits(0x3f3504f3);
const mantissaBits: v128 = heldBits(0x007fffff);
const log11: v128 = held(0.067466386);
const log10: v128 = held(-0.11675651);
const log9: v128 = held(0.11888163);
const log8: v128 = held(-0.12405589);
const log7: v128 = held(0.14219555);
const log6: v128 = held(-0.16667996);
const log5: v128 = held(0.20002119);
const log4: v128 = held(-0.25000009);
const log3: v128 = held(0.33333313);

/**
 * Natural logarithm of x >= 2^-126 (smaller x, zero and negative numbers count as 2^-126),
 * error under 1 unit in the last place. Infinity and NaN give NaN.
 */
@inline
export function log(x: v128): v128 {
  const bits = i32x4.sub(f32x4.pmax(x, smallestNormal), rootHalfBits);
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const f = f32x4.sub(i32x4.add(v128.and(bits, mantissaBits), rootHalfBits), one);
  let p = madd(log11, f, log10);
  p = madd(p, f, log9);
  p = madd(p, f, log8);
  p = madd(p, f, log7);
  p = madd(p, f, log6);
  p = madd(p, f, log5);
  p = madd(p, f, log4);
  p = madd(p, f, log3);
  const ff = f32x4.mul(f, f);
  p = madd(e, ln2Low, f32x4.mul(p, f32x4.mul(ff, f)));
  p = madd(e, ln2High, f32x4.add(f, nmadd(ff, half, p)));
  return f32x4.add(p, f32x4.sub(x, x));
}

const tanhEnd: v128 = held(9.02);
const tanhP6: v128 = held(-8.436017e-14);
const tanhP5: v128 = held(5.2577654e-11);
const tanhP4: v128 = held(-2.0183943e-8);
const tanhP3: v128 = held(1.11442446e-5);
const tanhP2: v128 = held(3.1030003e-3);
const tanhP1: v128 = held(0.13083155);
const tanhQ3: v128 = held(2.5447496e-4);
const tanhQ2: v128 = held(0.024491377);
const tanhQ1: v128 = held(0.46416482);

/** tanh x as an odd rational function; error under 6 units in the last place, on average 1. */
@inline
export function tanh(x: v128): v128 {
  const c = f32x4.pmax(f32x4.pmin(x, tanhEnd), f32x4.neg(tanhEnd));
  const z = f32x4.mul(c, c);
  let p = madd(tanhP6, z, tanhP5);
  p = madd(p, z, tanhP4);
  p = madd(p, z, tanhP3);
  p = madd(p, z, tanhP2);
  p = madd(p, z, tanhP1);
  p = madd(p, z, one);
  let q = madd(tanhQ3, z, tanhQ2);
  q = madd(q, z, tanhQ1);
  q = madd(q, z, one);
  const y = f32x4.div(f32x4.mul(c, p), q);
  return f32x4.pmax(f32x4.pmin(y, one), f32x4.neg(one));
}

const erfEnd: v128 = held(3.925);
const erfP5: v128 = held(2.0460216e-6);
const erfP4: v128 = held(2.8484507e-4);
const erfP3: v128 = held(3.772605e-3);
const erfP2: v128 = held(0.052769467);
const erfP1: v128 = held(0.190595);
const erfP0: v128 = held(1.1283791);
const erfQ5: v128 = held(3.8047794e-5);
const erfQ4: v128 = held(1.163872e-3);
const erfQ3: v128 = held(0.014983308);
const erfQ2: v128 = held(0.11418324);
const erfQ1: v128 = held(0.50224316);

/** The error function as an odd rational function; error under 6 units in the last place, on average 0.7. */
@inline
export function erf(x: v128): v128 {
  const c = f32x4.pmax(f32x4.pmin(x, erfEnd), f32x4.neg(erfEnd));
  const z = f32x4.mul(c, c);
  let p = madd(erfP5, z, erfP4);
  p = madd(p, z, erfP3);
  p = madd(p, z, erfP2);
  p = madd(p, z, erfP1);
  p = madd(p, z, erfP0);
  let q = madd(erfQ5, z, erfQ4);
  q = madd(q, z, erfQ3);
  q = madd(q, z, erfQ2);
  q = madd(q, z, erfQ1);
  q = madd(q, z, one);
  const y = f32x4.div(f32x4.mul(c, p), q);
  return f32x4.pmax(f32x4.pmin(y, one), f32x4.neg(one));
}

/** 1 / (1 + e^-x), error under 2.5 units in the last place. */
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}
