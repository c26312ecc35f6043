// Copies the first tokens of cache rows from one row to another, one token a workgroup; without parents each
// row is copied to itself.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
//#if has_parents
@group(0) @binding(1) var<storage, read_write> parents: array<u32>;
//#endif
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn cacheReorder(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let entry = workgroup.x + workgroup.y * workgroups.x;
  let row = entry / params.length;
  if (row >= params.rows) {
    return;
  }
  let token = entry % params.length;
  if (token >= counts[row]) {
    return;
  }
  var parent = row;
  //#if has_parents
  parent = parents[row];
  //#endif
  let first = (parent * params.length + token) * params.size;
  for (var i = thread; i < params.size; i += 64u) {
    y[entry * params.size + i] = x[first + i];
  }
}
