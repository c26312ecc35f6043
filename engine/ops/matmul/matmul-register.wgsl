// The matrix product for software adapters: 8 rows x 8 columns of sums in each invocation's variables and no
// workgroup memory, which llvmpipe and SwiftShader only emulate. Eight invocations take 64 columns.
// Rows and columns beyond C repeat the last ones; their sums are never stored.

//#if dots
fn fourOfRowA(row: u32, k: u32) -> vec4<f32> {
  return a[(params.aOffset + min(row, params.m - 1u) * params.lda + k) / 4u];
}

fn fourOfRowB(row: u32, k: u32) -> vec4<f32> {
  return b[(params.bOffset + min(row, params.n - 1u) * params.ldb + k) / 4u];
}
//#else
fn columnsOfB(k: u32, column: u32) -> vec4<f32> {
//#if vectorB
  return b[(params.bOffset + k * params.ldb + min(column, params.n - 4u)) / 4u];
//#else
  let columns = min(vec4<u32>(column) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.n - 1u));
//#if transB
  let at = vec4<u32>(params.bOffset + k) + columns * params.ldb;
//#else
  let at = vec4<u32>(params.bOffset + k * params.ldb) + columns;
//#endif
  return vec4<f32>(b[at.x], b[at.y], b[at.z], b[at.w]);
//#endif
}

fn rowsOfA(row: u32, k: u32) -> vec4<f32> {
//#if vectorA
  return a[(params.aOffset + k * params.lda + min(row, params.m - 4u)) / 4u];
//#else
  let rows = min(vec4<u32>(row) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.m - 1u));
//#if transA
  let at = vec4<u32>(params.aOffset + k * params.lda) + rows;
//#else
  let at = vec4<u32>(params.aOffset + k) + rows * params.lda;
//#endif
  return vec4<f32>(a[at.x], a[at.y], a[at.z], a[at.w]);
//#endif
}
//#endif

