// Copies of keys, values and their like in the order that the products of attention read (AssemblyScript).
// `source` points at the first row of one head; rows are `step` bytes apart and `size` floats long.

/**
 * Panels of the transposed matrix: for each eight rows, `size` times eight floats. The last panel's missing
 * rows repeat the last row.
 */
export function packTransposed(source: usize, step: usize, rows: u32, size: u32, target: usize): void {
  const whole = size & ~3;
  for (let row: u32 = 0; row < rows; row += 8) {
    const last = min<u32>(rows - row, 8) - 1;
    const base = source + step * row;
    const r1 = step * min<u32>(1, last), r2 = step * min<u32>(2, last), r3 = step * min<u32>(3, last);
    const r4 = step * min<u32>(4, last), r5 = step * min<u32>(5, last), r6 = step * min<u32>(6, last);
    const r7 = step * min<u32>(7, last);
    let from = base;
    let to = target + ((row >> 3) * size << 5);
    for (let column: u32 = 0; column < whole; column += 4) {
      transposeFour(v128.load(from), v128.load(from + r1), v128.load(from + r2), v128.load(from + r3), to);
      const r = to + 16;
      transposeFour(v128.load(from + r4), v128.load(from + r5), v128.load(from + r6), v128.load(from + r7), r);
      from += 16;
      to += 128;
    }
    for (let column = whole; column < size; column++) {
      store<f32>(to, load<f32>(from));
      store<f32>(to, load<f32>(from + r1), 4);
      store<f32>(to, load<f32>(from + r2), 8);
      store<f32>(to, load<f32>(from + r3), 12);
      store<f32>(to, load<f32>(from + r4), 16);
      store<f32>(to, load<f32>(from + r5), 20);
      store<f32>(to, load<f32>(from + r6), 24);
      store<f32>(to, load<f32>(from + r7), 28);
      from += 4;
      to += 32;
    }
  }
}

/** Writes four rows as columns: rows of the result are 32 bytes apart. */
@inline
function transposeFour(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const ab2 = i32x4.shuffle(a, b, 2, 6, 3, 7), cd2 = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(to, i64x2.shuffle(ab, cd, 1, 3), 32);
  v128.store(to, i64x2.shuffle(ab2, cd2, 0, 2), 64);
  v128.store(to, i64x2.shuffle(ab2, cd2, 1, 3), 96);
}

/**
 * Panels of the matrix itself: for each eight columns, `rows` times eight floats, panels `panelBytes` apart.
 * The last panel's missing columns become zero.
 */
export function packPanels(
  source: usize, step: usize, rows: u32, size: u32, target: usize, panelBytes: usize,
): void {
  const whole = size & ~7;
  for (let row: u32 = 0; row < rows; row++) {
    let from = source + step * row;
    let to = target + (row << 5);
    for (let column: u32 = 0; column < whole; column += 8) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += 32;
      to += panelBytes;
    }
    if (whole === size) continue;
    v128.store(to, f32x4.splat(0));
    v128.store(to, f32x4.splat(0), 16);
    for (let column = whole; column < size; column++) {
      store<f32>(to, load<f32>(from));
      from += 4;
      to += 4;
    }
  }
}

/** Writes panels back as rows of a matrix, adding to what is there where `adds`. */
export function unpackPanels(
  source: usize, panelBytes: usize, rows: u32, size: u32, target: usize, step: usize, adds: bool,
): void {
  for (let column: u32 = 0; column < size; column += 8) {
    const columns = min<u32>(8, size - column);
    let from = source, to = target + (column << 2);
    source += panelBytes;
    for (let row: u32 = 0; row < rows; row++) {
      if (columns < 8) {
        copyPart(from, to, columns, adds);
      } else if (adds) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
        v128.store(to, f32x4.add(v128.load(to, 16), v128.load(from, 16)), 16);
      } else {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
      from += 32;
      to += step;
    }
  }
}

function copyPart(from: usize, to: usize, count: u32, adds: bool): void {
  for (let i: u32 = 0; i < count; i++) {
    const x = load<f32>(from + (i << 2));
    store<f32>(to + (i << 2), adds ? load<f32>(to + (i << 2)) + x : x);
  }
}

/** Sets `count` floats to `value`. */
export function fill(target: usize, count: u32, value: f32): void {
  const end = target + (count << 2);
  const wide = f32x4.splat(value);
  while (target + 16 <= end) {
    v128.store(target, wide);
    target += 16;
  }
  while (target < end) {
    store<f32>(target, value);
    target += 4;
  }
}
