// Copies keys and values of rows into the cache; one element an invocation.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> positions: array<u32>;
@group(0) @binding(2) var<storage, read_write> cache: array<f32>;

@compute @workgroup_size(64)
fn cacheWrite(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let element = (workgroup.x + workgroup.y * workgroups.x) * 64u + thread;
  let row = element / params.size;
  if (row >= params.rows) {
    return;
  }
  let position = positions[row];
  if (position >= params.maxLength) {
    return;
  }
  let entry = (row / params.length) * params.maxLength + position;
  let i = element % params.size;
  cache[entry * params.size + i] = x[row * params.rowStride + params.keyOffset + i];
}
