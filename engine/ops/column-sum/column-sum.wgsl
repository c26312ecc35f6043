// y[j] (+)= sum over i of x[i, j]. A workgroup takes 8 neighbouring columns; on a GPU 32 threads share each
// column's rows and add their sums pairwise, a software adapter sums a column in one thread.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

const slices = #{slices}u;
var<workgroup> sums: array<f32, 8u * slices>;

@compute @workgroup_size(8, #{slices})
fn columnSum(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let column = (workgroup.x + workgroup.y * workgroups.x) * 8u + local.x;
  var sum = 0.0;
  if (column < params.columns) {
    for (var row = local.y; row < params.rows; row += slices) {
      sum += x[row * params.rowStride + column];
    }
  }
  let at = local.x + 8u * local.y;
  sums[at] = sum;
  workgroupBarrier();
  for (var width = slices / 2u; width > 0u; width /= 2u) {
    if (local.y < width) {
      sums[at] += sums[at + 8u * width];
    }
    workgroupBarrier();
  }
  if (local.y == 0u && column < params.columns) {
    if (params.accumulate != 0u) {
      y[column] += sums[at];
    } else {
      y[column] = sums[at];
    }
  }
}
