// RMS norm of each head inside packed rows, in place, 64 heads a tile, forward and backward (AssemblyScript).
// Head h stands at row h / groups, element offset + (h mod groups) columns of that row.

import { madd, nmadd } from '../../device/cpu/kernels/math';
import { loadTail, storeTail } from '../../device/cpu/kernels/tail';
import { rowProjection, rowSquares } from './rows.cpu';

const HEADS: u32 = 64;

/** Bytes from the start of the packed tensor to a head. */
@inline
function headOffset(head: u32, groups: u32, rowStride: u32, offset: u32, columns: u32): usize {
  return (<usize>(head / groups) * rowStride + offset + (head % groups) * columns) << 2;
}

/** args: x, weight, normalized or 0, statistics or 0, heads, columns, groups, rowStride, offset, epsilon. */
export function headNorm(args: usize, tile: u32, scratch: usize): void {
  const weight = <usize>load<u32>(args, 4);
  const normalized = <usize>load<u32>(args, 8);
  const statistics = <usize>load<u32>(args, 12);
  const heads = load<u32>(args, 16);
  const columns = load<u32>(args, 20);
  const groups = load<u32>(args, 24);
  const rowStride = load<u32>(args, 28);
  const offset = load<u32>(args, 32);
  const epsilon = load<f32>(args, 36);
  const tail = columns & 3;
  const wholeBytes = <usize>(columns - tail) << 2;
  const end = min((tile + 1) * HEADS, heads);
  for (let head = tile * HEADS; head < end; head++) {
    const x = <usize>load<u32>(args) + headOffset(head, groups, rowStride, offset, columns);
    const rstd: f32 = <f32>1 / sqrt<f32>(rowSquares(x, 0, columns) / <f32>columns + epsilon);
    const r = f32x4.splat(rstd);
    const keep = normalized + ((<usize>head * columns) << 2);
    for (let at: usize = 0; at < wholeBytes; at += 16) {
      const value = f32x4.mul(v128.load(x + at), r);
      if (normalized !== 0) v128.store(keep + at, value);
      v128.store(x + at, f32x4.mul(value, v128.load(weight + at)));
    }
    if (tail !== 0) {
      const value = f32x4.mul(loadTail(x + wholeBytes, tail), r);
      if (normalized !== 0) storeTail(keep + wholeBytes, tail, value);
      storeTail(x + wholeBytes, tail, f32x4.mul(value, loadTail(weight + wholeBytes, tail)));
    }
    if (statistics !== 0) store<f32>(statistics + (<usize>head << 2), rstd);
  }
}

/** args: gradient, weight, normalized, statistics, partials or 0, heads, columns, groups, rowStride, offset. */
export function headNormBackward(args: usize, tile: u32, scratch: usize): void {
  const weight = <usize>load<u32>(args, 4);
  const heads = load<u32>(args, 20);
  const columns = load<u32>(args, 24);
  const groups = load<u32>(args, 28);
  const rowStride = load<u32>(args, 32);
  const offset = load<u32>(args, 36);
  const rowBytes = <usize>columns << 2;
  let partials = <usize>load<u32>(args, 16);
  if (partials !== 0) {
    partials += <usize>tile * rowBytes;
    memory.fill(partials, 0, rowBytes);
  }
  const end = min((tile + 1) * HEADS, heads);
  for (let head = tile * HEADS; head < end; head++) {
    const gradient = <usize>load<u32>(args) + headOffset(head, groups, rowStride, offset, columns);
    const normalized = <usize>load<u32>(args, 8) + <usize>head * rowBytes;
    const rstd = load<f32>(<usize>load<u32>(args, 12) + (<usize>head << 2));
    headGradient(gradient, weight, normalized, partials, rstd, columns);
  }
}

/** dx = rstd (dy w - xhat mean(dy w xhat)) in place of dy; dw += dy xhat. */
function headGradient(
  gradient: usize,
  weight: usize,
  normalized: usize,
  partials: usize,
  rstd: f32,
  columns: u32,
): void {
  const projection = rowProjection(gradient, weight, normalized, 0, columns) / <f32>columns;
  const s = f32x4.splat(projection);
  const r = f32x4.splat(rstd);
  const tail = columns & 3;
  const end = gradient + (<usize>(columns - tail) << 2);
  for (; gradient < end; gradient += 16, weight += 16, normalized += 16) {
    const dy = v128.load(gradient);
    const xhat = v128.load(normalized);
    if (partials !== 0) {
      v128.store(partials, madd(dy, xhat, v128.load(partials)));
      partials += 16;
    }
    v128.store(gradient, f32x4.mul(r, nmadd(s, xhat, f32x4.mul(dy, v128.load(weight)))));
  }
  if (tail !== 0) {
    const dy = loadTail(gradient, tail);
    const xhat = loadTail(normalized, tail);
    if (partials !== 0) storeTail(partials, tail, madd(dy, xhat, loadTail(partials, tail)));
    storeTail(gradient, tail, f32x4.mul(r, nmadd(s, xhat, f32x4.mul(dy, loadTail(weight, tail)))));
  }
}
