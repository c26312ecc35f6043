// RMS norm of each head inside packed rows, in place, one workgroup a head.
// Head h stands at row h / groups, element offset + (h mod groups) columns of that row.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
//#if has_normalized
@group(0) @binding(2) var<storage, read_write> normalized: array<f32>;
//#endif
//#if has_statistics
@group(0) @binding(3) var<storage, read_write> statistics: array<f32>;
//#endif

@compute @workgroup_size(#{threads})
fn headNorm(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let head = workgroup.x + workgroup.y * workgroups.x;
  let columns = select(0u, params.columns, head < params.heads);
  let start =
    (head / params.groups) * params.rowStride + params.offset + (head % params.groups) * params.columns;
  var squares = 0.0;
  for (var i = thread; i < columns; i += threads) {
    squares += x[start + i] * x[start + i];
  }
  let rstd = 1.0 / sqrt(workgroupSum(thread, vec2(squares, 0.0)).x / f32(params.columns) + params.epsilon);
  for (var i = thread; i < columns; i += threads) {
    let value = x[start + i] * rstd;
//#if has_normalized
    normalized[head * params.columns + i] = value;
//#endif
    x[start + i] = value * weight[i];
  }
//#if has_statistics
  if (head < params.heads && thread == 0u) {
    statistics[head] = rstd;
  }
//#endif
}
