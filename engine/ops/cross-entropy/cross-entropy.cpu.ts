// Softmax cross-entropy over rows of logits; in training each row becomes its own gradient (AssemblyScript).
// Scalars: word 1 is the loss scale (engine/graph/scalars.ts).

import { exp, log, madd, maxLanes, sumLanes } from '../../device/cpu/kernels/math';
import { loadTail, storeTail, tailMask } from '../../device/cpu/kernels/tail';

const LOWEST: f32 = -3.4028235e38;

/** Largest of a row; a NaN is passed over here and found again in the sum of exponentials. */
function rowMax(x: usize, columns: u32): f32 {
  let a = f32x4.splat(LOWEST), b = a, c = a, d = a;
  const end = x + (<usize>columns << 2);
  for (; x + 64 <= end; x += 64) {
    a = f32x4.pmax(a, v128.load(x));
    b = f32x4.pmax(b, v128.load(x, 16));
    c = f32x4.pmax(c, v128.load(x, 32));
    d = f32x4.pmax(d, v128.load(x, 48));
  }
  for (; x + 16 <= end; x += 16) a = f32x4.pmax(a, v128.load(x));
  let largest = maxLanes(f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)));
  for (; x < end; x += 4) largest = load<f32>(x) > largest ? load<f32>(x) : largest;
  return largest;
}

/** Sum of a row. */
function rowTotal(x: usize, columns: u32): f32 {
  let a = f32x4.splat(0), b = a;
  const end = x + (<usize>columns << 2);
  for (; x + 32 <= end; x += 32) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
  }
  for (; x + 16 <= end; x += 16) a = f32x4.add(a, v128.load(x));
  if (x < end) b = f32x4.add(b, loadTail(x, columns & 3));
  return sumLanes(f32x4.add(a, b));
}

/** Sum of e^(x - largest), which are kept in place of x when `keeps`. */
function exponentials(x: usize, columns: u32, largest: f32, keeps: bool): f32 {
  const top = f32x4.splat(largest);
  let a = f32x4.splat(0), b = a;
  const end = x + (<usize>columns << 2);
  for (; x + 32 <= end; x += 32) {
    const e0 = exp(f32x4.sub(v128.load(x), top));
    const e1 = exp(f32x4.sub(v128.load(x, 16), top));
    a = f32x4.add(a, e0);
    b = f32x4.add(b, e1);
    if (keeps) {
      v128.store(x, e0);
      v128.store(x, e1, 16);
    }
  }
  for (; x + 16 <= end; x += 16) {
    const e = exp(f32x4.sub(v128.load(x), top));
    a = f32x4.add(a, e);
    if (keeps) v128.store(x, e);
  }
  if (x < end) {
    const e = exp(f32x4.sub(loadTail(x, columns & 3), top));
    b = f32x4.add(b, v128.and(e, tailMask(columns & 3)));
    if (keeps) storeTail(x, columns & 3, e);
  }
  return sumLanes(f32x4.add(a, b));
}

/** x = x scale - shift. */
function scaleRow(x: usize, columns: u32, scale: f32, shift: f32): void {
  const s = f32x4.splat(scale);
  const minus = f32x4.splat(-shift);
  const end = x + (<usize>columns << 2);
  for (; x + 16 <= end; x += 16) v128.store(x, madd(v128.load(x), s, minus));
  if (x < end) storeTail(x, columns & 3, madd(loadTail(x, columns & 3), s, minus));
}

/**
 * losses = weight loss, tokenLosses = loss, and in training logits = (softmax - target) weight lossScale.
 * args: logits, targets, tokenWeights or 0, scalars, losses, tokenLosses or 0, rows, firstRow, vocabSize,
 * rowStride, rowsPerTile, isTraining, labelSmoothing.
 */
export function crossEntropy(args: usize, tile: u32, scratch: usize): void {
  const targets = <usize>load<u32>(args, 4);
  const tokenWeights = <usize>load<u32>(args, 8);
  const losses = <usize>load<u32>(args, 16);
  const tokenLosses = <usize>load<u32>(args, 20);
  const rows = load<u32>(args, 24);
  const firstRow = load<u32>(args, 28);
  const vocabSize = load<u32>(args, 32);
  const rowBytes = <usize>load<u32>(args, 36) << 2;
  const rowsPerTile = load<u32>(args, 40);
  const isTraining = load<u32>(args, 44) !== 0;
  const smoothing = load<f32>(args, 48);
  const lossScale = load<f32>(<usize>load<u32>(args, 12), 4);
  const end = min((tile + 1) * rowsPerTile, rows);
  for (let row = tile * rowsPerTile; row < end; row++) {
    const x = <usize>load<u32>(args) + <usize>row * rowBytes;
    const at = <usize>(firstRow + row) << 2;
    const target = load<u32>(targets + at);
    let loss: f32 = 0;
    let weight: f32 = 0;
    if (target < vocabSize) {
      weight = tokenWeights === 0 ? 1 : load<f32>(tokenWeights + at);
      const largest = rowMax(x, vocabSize);
      const mean: f32 = smoothing === 0 ? 0 : rowTotal(x, vocabSize) / <f32>vocabSize;
      const wanted = load<f32>(x + (<usize>target << 2));
      const sum = exponentials(x, vocabSize, largest, isTraining);
      const logSum = f32x4.extract_lane(log(f32x4.splat(sum)), 0);
      const certain: f32 = <f32>1 - smoothing;
      loss = logSum + certain * (largest - wanted);
      if (smoothing !== 0) loss += smoothing * (largest - mean);
      if (isTraining) {
        const scale: f32 = weight * lossScale;
        scaleRow(x, vocabSize, scale / sum, (smoothing / <f32>vocabSize) * scale);
        const place = x + (<usize>target << 2);
        store<f32>(place, load<f32>(place) - certain * scale);
      }
    } else if (isTraining) {
      memory.fill(x, 0, <usize>vocabSize << 2);
    }
    store<f32>(losses + at, weight * loss);
    if (tokenLosses !== 0) store<f32>(tokenLosses + at, loss);
  }
}

/** metrics[0] = sum of the losses. args: losses, metrics, count. */
export function lossSum(args: usize, tile: u32, scratch: usize): void {
  store<f32>(<usize>load<u32>(args, 4), rowTotal(<usize>load<u32>(args), load<u32>(args, 8)));
}
