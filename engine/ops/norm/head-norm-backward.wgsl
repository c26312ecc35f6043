// Backward pass of the RMS norm of heads, in place of the incoming gradient: one workgroup for 64 heads, each
// thread owning columns of the weight's gradient until they become one row of partial sums.
const headsPerWorkgroup = 64u;

@group(0) @binding(0) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> normalized: array<f32>;
@group(0) @binding(3) var<storage, read_write> statistics: array<f32>;
//#if has_partials
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;
//#endif

@compute @workgroup_size(#{threads})
fn headNormBackward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
//#if has_partials
  var dWeight: array<f32, #{columnsPerThread}>;
//#endif
  for (var step = 0u; step < headsPerWorkgroup; step++) {
    let head = group * headsPerWorkgroup + step;
    let columns = select(0u, params.columns, head < params.heads);
    let start =
      (head / params.groups) * params.rowStride + params.offset + (head % params.groups) * params.columns;
    let kept = head * params.columns;
    var sum = 0.0;
    for (var i = thread; i < columns; i += threads) {
      sum += gradient[start + i] * weight[i] * normalized[kept + i];
    }
    let projection = workgroupSum(thread, vec2(sum, 0.0)).x / f32(params.columns);
    for (var k = 0u; k < #{columnsPerThread}u; k++) {
      let i = thread + k * threads;
      if (i < columns) {
        let dy = gradient[start + i];
        let xhat = normalized[kept + i];
        gradient[start + i] = statistics[head] * (dy * weight[i] - xhat * projection);
//#if has_partials
        dWeight[k] += dy * xhat;
//#endif
      }
    }
  }
//#if has_partials
  if (group * headsPerWorkgroup < params.heads) {
    for (var k = 0u; k < #{columnsPerThread}u; k++) {
      let i = thread + k * threads;
      if (i < params.columns) {
        partials[group * params.columns + i] = dWeight[k];
      }
    }
  }
//#endif
}
