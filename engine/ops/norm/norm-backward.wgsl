// Backward pass of layer norm and RMS norm: one workgroup for 16 rows, each thread owning columns, so that its
// share of the parameter gradient stays with it until it becomes one row of partial sums.
const rowsPerWorkgroup = 16u;

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(2) var<storage, read_write> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> statistics: array<f32>;
//#if has_dx
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
//#endif
//#if has_partials
@group(0) @binding(5) var<storage, read_write> partials: array<f32>;
//#endif

@compute @workgroup_size(#{threads})
fn normBackward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let size = f32(params.columns);
//#if has_partials
  var dWeight: array<f32, #{columnsPerThread}>;
  var dBias: array<f32, #{columnsPerThread}>;
//#endif
  for (var step = 0u; step < rowsPerWorkgroup; step++) {
    let row = group * rowsPerWorkgroup + step;
    let isInside = row < params.rows;
    let columns = select(0u, params.columns, isInside);
    let start = row * params.columns;
    var mean = 0.0;
    var rstd = 0.0;
    if (isInside) {
      if (params.isCentered != 0u) {
        mean = statistics[2u * row];
        rstd = statistics[2u * row + 1u];
      } else {
        rstd = statistics[row];
      }
    }
//#if has_dx
    var sums = vec2(0.0, 0.0);
    for (var i = thread; i < columns; i += threads) {
      let g = dy[start + i] * parameter[i];
      sums += vec2(g, g * (x[start + i] - mean) * rstd);
    }
    sums = workgroupSum(thread, sums) / size;
    if (params.isCentered == 0u) {
      sums.x = 0.0;
    }
    for (var i = thread; i < columns; i += threads) {
      let g = dy[start + i] * parameter[i];
      var value = rstd * (g - sums.x - (x[start + i] - mean) * rstd * sums.y);
      if (params.accumulate != 0u) {
        value += dx[start + i];
      }
      dx[start + i] = value;
    }
//#endif
//#if has_partials
    for (var k = 0u; k < #{columnsPerThread}u; k++) {
      let i = thread + k * threads;
      if (i < columns) {
        let g = dy[start + i];
        dWeight[k] += g * (x[start + i] - mean) * rstd;
        dBias[k] += g;
      }
    }
//#endif
  }
//#if has_partials
  if (group * rowsPerWorkgroup < params.rows) {
    let start = group * params.columns * select(1u, 2u, params.hasBias != 0u);
    for (var k = 0u; k < #{columnsPerThread}u; k++) {
      let i = thread + k * threads;
      if (i < params.columns) {
        partials[start + i] = dWeight[k];
        if (params.hasBias != 0u) {
          partials[start + params.columns + i] = dBias[k];
        }
      }
    }
  }
//#endif
}
