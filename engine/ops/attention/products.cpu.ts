// The register-tiled products that attention is made of (AssemblyScript): six rows times eight columns.
// A panel holds eight columns of one factor, row after row, so that a product reads it as one stream.
// Nothing here knows of heads, masks or softmax.

import { madd } from '../../device/cpu/kernels/math';

/** Rows of a tile. */
@inline
export const TILE_ROWS: u32 = 6;
/** Columns of a tile and of a panel. */
@inline
export const TILE_COLUMNS: u32 = 8;

@inline
const SCALE_ALL: u32 = 0;
@inline
const SCALE_ROWS: u32 = 1;
@inline
const ADD: u32 = 2;

/** c[0..5][0..7] = scale * a * panel, all six rows; rows of `a` after `lastRow` repeat that row. */
export function scaledProduct(
  a: usize, aStep: usize, lastRow: u32, panel: usize, depth: u32, c: usize, cStep: usize, scale: f32,
): void {
  product(a, aStep, lastRow, panel, depth, c, cStep, 8, 0, scale, SCALE_ALL);
}

/** c[r][0..columns) = rowScales[r] * (a * panel)[r] for the rows up to `lastRow`. */
export function rowScaledProduct(
  a: usize, aStep: usize, lastRow: u32, panel: usize, depth: u32, c: usize, cStep: usize, columns: u32,
  rowScales: usize,
): void {
  product(a, aStep, lastRow, panel, depth, c, cStep, columns, rowScales, 0, SCALE_ROWS);
}

/** c[r][0..columns) += (a * panel)[r] for the rows up to `lastRow`. */
export function addProduct(
  a: usize, aStep: usize, lastRow: u32, panel: usize, depth: u32, c: usize, cStep: usize, columns: u32,
): void {
  product(a, aStep, lastRow, panel, depth, c, cStep, columns, 0, 0, ADD);
}

/** One of the three above; `mode` is a literal where this is inlined, so that only its branch remains. */
@inline
function product(
  a: usize, aStep: usize, lastRow: u32, panel: usize, depth: u32, c: usize, cStep: usize, columns: u32,
  rowScales: usize, scale: f32, mode: u32,
): void {
  let p0 = a;
  let p1 = a + aStep * min<u32>(1, lastRow);
  let p2 = a + aStep * min<u32>(2, lastRow);
  let p3 = a + aStep * min<u32>(3, lastRow);
  let p4 = a + aStep * min<u32>(4, lastRow);
  let p5 = a + aStep * min<u32>(5, lastRow);
  let b = panel;
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;

  // One step a turn: the compiler of V8 spills accumulators when the loop is unrolled (35 against 46 GFLOP/s).
  const end = panel + (depth << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(p0);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(p1);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(p2);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(p3);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(p4);
    c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(p5);
    c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    p0 += 4; p1 += 4; p2 += 4; p3 += 4; p4 += 4; p5 += 4;
    b += 32;
  }

  if (mode === SCALE_ALL) {
    const s = f32x4.splat(scale);
    storeRow(c, f32x4.mul(c00, s), f32x4.mul(c01, s));
    storeRow(c + cStep, f32x4.mul(c10, s), f32x4.mul(c11, s));
    storeRow(c + 2 * cStep, f32x4.mul(c20, s), f32x4.mul(c21, s));
    storeRow(c + 3 * cStep, f32x4.mul(c30, s), f32x4.mul(c31, s));
    storeRow(c + 4 * cStep, f32x4.mul(c40, s), f32x4.mul(c41, s));
    storeRow(c + 5 * cStep, f32x4.mul(c50, s), f32x4.mul(c51, s));
    return;
  }
  finishRow(c, columns, rowScales, c00, c01, mode);
  if (lastRow > 0) finishRow(c + cStep, columns, rowScales + 4, c10, c11, mode);
  if (lastRow > 1) finishRow(c + 2 * cStep, columns, rowScales + 8, c20, c21, mode);
  if (lastRow > 2) finishRow(c + 3 * cStep, columns, rowScales + 12, c30, c31, mode);
  if (lastRow > 3) finishRow(c + 4 * cStep, columns, rowScales + 16, c40, c41, mode);
  if (lastRow > 4) finishRow(c + 5 * cStep, columns, rowScales + 20, c50, c51, mode);
}

@inline
function storeRow(c: usize, low: v128, high: v128): void {
  v128.store(c, low);
  v128.store(c, high, 16);
}

@inline
function finishRow(c: usize, columns: u32, rowScale: usize, low: v128, high: v128, mode: u32): void {
  if (mode === SCALE_ROWS) {
    const s = v128.load32_splat(rowScale);
    const x = f32x4.mul(low, s), y = f32x4.mul(high, s);
    if (columns === 8) storeRow(c, x, y);
    else storePart(c, columns, x, y);
  } else if (columns === 8) {
    storeRow(c, f32x4.add(v128.load(c), low), f32x4.add(v128.load(c, 16), high));
  } else {
    addPart(c, columns, low, high);
  }
}

/** Stores the first `columns` of eight values. */
function storePart(c: usize, columns: u32, low: v128, high: v128): void {
  let rest = low;
  if (columns >= 4) {
    v128.store(c, low);
    c += 16;
    columns -= 4;
    rest = high;
  }
  if (columns > 0) v128.store32_lane(c, rest, 0);
  if (columns > 1) v128.store32_lane(c, rest, 1, 4);
  if (columns > 2) v128.store32_lane(c, rest, 2, 8);
}

/** Adds the first `columns` of eight values to what is there. */
function addPart(c: usize, columns: u32, low: v128, high: v128): void {
  let rest = low;
  if (columns >= 4) {
    v128.store(c, f32x4.add(v128.load(c), low));
    c += 16;
    columns -= 4;
    rest = high;
  }
  if (columns > 0) store<f32>(c, load<f32>(c) + f32x4.extract_lane(rest, 0));
  if (columns > 1) store<f32>(c, load<f32>(c, 4) + f32x4.extract_lane(rest, 1), 4);
  if (columns > 2) store<f32>(c, load<f32>(c, 8) + f32x4.extract_lane(rest, 2), 8);
}

/**
 * c[0..5][0..7] += transpose(a)[0..5] * panel: six columns of `a`, `depth` rows of both factors.
 * The rows of c follow one another, as in a panel.
 */
export function addTransposedProduct(a: usize, aStep: usize, panel: usize, depth: u32, c: usize): void {
  let b = panel;
  let c00 = v128.load(c), c01 = v128.load(c, 16), c10 = v128.load(c, 32), c11 = v128.load(c, 48);
  let c20 = v128.load(c, 64), c21 = v128.load(c, 80), c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  let c40 = v128.load(c, 128), c41 = v128.load(c, 144), c50 = v128.load(c, 160), c51 = v128.load(c, 176);
  const end = panel + (depth << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    a += aStep;
    b += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(c, c10, 32); v128.store(c, c11, 48);
  v128.store(c, c20, 64); v128.store(c, c21, 80); v128.store(c, c30, 96); v128.store(c, c31, 112);
  v128.store(c, c40, 128); v128.store(c, c41, 144); v128.store(c, c50, 160); v128.store(c, c51, 176);
}
