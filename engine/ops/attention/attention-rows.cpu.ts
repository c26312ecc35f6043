// Attention forward on the CPU for very few queries, as when one token is generated against a cache
// (AssemblyScript): one tile is one query of one head. Keys and values are read once where they lie, for
// copying them into panels would cost more than it saves.
// args: Inputs, output, statistics?, weights?, Sizes.

import { madd } from '../../device/cpu/kernels/math';
import {
  hasAdditive, Inputs, keyValueHead, outputHead, queryHead, roundUp, Sizes, validEnd, validStart, visibleHigh,
  visibleLow,
} from './layout.cpu';
import { drawKeepRow, writeAdditive } from './options.cpu';
import { adjustRow, maskOutside, multiplyRow, softmaxRow, writeWeights } from './rows.cpu';

export function attentionRows(args: usize, tile: u32, scratch: usize): void {
  const inputs = changetype<Inputs>(args);
  const output = load<usize>(args, 32), statistics = load<usize>(args, 36), weights = load<usize>(args, 40);
  const sizes = changetype<Sizes>(args + 44);
  const Tq = sizes.queryLength, Tk = sizes.keyLength, NH = sizes.numHeads, HS = sizes.headDim;
  const i = tile % Tq, h = (tile / Tq) % NH, b = tile / (Tq * NH);
  const low = visibleLow(sizes, i, validStart(inputs, b));
  const high = max<u32>(visibleHigh(sizes, i, validEnd(inputs, sizes, b)), low);
  const from = low & ~7, to = roundUp(high, 8);

  const rowBytes: usize = (roundUp(Tk, 8) << 2) + 64;
  const scores = scratch, additive = scores + rowBytes, words = additive + rowBytes;
  const inverse = words + rowBytes + 128, logSumExp = inverse + 32;

  const kv = inputs.keyValue ? inputs.keyValue : inputs.query;
  const head = h / (NH / sizes.numKeyValueHeads);
  const step: usize = sizes.keyValueStride << 2;
  const keys = keyValueHead(sizes, kv, b, head, sizes.keyOffset);
  const values = keyValueHead(sizes, kv, b, head, sizes.valueOffset);
  const query = queryHead(sizes, inputs.query, b, h) + (sizes.queryStride * i << 2);
  const target = outputHead(sizes, output, b, h) + (NH * HS * i << 2);

  scoreKeys(query, keys, step, low, high, HS, sizes.scale, scores);
  const additiveRow: usize = hasAdditive(inputs) ? additive : 0;
  if (additiveRow) writeAdditive(inputs, sizes, b, h, i, low, high, additiveRow);
  if (additiveRow || sizes.softCap > 0) adjustRow(scores, from, to, sizes.softCap, additiveRow);
  maskOutside(scores, low, high, from, to);
  softmaxRow(scores, from, to, inverse, logSumExp);

  const row = (b * NH + h) * Tq + i;
  if (statistics) store<f32>(statistics + (row << 2), load<f32>(logSumExp));
  if (weights) writeWeights(scores, from, min<u32>(to, Tk), load<f32>(inverse), weights + (row * Tk << 2), Tk);
  if (inputs.scalars) multiplyRow(scores, from, to, drawKeepRow(inputs, sizes, b, h, i, from, to, words));
  sumValues(scores, values, step, low, high, HS, load<f32>(inverse), target);
}

/** scores[j] = scale * q . key j for j in [low, high), four keys at a time. */
function scoreKeys(
  query: usize, keys: usize, step: usize, low: u32, high: u32, size: u32, scale: f32, scores: usize,
): void {
  const whole = size & ~3;
  for (let j = low; j < high; j += 4) {
    const last = high - j - 1;
    const k0 = keys + step * j;
    const k1 = k0 + step * min<u32>(1, last), k2 = k0 + step * min<u32>(2, last);
    const k3 = k0 + step * min<u32>(3, last);
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let d: usize = 0, end: usize = whole << 2; d < end; d += 16) {
      const q = v128.load(query + d);
      s0 = madd(q, v128.load(k0 + d), s0);
      s1 = madd(q, v128.load(k1 + d), s1);
      s2 = madd(q, v128.load(k2 + d), s2);
      s3 = madd(q, v128.load(k3 + d), s3);
    }
    const ab = f32x4.add(i32x4.shuffle(s0, s1, 0, 4, 1, 5), i32x4.shuffle(s0, s1, 2, 6, 3, 7));
    const cd = f32x4.add(i32x4.shuffle(s2, s3, 0, 4, 1, 5), i32x4.shuffle(s2, s3, 2, 6, 3, 7));
    let sum = f32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3));
    for (let d: usize = whole << 2, end: usize = size << 2; d < end; d += 4) {
      const k = f32x4(load<f32>(k0 + d), load<f32>(k1 + d), load<f32>(k2 + d), load<f32>(k3 + d));
      sum = madd(v128.load32_splat(query + d), k, sum);
    }
    v128.store(scores + (j << 2), f32x4.mul(sum, f32x4.splat(scale)));
  }
}

/** target = inverse * sum over j of scores[j] * value j, up to 32 columns at a time. */
function sumValues(
  scores: usize, values: usize, step: usize, low: u32, high: u32, size: u32, inverse: f32, target: usize,
): void {
  const c = f32x4.splat(inverse);
  let d: u32 = 0;
  for (; d + 32 <= size; d += 32) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    let v = values + step * low + (d << 2);
    for (let j = low; j < high; j++) {
      const p = v128.load32_splat(scores + (j << 2));
      s0 = madd(p, v128.load(v), s0);
      s1 = madd(p, v128.load(v, 16), s1);
      s2 = madd(p, v128.load(v, 32), s2);
      s3 = madd(p, v128.load(v, 48), s3);
      s4 = madd(p, v128.load(v, 64), s4);
      s5 = madd(p, v128.load(v, 80), s5);
      s6 = madd(p, v128.load(v, 96), s6);
      s7 = madd(p, v128.load(v, 112), s7);
      v += step;
    }
    const to = target + (d << 2);
    v128.store(to, f32x4.mul(s0, c)); v128.store(to, f32x4.mul(s1, c), 16);
    v128.store(to, f32x4.mul(s2, c), 32); v128.store(to, f32x4.mul(s3, c), 48);
    v128.store(to, f32x4.mul(s4, c), 64); v128.store(to, f32x4.mul(s5, c), 80);
    v128.store(to, f32x4.mul(s6, c), 96); v128.store(to, f32x4.mul(s7, c), 112);
  }
  for (; d + 4 <= size; d += 4) {
    let sum = f32x4.splat(0);
    for (let j = low; j < high; j++) {
      sum = madd(v128.load32_splat(scores + (j << 2)), v128.load(values + step * j + (d << 2)), sum);
    }
    v128.store(target + (d << 2), f32x4.mul(sum, c));
  }
  for (; d < size; d++) {
    let sum: f32 = 0;
    for (let j = low; j < high; j++) {
      sum += load<f32>(scores + (j << 2)) * load<f32>(values + step * j + (d << 2));
    }
    store<f32>(target + (d << 2), sum * inverse);
  }
}
