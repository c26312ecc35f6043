// The matrix product with at most 8 rows of A, as in decoding (AssemblyScript): limited by how fast B comes
// from memory, so B is read once, as it lies, and never packed. A tile is a range of columns of C.
// args: a, b, c, bias?, slope?, gate?, residual?, columnSums?, m, n, k, lda, ldb, ldc, aOffset, bOffset,
// cOffset, transA, transB, accumulate, accumulateSums, activation.

import { ACCUMULATE, K, LDA, LDB, M, N, TRANS_B, aPointer, bPointer, word } from './arguments.cpu';
import { skinnyColumns } from './blocking.cpu';
import { finish, loadPart } from './epilogue.cpu';

/** One tile of C; the thread's scratch holds its sums, [m, columns]. */
export function matmulSkinny(args: usize, tile: u32, scratch: usize): void {
  const m = word(args, M), n = word(args, N);
  const columns = <usize>skinnyColumns(n);
  const first = tile * columns;
  const width = min(columns, n - first);
  const step = <usize>columns << 2;
  if (word(args, TRANS_B) !== 0) sumRowsOfB(args, first, width, scratch, step);
  else sumLinesOfB(args, first, width, scratch, step);
  finish(args, scratch, step, 0, first, m, width, word(args, ACCUMULATE) !== 0, true);
}

/** B as [K, N]: adds a[i][k] times line k to the sums of row i, four lines at a time. */
function sumLinesOfB(args: usize, first: usize, width: usize, sums: usize, step: usize): void {
  const m = word(args, M), k = word(args, K);
  const lda = word(args, LDA) << 2;
  const ldb = word(args, LDB) << 2;
  memory.fill(sums, 0, step * m);
  let a = aPointer(args);
  let b = bPointer(args) + (first << 2);
  let lines = <i32>k;
  for (; lines >= 4; lines -= 4, a += 16, b += ldb << 2) addLines(m, a, lda, b, ldb, width, sums, step);
  for (; lines > 0; lines--, a += 4, b += ldb) addLine(m, a, lda, b, width, sums, step);
}

/** Adds four lines of B to the sums of all rows, two rows at a time. */
function addLines(
  m: usize, a: usize, lda: usize, b: usize, ldb: usize, width: usize, sums: usize, step: usize,
): void {
  let i: usize = 0;
  for (; i + 1 < m; i += 2, a += lda << 1, sums += step << 1) {
    addLinesToTwo(a, a + lda, b, ldb, width, sums, sums + step);
  }
  if (i < m) addLinesToOne(a, b, ldb, width, sums);
}

function addLinesToOne(a: usize, b0: usize, ldb: usize, width: usize, sum: usize): void {
  const x0 = v128.load32_splat(a), x1 = v128.load32_splat(a, 4);
  const x2 = v128.load32_splat(a, 8), x3 = v128.load32_splat(a, 12);
  let b1 = b0 + ldb, b2 = b1 + ldb, b3 = b2 + ldb;
  const end = sum + ((width & ~3) << 2);
  for (; sum < end; sum += 16, b0 += 16, b1 += 16, b2 += 16, b3 += 16) {
    let y = v128.relaxed_madd<f32>(x0, v128.load(b0), v128.load(sum));
    y = v128.relaxed_madd<f32>(x1, v128.load(b1), y);
    y = v128.relaxed_madd<f32>(x2, v128.load(b2), y);
    v128.store(sum, v128.relaxed_madd<f32>(x3, v128.load(b3), y));
  }
  const left = <i32>(width & 3);
  if (left === 0) return;
  let y = v128.relaxed_madd<f32>(x0, loadPart(b0, left), v128.load(sum));
  y = v128.relaxed_madd<f32>(x1, loadPart(b1, left), y);
  y = v128.relaxed_madd<f32>(x2, loadPart(b2, left), y);
  v128.store(sum, v128.relaxed_madd<f32>(x3, loadPart(b3, left), y));
}

