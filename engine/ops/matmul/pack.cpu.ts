// Packs operands of the matrix product into panels (AssemblyScript): for each k the 8 columns of B, or the
// 6 or 4 rows of A, side by side. Columns beyond the matrix are zero; rows beyond it are left as they are.

import { loadPart, storePart } from './epilogue.cpu';

/**
 * A panel of a matrix whose k-th line holds the panel's values side by side (B as [K, N], A as [K, M]).
 * `source` is the panel's first value, `width` how many of its `height` values exist.
 */
export function packLines(source: usize, ld: usize, k: usize, width: i32, height: i32, target: usize): void {
  const step = <usize>height << 2;
  const end = target + step * k;
  if (width === height && height === 8) {
    for (; target < end; target += 32, source += ld) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
    }
  } else if (width === height && height === 6) {
    for (; target < end; target += 24, source += ld) {
      v128.store(target, v128.load(source));
      store<u64>(target, load<u64>(source, 16), 16);
    }
  } else if (width === height && height === 4) {
    for (; target < end; target += 16, source += ld) v128.store(target, v128.load(source));
  } else {
    for (; target < end; target += step, source += ld) {
      for (let j = 0; j < height; j++) {
        const at = j << 2;
        store<f32>(target + at, j < width ? load<f32>(source + at) : 0);
      }
    }
  }
}

/** A panel of 8 columns of B as it lies in [N, K]: eight rows of the source become columns. */
export function packTransposed(source: usize, ld: usize, k: usize, width: i32, target: usize): void {
  if (width < 8) {
    for (let j = 0; j < 8; j++) {
      for (let i: usize = 0; i < k; i++) {
        const value = j < width ? load<f32>(source + ld * j + (<usize>i << 2)) : 0;
        store<f32>(target + (<usize>i << 5) + (j << 2), value);
      }
    }
    return;
  }
  const wholes = k & ~3;
  for (let half: usize = 0; half < 2; half++) {
    const r0 = source + ld * (half << 2);
    const r1 = r0 + ld, r2 = r1 + ld, r3 = r2 + ld;
    let to = target + (half << 4);
    for (let i: usize = 0; i < <usize>wholes << 2; i += 16, to += 128) {
      const x0 = v128.load(r0 + i), x1 = v128.load(r1 + i), x2 = v128.load(r2 + i), x3 = v128.load(r3 + i);
      const t0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const t1 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const t2 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const t3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(t0, t2, 0, 2));
      v128.store(to, v128.shuffle<f64>(t0, t2, 1, 3), 32);
      v128.store(to, v128.shuffle<f64>(t1, t3, 0, 2), 64);
      v128.store(to, v128.shuffle<f64>(t1, t3, 1, 3), 96);
    }
    for (let i = <usize>wholes << 2; i < k << 2; i += 4, to += 32) {
      store<f32>(to, load<f32>(r0 + i));
      store<f32>(to, load<f32>(r1 + i), 4);
      store<f32>(to, load<f32>(r2 + i), 8);
      store<f32>(to, load<f32>(r3 + i), 12);
    }
  }
}

/**
 * Adds up a packed panel of 8 columns over its k lines: the first `width` sums go to `sums`, or are added
 * to what is there. Four partial sums a column, lines in turn: shorter chains and smaller errors.
 */
export function sumPanel(panel: usize, k: usize, sums: usize, width: i32, accumulate: bool): void {
  let l0 = f32x4.splat(0), l1 = l0, l2 = l0, l3 = l0;
  let h0 = f32x4.splat(0), h1 = h0, h2 = h0, h3 = h0;
  const end = panel + (k << 5);
  for (const wholes = panel + ((k & ~3) << 5); panel < wholes; panel += 128) {
    l0 = f32x4.add(l0, v128.load(panel)), h0 = f32x4.add(h0, v128.load(panel, 16));
    l1 = f32x4.add(l1, v128.load(panel, 32)), h1 = f32x4.add(h1, v128.load(panel, 48));
    l2 = f32x4.add(l2, v128.load(panel, 64)), h2 = f32x4.add(h2, v128.load(panel, 80));
    l3 = f32x4.add(l3, v128.load(panel, 96)), h3 = f32x4.add(h3, v128.load(panel, 112));
  }
  for (; panel < end; panel += 32) {
    l0 = f32x4.add(l0, v128.load(panel)), h0 = f32x4.add(h0, v128.load(panel, 16));
  }
  let low = f32x4.add(f32x4.add(l0, l1), f32x4.add(l2, l3));
  let high = f32x4.add(f32x4.add(h0, h1), f32x4.add(h2, h3));
  if (accumulate) low = f32x4.add(low, loadPart(sums, width));
  storePart(sums, low, width);
  if (width > 4) {
    if (accumulate) high = f32x4.add(high, loadPart(sums + 16, width - 4));
    storePart(sums + 16, high, width - 4);
  }
}
