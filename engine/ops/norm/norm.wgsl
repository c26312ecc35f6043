// Layer norm and RMS norm over the last axis, one workgroup a row.
// Statistics are (mean, rstd) a row, or rstd alone without a mean.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
//#if has_statistics
@group(0) @binding(3) var<storage, read_write> statistics: array<f32>;
//#endif

@compute @workgroup_size(#{threads})
fn norm(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = workgroup.x + workgroup.y * workgroups.x;
  let isInside = row < params.rows;
  let columns = select(0u, params.columns, isInside);
  let start = row * params.columns;
  let size = f32(params.columns);
  var mean = 0.0;
  if (params.isCentered != 0u) {
    var sum = 0.0;
    for (var i = thread; i < columns; i += threads) {
      sum += x[start + i];
    }
    mean = workgroupSum(thread, vec2(sum, 0.0)).x / size;
  }
  var squares = 0.0;
  for (var i = thread; i < columns; i += threads) {
    let distance = x[start + i] - mean;
    squares += distance * distance;
  }
  let rstd = 1.0 / sqrt(workgroupSum(thread, vec2(squares, 0.0)).x / size + params.epsilon);
  for (var i = thread; i < columns; i += threads) {
    var value = (x[start + i] - mean) * rstd * parameter[i];
    if (params.hasBias != 0u) {
      value += parameter[params.columns + i];
    }
    y[start + i] = value;
  }
//#if has_statistics
  if (isInside && thread == 0u) {
    if (params.isCentered != 0u) {
      statistics[2u * row] = mean;
      statistics[2u * row + 1u] = rstd;
    } else {
      statistics[row] = rstd;
    }
  }
//#endif
}
