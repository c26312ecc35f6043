// The norm of all gradients and the factor that clips it (AssemblyScript). Two stages in a fixed order:
// one partial sum for each 16,384 elements, then one thread adds those up.

import { madd, sumLanes } from '../../device/cpu/kernels/math';
import { loadTail } from '../../device/cpu/kernels/tail';

const TILE: u32 = 16384;
const EXPONENT_BITS: u32 = 0x7f800000;

/** partials[firstPartial + tile] = sum of squares. args: x, partials, count, firstPartial. */
export function sumOfSquares(args: usize, tile: u32, scratch: usize): void {
  const first = tile * TILE;
  const size = min(TILE, load<u32>(args, 8) - first);
  let x = <usize>load<u32>(args) + (<usize>first << 2);
  const end = x + (<usize>size << 2);
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (; x + 64 <= end; x += 64) {
    a = madd(v128.load(x), v128.load(x), a);
    b = madd(v128.load(x, 16), v128.load(x, 16), b);
    c = madd(v128.load(x, 32), v128.load(x, 32), c);
    d = madd(v128.load(x, 48), v128.load(x, 48), d);
  }
  for (; x + 16 <= end; x += 16) a = madd(v128.load(x), v128.load(x), a);
  if (x < end) {
    const values = loadTail(x, size & 3);
    b = madd(values, values, b);
  }
  const sum = sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  store<f32>(<usize>load<u32>(args, 4) + (<usize>(load<u32>(args, 12) + tile) << 2), sum);
}

@inline
function isFinite(x: f32): bool {
  return (reinterpret<u32>(x) & EXPONENT_BITS) !== EXPONENT_BITS;
}

/**
 * metrics[1] = norm, metrics[2] = clip scale, both times scalars[6] where there are scalars.
 * args: partials, metrics, scalars or 0, count, maxGradNorm.
 */
export function clipScale(args: usize, tile: u32, scratch: usize): void {
  const metrics = <usize>load<u32>(args, 4);
  const scalars = <usize>load<u32>(args, 8);
  const count = load<u32>(args, 12);
  const maxGradNorm = load<f32>(args, 16);
  let partial = <usize>load<u32>(args);
  const end = partial + (<usize>count << 2);
  let sums = f32x4.splat(0);
  for (; partial + 16 <= end; partial += 16) sums = f32x4.add(sums, v128.load(partial));
  if (partial < end) sums = f32x4.add(sums, loadTail(partial, count & 3));
  const unscale: f32 = scalars !== 0 ? load<f32>(scalars, 24) : 1;
  const norm: f32 = sqrt<f32>(sumLanes(sums)) * unscale;
  let scale: f32 = unscale;
  if (maxGradNorm > 0) scale *= min<f32>(1, maxGradNorm / (norm + <f32>1e-6));
  if (!isFinite(norm) || !isFinite(load<f32>(metrics))) scale = 0;
  store<f32>(metrics, norm, 4);
  store<f32>(metrics, scale, 8);
}