function addLinesToTwo(
  a: usize, next: usize, b0: usize, ldb: usize, width: usize, sum: usize, nextSum: usize,
): void {
  const x0 = v128.load32_splat(a), x1 = v128.load32_splat(a, 4);
  const x2 = v128.load32_splat(a, 8), x3 = v128.load32_splat(a, 12);
  const z0 = v128.load32_splat(next), z1 = v128.load32_splat(next, 4);
  const z2 = v128.load32_splat(next, 8), z3 = v128.load32_splat(next, 12);
  let b1 = b0 + ldb, b2 = b1 + ldb, b3 = b2 + ldb;
  const end = sum + ((width & ~3) << 2);
  for (; sum < end; sum += 16, nextSum += 16, b0 += 16, b1 += 16, b2 += 16, b3 += 16) {
    const c0 = v128.load(b0), c1 = v128.load(b1), c2 = v128.load(b2), c3 = v128.load(b3);
    let y = v128.relaxed_madd<f32>(x0, c0, v128.load(sum));
    let w = v128.relaxed_madd<f32>(z0, c0, v128.load(nextSum));
    y = v128.relaxed_madd<f32>(x1, c1, y), w = v128.relaxed_madd<f32>(z1, c1, w);
    y = v128.relaxed_madd<f32>(x2, c2, y), w = v128.relaxed_madd<f32>(z2, c2, w);
    v128.store(sum, v128.relaxed_madd<f32>(x3, c3, y));
    v128.store(nextSum, v128.relaxed_madd<f32>(z3, c3, w));
  }
  const left = <i32>(width & 3);
  if (left === 0) return;
  const c0 = loadPart(b0, left), c1 = loadPart(b1, left), c2 = loadPart(b2, left), c3 = loadPart(b3, left);
  let y = v128.relaxed_madd<f32>(x0, c0, v128.load(sum));
  let w = v128.relaxed_madd<f32>(z0, c0, v128.load(nextSum));
  y = v128.relaxed_madd<f32>(x1, c1, y), w = v128.relaxed_madd<f32>(z1, c1, w);
  y = v128.relaxed_madd<f32>(x2, c2, y), w = v128.relaxed_madd<f32>(z2, c2, w);
  v128.store(sum, v128.relaxed_madd<f32>(x3, c3, y));
  v128.store(nextSum, v128.relaxed_madd<f32>(z3, c3, w));
}

function addLine(m: usize, a: usize, lda: usize, b: usize, width: usize, sums: usize, step: usize): void {
  for (let i: usize = 0; i < m; i++, a += lda, sums += step) {
    const x = v128.load32_splat(a);
    for (let j: usize = 0; j < width; j += 4) {
      const at = j << 2;
      const y = v128.relaxed_madd<f32>(x, loadPart(b + at, <i32>(width - j)), v128.load(sums + at));
      v128.store(sums + at, y);
    }
  }
}

/** B as [N, K]: dot products of rows of A and rows of B, four rows of B at a time. */
function sumRowsOfB(args: usize, first: usize, width: usize, sums: usize, step: usize): void {
  const m = word(args, M), k = word(args, K);
  const lda = word(args, LDA) << 2;
  const ldb = word(args, LDB) << 2;
  const a = aPointer(args);
  const b = bPointer(args) + first * ldb;
  for (let j: usize = 0; j < width; j += 4) {
    // Rows beyond the last repeat it; their results are never stored.
    const lastRow = width - 1;
    const b0 = b + j * ldb, b1 = b + min(j + 1, lastRow) * ldb;
    const b2 = b + min(j + 2, lastRow) * ldb, b3 = b + min(j + 3, lastRow) * ldb;
    let i: usize = 0;
    for (; i + 1 < m; i += 2) {
      const sum = sums + i * step + (j << 2);
      dotTwo(a + i * lda, a + (i + 1) * lda, b0, b1, b2, b3, k, sum, sum + step);
    }
    if (i < m) dotOne(a + i * lda, b0, b1, b2, b3, k, sums + i * step + (j << 2));
  }
}

