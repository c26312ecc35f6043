// partials[firstPartial + workgroup] = sum of squares of 16,384 elements; threads take neighbouring elements,
// four floats at a time where the count allows it.
//#if isWide
alias Lane = vec4<f32>;
//#else
alias Lane = f32;
//#endif
@group(0) @binding(0) var<storage, read_write> x: array<Lane>;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;

const lanesPerWorkgroup = 16384u / #{lanes}u;

@compute @workgroup_size(#{threads})
fn sumOfSquares(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let count = params.count / #{lanes}u;
  let end = min((group + 1u) * lanesPerWorkgroup, count);
  var sum = Lane(0.0);
  for (var i = group * lanesPerWorkgroup + thread; i < end; i += threads) {
    sum += x[i] * x[i];
  }
//#if isWide
  let total = (sum.x + sum.y) + (sum.z + sum.w);
//#else
  let total = sum;
//#endif
  let squares = workgroupSum(thread, vec2(total, 0.0)).x;
  if (thread == 0u && group * lanesPerWorkgroup < count) {
    partials[params.firstPartial + group] = squares;
  }
}
