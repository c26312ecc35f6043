// Layer norm and RMS norm over rows, 16 rows a tile, forward and backward (AssemblyScript).
// Each tile of the backward pass leaves its rows' share of the parameter gradient as one row of partial sums.

import { madd } from '../../device/cpu/kernels/math';
import { loadTail, storeTail } from '../../device/cpu/kernels/tail';
import { rowProduct, rowProjection, rowSquares, rowSum } from './rows.cpu';

const ROWS: u32 = 16;

@inline
function scaled(x: v128, mean: v128, rstd: v128, weight: v128, bias: v128): v128 {
  return madd(f32x4.mul(f32x4.sub(x, mean), rstd), weight, bias);
}

/** args: x, parameter, y, statistics or 0, rows, columns, epsilon, isCentered, hasBias. */
export function norm(args: usize, tile: u32, scratch: usize): void {
  const weight = <usize>load<u32>(args, 4);
  const statistics = <usize>load<u32>(args, 12);
  const rows = load<u32>(args, 16);
  const columns = load<u32>(args, 20);
  const epsilon = load<f32>(args, 24);
  const isCentered = load<u32>(args, 28) !== 0;
  const hasBias = load<u32>(args, 32) !== 0;
  const rowBytes = <usize>columns << 2;
  const bias = weight + rowBytes;
  const tail = columns & 3;
  const wholeBytes = <usize>(columns - tail) << 2;
  const end = min((tile + 1) * ROWS, rows);
  for (let row = tile * ROWS; row < end; row++) {
    const x = <usize>load<u32>(args) + <usize>row * rowBytes;
    const y = <usize>load<u32>(args, 8) + <usize>row * rowBytes;
    const mean: f32 = isCentered ? rowSum(x, columns) / <f32>columns : 0;
    const rstd: f32 = <f32>1 / sqrt<f32>(rowSquares(x, mean, columns) / <f32>columns + epsilon);
    const m = f32x4.splat(mean);
    const r = f32x4.splat(rstd);
    let shift = f32x4.splat(0);
    for (let at: usize = 0; at < wholeBytes; at += 16) {
      if (hasBias) shift = v128.load(bias + at);
      v128.store(y + at, scaled(v128.load(x + at), m, r, v128.load(weight + at), shift));
    }
    if (tail !== 0) {
      if (hasBias) shift = loadTail(bias + wholeBytes, tail);
      const values = loadTail(x + wholeBytes, tail);
      storeTail(y + wholeBytes, tail, scaled(values, m, r, loadTail(weight + wholeBytes, tail), shift));
    }
    if (statistics !== 0) {
      if (isCentered) {
        store<f32>(statistics + (<usize>row << 3), mean);
        store<f32>(statistics + (<usize>row << 3) + 4, rstd);
      } else {
        store<f32>(statistics + (<usize>row << 2), rstd);
      }
    }
  }
}

/**
 * args: x, parameter, dy, statistics, dx or 0, partials or 0, rows, columns, isCentered, hasBias, accumulate.
 */
export function normBackward(args: usize, tile: u32, scratch: usize): void {
  const weight = <usize>load<u32>(args, 4);
  const statistics = <usize>load<u32>(args, 12);
  const dxStart = <usize>load<u32>(args, 16);
  const rows = load<u32>(args, 24);
  const columns = load<u32>(args, 28);
  const isCentered = load<u32>(args, 32) !== 0;
  const hasBias = load<u32>(args, 36) !== 0;
  const accumulate = load<u32>(args, 40) !== 0;
  const rowBytes = <usize>columns << 2;
  const parts: usize = hasBias ? 2 : 1;
  let partials = <usize>load<u32>(args, 20);
  if (partials !== 0) {
    partials += <usize>tile * parts * rowBytes;
    memory.fill(partials, 0, parts * rowBytes);
  }
  const end = min((tile + 1) * ROWS, rows);
  for (let row = tile * ROWS; row < end; row++) {
    const at = <usize>row * rowBytes;
    const x = <usize>load<u32>(args) + at;
    const dy = <usize>load<u32>(args, 8) + at;
    let mean: f32 = 0;
    let rstd: f32;
    if (isCentered) {
      mean = load<f32>(statistics + (<usize>row << 3));
      rstd = load<f32>(statistics + (<usize>row << 3) + 4);
    } else {
      rstd = load<f32>(statistics + (<usize>row << 2));
    }
    if (dxStart !== 0) {
      inputGradient(x, weight, dy, dxStart + at, mean, rstd, columns, isCentered, accumulate);
    }
    if (partials !== 0) parameterGradient(x, dy, partials, mean, rstd, columns, hasBias);
  }
}

@inline
function inputPart(x: v128, mean: v128, slope: v128, weight: v128, dy: v128, rstd: v128, offset: v128): v128 {
  return madd(f32x4.sub(x, mean), slope, madd(f32x4.mul(dy, weight), rstd, offset));
}

/**
 * dx (+)= rstd (g - mean(g) - xhat mean(g xhat)) with g = dy w and xhat = (x - mean) rstd;
 * mean(g) is left out by RMS norm. Written as dy w rstd + offset + (x - mean) slope.
 */
function inputGradient(
  x: usize,
  weight: usize,
  dy: usize,
  dx: usize,
  mean: f32,
  rstd: f32,
  columns: u32,
  isCentered: bool,
  accumulate: bool,
): void {
  const scale: f32 = rstd / <f32>columns;
  const projection = rowProjection(dy, weight, x, mean, columns);
  const slope = f32x4.splat(-projection * rstd * rstd * scale);
  const offset = f32x4.splat(isCentered ? -rowProduct(dy, weight, columns) * scale : 0);
  const m = f32x4.splat(mean);
  const r = f32x4.splat(rstd);
  const tail = columns & 3;
  const end = x + (<usize>(columns - tail) << 2);
  for (; x < end; x += 16, weight += 16, dy += 16, dx += 16) {
    let value = inputPart(v128.load(x), m, slope, v128.load(weight), v128.load(dy), r, offset);
    if (accumulate) value = f32x4.add(value, v128.load(dx));
    v128.store(dx, value);
  }
  if (tail !== 0) {
    let value = inputPart(loadTail(x, tail), m, slope, loadTail(weight, tail), loadTail(dy, tail), r, offset);
    if (accumulate) value = f32x4.add(value, loadTail(dx, tail));
    storeTail(dx, tail, value);
  }
}

/** dw += dy xhat, db += dy. */
function parameterGradient(
  x: usize,
  dy: usize,
  partials: usize,
  mean: f32,
  rstd: f32,
  columns: u32,
  hasBias: bool,
): void {
  const m = f32x4.splat(mean);
  const r = f32x4.splat(rstd);
  const rowBytes = <usize>columns << 2;
  const tail = columns & 3;
  const end = x + (<usize>(columns - tail) << 2);
  for (; x < end; x += 16, dy += 16, partials += 16) {
    const g = v128.load(dy);
    const normalized = f32x4.mul(f32x4.sub(v128.load(x), m), r);
    v128.store(partials, madd(g, normalized, v128.load(partials)));
    if (hasBias) v128.store(partials + rowBytes, f32x4.add(v128.load(partials + rowBytes), g));
  }
  if (tail !== 0) {
    const g = loadTail(dy, tail);
    const normalized = f32x4.mul(f32x4.sub(loadTail(x, tail), m), r);
    storeTail(partials, tail, madd(g, normalized, loadTail(partials, tail)));
    if (hasBias) storeTail(partials + rowBytes, tail, f32x4.add(loadTail(partials + rowBytes, tail), g));
  }
}
