// The matrix product for software adapters: 8 rows x 8 columns of sums in each invocation's variables and no
// workgroup memory, which llvmpipe and SwiftShader only emulate. Eight invocations take 64 columns.
// Rows and columns beyond C repeat the last ones; their sums are never stored.

// Where four columns of op(B) start, and their values at one k.
//#if vectorB
fn startOfColumns(column: u32) -> u32 {
  return params.bOffset + min(column, params.n - 4u);
}

fn columnsOfB(start: u32, k: u32) -> vec4<f32> {
  return b[(start + k * params.ldb) / 4u];
}
//#else
fn startOfColumns(column: u32) -> vec4<u32> {
  let columns = min(vec4<u32>(column) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.n - 1u));
//#if transB
  return vec4<u32>(params.bOffset) + columns * params.ldb;
//#else
  return vec4<u32>(params.bOffset) + columns;
//#endif
}

fn columnsOfB(start: vec4<u32>, k: u32) -> vec4<f32> {
//#if transB
  return vec4<f32>(b[start.x + k], b[start.y + k], b[start.z + k], b[start.w + k]);
//#else
  let at = start + vec4<u32>(k * params.ldb);
  return vec4<f32>(b[at.x], b[at.y], b[at.z], b[at.w]);
//#endif
}
//#endif

// Where four rows of op(A) start, and their values at one k.
//#if vectorA
fn startOfRows(row: u32) -> u32 {
  return params.aOffset + min(row, params.m - 4u);
}

fn rowsOfA(start: u32, k: u32) -> vec4<f32> {
  return a[(start + k * params.lda) / 4u];
}
//#else
fn startOfRows(row: u32) -> vec4<u32> {
  let rows = min(vec4<u32>(row) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.m - 1u));
//#if transA
  return vec4<u32>(params.aOffset) + rows;
//#else
  return vec4<u32>(params.aOffset) + rows * params.lda;
//#endif
}

fn rowsOfA(start: vec4<u32>, k: u32) -> vec4<f32> {
//#if transA
  let at = start + vec4<u32>(k * params.lda);
  return vec4<f32>(a[at.x], a[at.y], a[at.z], a[at.w]);
//#else
  return vec4<f32>(a[start.x + k], a[start.y + k], a[start.z + k], a[start.w + k]);
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
  let startB0 = startOfColumns(column);
  let startB1 = startOfColumns(column + 4u);
  let startA0 = startOfRows(row);
  let startA1 = startOfRows(row + 4u);
  for (var k = 0u; k < params.k; k++) {
    let b0 = columnsOfB(startB0, k);
    let b1 = columnsOfB(startB1, k);
    let a0 = rowsOfA(startA0, k);
    let a1 = rowsOfA(startA1, k);
    left0 += a0.x * b0;
    right0 += a0.x * b1;
    left1 += a0.y * b0;
    right1 += a0.y * b1;
    left2 += a0.z * b0;
    right2 += a0.z * b1;
    left3 += a0.w * b0;
    right3 += a0.w * b1;
    left4 += a1.x * b0;
    right4 += a1.x * b1;
    left5 += a1.y * b0;
    right5 += a1.y * b1;
    left6 += a1.z * b0;
    right6 += a1.z * b1;
    left7 += a1.w * b0;
    right7 += a1.w * b1;
  }
  var left = array<vec4<f32>, 8>(left0, left1, left2, left3, left4, left5, left6, left7);
  var right = array<vec4<f32>, 8>(right0, right1, right2, right3, right4, right5, right6, right7);
  // Backwards, because Mesa unrolls loops that count up: so many epilogues take seconds to compile.
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
  let startB0 = startOfColumns(column);
  let startB1 = startOfColumns(column + 4u);
  for (var k = 0u; k < params.k; k++) {
    left += columnsOfB(startB0, k);
    right += columnsOfB(startB1, k);
  }
  for (var i = 0u; i < 4u; i++) {
    storeColumnSum(column + i, left[i]);
    storeColumnSum(column + 4u + i, right[i]);
  }
}
//#endif
