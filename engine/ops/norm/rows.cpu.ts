// Sums over one row that norms need (AssemblyScript; not kernels). Four running sums of four lanes each, so
// that additions do not wait for one another; the order depends on the row's size alone.

import { madd, sumLanes } from '../../device/cpu/kernels/math';
import { loadTail, tailMask } from '../../device/cpu/kernels/tail';

@inline
function total(a: v128, b: v128, c: v128, d: v128): f32 {
  return sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/** Sum of x. */
export function rowSum(x: usize, columns: u32): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const end = x + (<usize>columns << 2);
  for (; x + 64 <= end; x += 64) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
  }
  for (; x + 16 <= end; x += 16) a = f32x4.add(a, v128.load(x));
  if (x < end) b = f32x4.add(b, loadTail(x, columns & 3));
  return total(a, b, c, d);
}

@inline
function squared(x: v128, mean: v128, sum: v128): v128 {
  const distance = f32x4.sub(x, mean);
  return madd(distance, distance, sum);
}

/** Sum of (x - mean)^2. */
export function rowSquares(x: usize, mean: f32, columns: u32): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const m = f32x4.splat(mean);
  const end = x + (<usize>columns << 2);
  for (; x + 64 <= end; x += 64) {
    a = squared(v128.load(x), m, a);
    b = squared(v128.load(x, 16), m, b);
    c = squared(v128.load(x, 32), m, c);
    d = squared(v128.load(x, 48), m, d);
  }
  for (; x + 16 <= end; x += 16) a = squared(v128.load(x), m, a);
  if (x < end) {
    const distance = v128.and(f32x4.sub(loadTail(x, columns & 3), m), tailMask(columns & 3));
    b = madd(distance, distance, b);
  }
  return total(a, b, c, d);
}

/** Sum of dy w. */
export function rowProduct(dy: usize, weight: usize, columns: u32): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const end = dy + (<usize>columns << 2);
  for (; dy + 64 <= end; dy += 64, weight += 64) {
    a = madd(v128.load(dy), v128.load(weight), a);
    b = madd(v128.load(dy, 16), v128.load(weight, 16), b);
    c = madd(v128.load(dy, 32), v128.load(weight, 32), c);
    d = madd(v128.load(dy, 48), v128.load(weight, 48), d);
  }
  for (; dy + 16 <= end; dy += 16, weight += 16) a = madd(v128.load(dy), v128.load(weight), a);
  if (dy < end) b = madd(loadTail(dy, columns & 3), loadTail(weight, columns & 3), b);
  return total(a, b, c, d);
}

@inline
function product3(dy: v128, weight: v128, centered: v128, sum: v128): v128 {
  return madd(f32x4.mul(dy, weight), centered, sum);
}

/** Sum of dy w (x - mean). */
export function rowProjection(dy: usize, weight: usize, x: usize, mean: f32, columns: u32): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const m = f32x4.splat(mean);
  const end = dy + (<usize>columns << 2);
  for (; dy + 64 <= end; dy += 64, weight += 64, x += 64) {
    a = product3(v128.load(dy), v128.load(weight), f32x4.sub(v128.load(x), m), a);
    b = product3(v128.load(dy, 16), v128.load(weight, 16), f32x4.sub(v128.load(x, 16), m), b);
    c = product3(v128.load(dy, 32), v128.load(weight, 32), f32x4.sub(v128.load(x, 32), m), c);
    d = product3(v128.load(dy, 48), v128.load(weight, 48), f32x4.sub(v128.load(x, 48), m), d);
  }
  for (; dy + 16 <= end; dy += 16, weight += 16, x += 16) {
    a = product3(v128.load(dy), v128.load(weight), f32x4.sub(v128.load(x), m), a);
  }
  if (dy < end) {
    const tail = columns & 3;
    b = product3(loadTail(dy, tail), loadTail(weight, tail), f32x4.sub(loadTail(x, tail), m), b);
  }
  return total(a, b, c, d);
}