@compute @workgroup_size(8)
fn matmul(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let columnGroups = (params.n + 63u) / 64u;
  let row = (group / columnGroups) * 8u;
  let column = (group % columnGroups) * 64u + thread * 8u;
  if (row >= params.m || column >= params.n) {
    return;
  }
  var left0 = vec4<f32>();
  var right0 = vec4<f32>();
  var left1 = vec4<f32>();
  var right1 = vec4<f32>();
  var left2 = vec4<f32>();
  var right2 = vec4<f32>();
  var left3 = vec4<f32>();
  var right3 = vec4<f32>();
  var left4 = vec4<f32>();
  var right4 = vec4<f32>();
  var left5 = vec4<f32>();
  var right5 = vec4<f32>();
  var left6 = vec4<f32>();
  var right6 = vec4<f32>();
  var left7 = vec4<f32>();
  var right7 = vec4<f32>();
//#if dots
  for (var k = 0u; k < params.k; k += 4u) {
    let b0 = fourOfRowB(column + 0u, k);
    let b1 = fourOfRowB(column + 1u, k);
    let b2 = fourOfRowB(column + 2u, k);
    let b3 = fourOfRowB(column + 3u, k);
    let b4 = fourOfRowB(column + 4u, k);
    let b5 = fourOfRowB(column + 5u, k);
    let b6 = fourOfRowB(column + 6u, k);
    let b7 = fourOfRowB(column + 7u, k);
    let a0 = fourOfRowA(row + 0u, k);
    left0 += vec4<f32>(dot(a0, b0), dot(a0, b1), dot(a0, b2), dot(a0, b3));
    right0 += vec4<f32>(dot(a0, b4), dot(a0, b5), dot(a0, b6), dot(a0, b7));
    let a1 = fourOfRowA(row + 1u, k);
    left1 += vec4<f32>(dot(a1, b0), dot(a1, b1), dot(a1, b2), dot(a1, b3));
    right1 += vec4<f32>(dot(a1, b4), dot(a1, b5), dot(a1, b6), dot(a1, b7));
    let a2 = fourOfRowA(row + 2u, k);
    left2 += vec4<f32>(dot(a2, b0), dot(a2, b1), dot(a2, b2), dot(a2, b3));
    right2 += vec4<f32>(dot(a2, b4), dot(a2, b5), dot(a2, b6), dot(a2, b7));
    let a3 = fourOfRowA(row + 3u, k);
    left3 += vec4<f32>(dot(a3, b0), dot(a3, b1), dot(a3, b2), dot(a3, b3));
    right3 += vec4<f32>(dot(a3, b4), dot(a3, b5), dot(a3, b6), dot(a3, b7));
    let a4 = fourOfRowA(row + 4u, k);
    left4 += vec4<f32>(dot(a4, b0), dot(a4, b1), dot(a4, b2), dot(a4, b3));
    right4 += vec4<f32>(dot(a4, b4), dot(a4, b5), dot(a4, b6), dot(a4, b7));
    let a5 = fourOfRowA(row + 5u, k);
    left5 += vec4<f32>(dot(a5, b0), dot(a5, b1), dot(a5, b2), dot(a5, b3));
    right5 += vec4<f32>(dot(a5, b4), dot(a5, b5), dot(a5, b6), dot(a5, b7));
    let a6 = fourOfRowA(row + 6u, k);
    left6 += vec4<f32>(dot(a6, b0), dot(a6, b1), dot(a6, b2), dot(a6, b3));
    right6 += vec4<f32>(dot(a6, b4), dot(a6, b5), dot(a6, b6), dot(a6, b7));
    let a7 = fourOfRowA(row + 7u, k);
    left7 += vec4<f32>(dot(a7, b0), dot(a7, b1), dot(a7, b2), dot(a7, b3));
    right7 += vec4<f32>(dot(a7, b4), dot(a7, b5), dot(a7, b6), dot(a7, b7));
  }
//#else
  for (var k = 0u; k < params.k; k++) {
    let low = rowsOfA(row, k);
    let high = rowsOfA(row + 4u, k);
    let b0 = columnsOfB(k, column);
    let b1 = columnsOfB(k, column + 4u);
    left0 = fma(vec4<f32>(low.x), b0, left0);
    right0 = fma(vec4<f32>(low.x), b1, right0);
    left1 = fma(vec4<f32>(low.y), b0, left1);
    right1 = fma(vec4<f32>(low.y), b1, right1);
    left2 = fma(vec4<f32>(low.z), b0, left2);
    right2 = fma(vec4<f32>(low.z), b1, right2);
    left3 = fma(vec4<f32>(low.w), b0, left3);
    right3 = fma(vec4<f32>(low.w), b1, right3);
    left4 = fma(vec4<f32>(high.x), b0, left4);
    right4 = fma(vec4<f32>(high.x), b1, right4);
    left5 = fma(vec4<f32>(high.y), b0, left5);
    right5 = fma(vec4<f32>(high.y), b1, right5);
    left6 = fma(vec4<f32>(high.z), b0, left6);
    right6 = fma(vec4<f32>(high.z), b1, right6);
    left7 = fma(vec4<f32>(high.w), b0, left7);
    right7 = fma(vec4<f32>(high.w), b1, right7);
  }
//#endif
  var left = array<vec4<f32>, 8>(left0, left1, left2, left3, left4, left5, left6, left7);
  var right = array<vec4<f32>, 8>(right0, right1, right2, right3, right4, right5, right6, right7);
  // Backwards, because Mesa unrolls loops that count up: sixteen epilogues take seconds to compile.
  for (var i = min(8u, params.m - row); i > 0u; i--) {
    storeFour(row + i - 1u, column, left[i - 1u]);
    storeFour(row + i - 1u, column + 4u, right[i - 1u]);
  }
//#if has_columnSums
  if (row == 0u) {
    sumColumns(column);
  }
//#endif
}

//#if has_columnSums
fn sumColumns(column: u32) {
  var left = vec4<f32>();
  var right = vec4<f32>();
  for (var k = 0u; k < params.k; k++) {
    left += columnsOfB(k, column);
    right += columnsOfB(k, column + 4u);
  }
  for (var i = 0u; i < 4u; i++) {
    storeColumnSum(column + i, left[i]);
    storeColumnSum(column + 4u + i, right[i]);
  }
}
//#endif