/** The sums of the lanes of four vectors. */
@inline
function sumEach(x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const low = f32x4.add(v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), v128.shuffle<f32>(x0, x1, 2, 6, 3, 7));
  const high = f32x4.add(v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), v128.shuffle<f32>(x2, x3, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f64>(low, high, 0, 2), v128.shuffle<f64>(low, high, 1, 3));
}

function dotOne(a: usize, b0: usize, b1: usize, b2: usize, b3: usize, k: usize, sum: usize): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  const end = a + (<usize>(k & ~3) << 2);
  for (; a < end; a += 16, b0 += 16, b1 += 16, b2 += 16, b3 += 16) {
    const x = v128.load(a);
    s0 = v128.relaxed_madd<f32>(x, v128.load(b0), s0);
    s1 = v128.relaxed_madd<f32>(x, v128.load(b1), s1);
    s2 = v128.relaxed_madd<f32>(x, v128.load(b2), s2);
    s3 = v128.relaxed_madd<f32>(x, v128.load(b3), s3);
  }
  const left = <i32>(k & 3);
  if (left > 0) {
    const x = loadPart(a, left);
    s0 = v128.relaxed_madd<f32>(x, loadPart(b0, left), s0);
    s1 = v128.relaxed_madd<f32>(x, loadPart(b1, left), s1);
    s2 = v128.relaxed_madd<f32>(x, loadPart(b2, left), s2);
    s3 = v128.relaxed_madd<f32>(x, loadPart(b3, left), s3);
  }
  v128.store(sum, sumEach(s0, s1, s2, s3));
}

function dotTwo(
  a: usize, next: usize, b0: usize, b1: usize, b2: usize, b3: usize, k: usize, sum: usize, nextSum: usize,
): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let t0 = f32x4.splat(0), t1 = f32x4.splat(0), t2 = f32x4.splat(0), t3 = f32x4.splat(0);
  const end = a + (<usize>(k & ~3) << 2);
  for (; a < end; a += 16, next += 16, b0 += 16, b1 += 16, b2 += 16, b3 += 16) {
    const x = v128.load(a), y = v128.load(next);
    const c0 = v128.load(b0), c1 = v128.load(b1), c2 = v128.load(b2), c3 = v128.load(b3);
    s0 = v128.relaxed_madd<f32>(x, c0, s0), t0 = v128.relaxed_madd<f32>(y, c0, t0);
    s1 = v128.relaxed_madd<f32>(x, c1, s1), t1 = v128.relaxed_madd<f32>(y, c1, t1);
    s2 = v128.relaxed_madd<f32>(x, c2, s2), t2 = v128.relaxed_madd<f32>(y, c2, t2);
    s3 = v128.relaxed_madd<f32>(x, c3, s3), t3 = v128.relaxed_madd<f32>(y, c3, t3);
  }
  const left = <i32>(k & 3);
  if (left > 0) {
    const x = loadPart(a, left), y = loadPart(next, left);
    const c0 = loadPart(b0, left), c1 = loadPart(b1, left), c2 = loadPart(b2, left), c3 = loadPart(b3, left);
    s0 = v128.relaxed_madd<f32>(x, c0, s0), t0 = v128.relaxed_madd<f32>(y, c0, t0);
    s1 = v128.relaxed_madd<f32>(x, c1, s1), t1 = v128.relaxed_madd<f32>(y, c1, t1);
    s2 = v128.relaxed_madd<f32>(x, c2, s2), t2 = v128.relaxed_madd<f32>(y, c2, t2);
    s3 = v128.relaxed_madd<f32>(x, c3, s3), t3 = v128.relaxed_madd<f32>(y, c3, t3);
  }
  v128.store(sum, sumEach(s0, s1, s2, s3));
  v128.store(nextSum, sumEach(t0, t1, t2, t3));
}
