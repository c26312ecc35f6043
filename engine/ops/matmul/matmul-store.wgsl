// Bindings of the matrix product and what happens to finished sums; behind it comes one of two shaders.
//#if vectorC
alias Value = vec4<f32>;
const valueSize = 4u;
//#else
alias Value = f32;
const valueSize = 1u;
//#endif

//#if vectorA
@group(0) @binding(0) var<storage, read_write> a: array<vec4<f32>>;
//#else
@group(0) @binding(0) var<storage, read_write> a: array<f32>;
//#endif
//#if vectorB
@group(0) @binding(1) var<storage, read_write> b: array<vec4<f32>>;
//#else
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
//#endif
@group(0) @binding(2) var<storage, read_write> c: array<Value>;
//#if has_bias
@group(0) @binding(3) var<storage, read_write> bias: array<Value>;
//#endif
//#if has_slope
@group(0) @binding(4) var<storage, read_write> slope: array<Value>;
//#endif
//#if has_gate
@group(0) @binding(5) var<storage, read_write> gate: array<Value>;
//#endif
//#if has_residual
@group(0) @binding(6) var<storage, read_write> residual: array<Value>;
//#endif
//#if has_columnSums
@group(0) @binding(7) var<storage, read_write> columnSums: array<f32>;
//#endif

// f and f' of each value, for the activation that this text was made for.
//#if activation
fn activated(x: Value) -> Value {
//#if vectorC
  return vec4<f32>(
    activate(#{activation}u, x.x),
    activate(#{activation}u, x.y),
    activate(#{activation}u, x.z),
    activate(#{activation}u, x.w),
  );
//#else
  return activate(#{activation}u, x);
//#endif
}
//#endif
//#if has_slope
fn slopeOf(x: Value) -> Value {
//#if vectorC
  return vec4<f32>(
    activateGradient(#{activation}u, x.x),
    activateGradient(#{activation}u, x.y),
    activateGradient(#{activation}u, x.z),
    activateGradient(#{activation}u, x.w),
  );
//#else
  return activateGradient(#{activation}u, x);
//#endif
}
//#endif

fn storeValue(row: u32, column: u32, sum: Value) {
  let at = (params.cOffset + row * params.ldc + column) / valueSize;
  let dense = (row * params.n + column) / valueSize;
  var x = sum;
  if (params.accumulate != 0u) {
    x += c[at];
  }
//#if has_bias
  x += bias[column / valueSize];
//#endif
//#if has_slope
  slope[dense] = slopeOf(x);
//#endif
//#if activation
  x = activated(x);
//#endif
//#if has_gate
  x *= gate[dense];
//#endif
//#if has_residual
  x += residual[dense];
//#endif
  c[at] = x;
}

// Stores the sums of four neighbouring columns of a row of C; columns outside C are dropped.
fn storeFour(row: u32, column: u32, sums: vec4<f32>) {
  if (column >= params.n) {
    return;
  }
//#if vectorC
  storeValue(row, column, sums);
//#else
  for (var i = min(4u, params.n - column); i > 0u; i--) {
    storeValue(row, column + i - 1u, sums[i - 1u]);
  }
//#endif
}

//#if has_columnSums
fn storeColumnSum(column: u32, sum: f32) {
  if (column >= params.n) {
    return;
  }
  if (params.accumulateSums != 0u) {
    columnSums[column] += sum;
  } else {
    columnSums[column] = sum;
  }
}
//#endif
