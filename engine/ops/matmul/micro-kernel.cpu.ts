// The innermost loop of the matrix product (AssemblyScript): 6 x 8 or 4 x 8 results held in registers.
// A is read through one pointer a row, so that rows as they lie, packed panels and transposed columns are
// all the same loop; B is a packed panel of 8 columns. Twelve sums, two columns and one row value are 15
// of the 16 vector registers: more rows or columns would spill.

/**
 * C[rows, 8] = sum over k of a[i][k] b[k][0..8], then (+ C) (+ bias) (* gate) (+ residual);
 * strides in bytes, `ldd` that of gate and residual.
 * `valid` rows of A exist; results of the others repeat the last. Pointers of absent addends are 0.
 */
@inline
function product(
  rows: i32,
  a: usize,
  rowStep: usize,
  depthStep: usize,
  valid: usize,
  b: usize,
  k: usize,
  c: usize,
  ldc: usize,
  addsC: bool,
  bias: usize,
  gate: usize,
  residual: usize,
  ldd: usize,
): void {
  const last = rowStep * (valid - 1);
  let a0 = a;
  let a1 = a + min(rowStep, last);
  let a2 = a + min(rowStep * 2, last);
  let a3 = a + min(rowStep * 3, last);
  let a4 = a + min(rowStep * 4, last);
  let a5 = a + min(rowStep * 5, last);
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  const end = b + (k << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a0);
    c00 = v128.relaxed_madd<f32>(x0, b0, c00);
    c01 = v128.relaxed_madd<f32>(x0, b1, c01);
    const x1 = v128.load32_splat(a1);
    c10 = v128.relaxed_madd<f32>(x1, b0, c10);
    c11 = v128.relaxed_madd<f32>(x1, b1, c11);
    const x2 = v128.load32_splat(a2);
    c20 = v128.relaxed_madd<f32>(x2, b0, c20);
    c21 = v128.relaxed_madd<f32>(x2, b1, c21);
    const x3 = v128.load32_splat(a3);
    c30 = v128.relaxed_madd<f32>(x3, b0, c30);
    c31 = v128.relaxed_madd<f32>(x3, b1, c31);
    a0 += depthStep;
    a1 += depthStep;
    a2 += depthStep;
    a3 += depthStep;
    if (rows === 6) {
      const x4 = v128.load32_splat(a4);
      c40 = v128.relaxed_madd<f32>(x4, b0, c40);
      c41 = v128.relaxed_madd<f32>(x4, b1, c41);
      const x5 = v128.load32_splat(a5);
      c50 = v128.relaxed_madd<f32>(x5, b0, c50);
      c51 = v128.relaxed_madd<f32>(x5, b1, c51);
      a4 += depthStep;
      a5 += depthStep;
    }
    b += 32;
  }
  if (addsC) {
    c00 = f32x4.add(c00, v128.load(c)), c01 = f32x4.add(c01, v128.load(c, 16));
    let p = c + ldc;
    c10 = f32x4.add(c10, v128.load(p)), c11 = f32x4.add(c11, v128.load(p, 16));
    p += ldc;
    c20 = f32x4.add(c20, v128.load(p)), c21 = f32x4.add(c21, v128.load(p, 16));
    p += ldc;
    c30 = f32x4.add(c30, v128.load(p)), c31 = f32x4.add(c31, v128.load(p, 16));
    if (rows === 6) {
      p += ldc;
      c40 = f32x4.add(c40, v128.load(p)), c41 = f32x4.add(c41, v128.load(p, 16));
      p += ldc;
      c50 = f32x4.add(c50, v128.load(p)), c51 = f32x4.add(c51, v128.load(p, 16));
    }
  }
  if (bias !== 0) {
    const b0 = v128.load(bias), b1 = v128.load(bias, 16);
    c00 = f32x4.add(c00, b0), c01 = f32x4.add(c01, b1), c10 = f32x4.add(c10, b0), c11 = f32x4.add(c11, b1);
    c20 = f32x4.add(c20, b0), c21 = f32x4.add(c21, b1), c30 = f32x4.add(c30, b0), c31 = f32x4.add(c31, b1);
    if (rows === 6) {
      c40 = f32x4.add(c40, b0), c41 = f32x4.add(c41, b1), c50 = f32x4.add(c50, b0), c51 = f32x4.add(c51, b1);
    }
  }
  if (gate !== 0) {
    c00 = f32x4.mul(c00, v128.load(gate)), c01 = f32x4.mul(c01, v128.load(gate, 16));
    let p = gate + ldd;
    c10 = f32x4.mul(c10, v128.load(p)), c11 = f32x4.mul(c11, v128.load(p, 16));
    p += ldd;
    c20 = f32x4.mul(c20, v128.load(p)), c21 = f32x4.mul(c21, v128.load(p, 16));
    p += ldd;
    c30 = f32x4.mul(c30, v128.load(p)), c31 = f32x4.mul(c31, v128.load(p, 16));
    if (rows === 6) {
      p += ldd;
      c40 = f32x4.mul(c40, v128.load(p)), c41 = f32x4.mul(c41, v128.load(p, 16));
      p += ldd;
      c50 = f32x4.mul(c50, v128.load(p)), c51 = f32x4.mul(c51, v128.load(p, 16));
    }
  }
  if (residual !== 0) {
    c00 = f32x4.add(c00, v128.load(residual)), c01 = f32x4.add(c01, v128.load(residual, 16));
    let p = residual + ldd;
    c10 = f32x4.add(c10, v128.load(p)), c11 = f32x4.add(c11, v128.load(p, 16));
    p += ldd;
    c20 = f32x4.add(c20, v128.load(p)), c21 = f32x4.add(c21, v128.load(p, 16));
    p += ldd;
    c30 = f32x4.add(c30, v128.load(p)), c31 = f32x4.add(c31, v128.load(p, 16));
    if (rows === 6) {
      p += ldd;
      c40 = f32x4.add(c40, v128.load(p)), c41 = f32x4.add(c41, v128.load(p, 16));
      p += ldd;
      c50 = f32x4.add(c50, v128.load(p)), c51 = f32x4.add(c51, v128.load(p, 16));
    }
  }
  v128.store(c, c00), v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10), v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20), v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30), v128.store(c, c31, 16);
  if (rows === 6) {
    c += ldc;
    v128.store(c, c40), v128.store(c, c41, 16);
    c += ldc;
    v128.store(c, c50), v128.store(c, c51, 16);
  }
}

export function product6(
  a: usize, rowStep: usize, depthStep: usize, valid: usize, b: usize, k: usize,
  c: usize, ldc: usize, addsC: bool, bias: usize, gate: usize, residual: usize, ldd: usize,
): void {
  product(6, a, rowStep, depthStep, valid, b, k, c, ldc, addsC, bias, gate, residual, ldd);
}

export function product4(
  a: usize, rowStep: usize, depthStep: usize, valid: usize, b: usize, k: usize,
  c: usize, ldc: usize, addsC: bool, bias: usize, gate: usize, residual: usize, ldd: usize,
): void {
  product(4, a, rowStep, depthStep, valid, b, k, c, ldc, addsC, bias, gate, residual, ldd);
}
