// Distance buckets of queries and keys; one pair an invocation.
@group(0) @binding(0) var<storage, read_write> table: array<f32>;
//#if has_positions
@group(0) @binding(1) var<storage, read_write> positions: array<u32>;
//#endif
@group(0) @binding(2) var<storage, read_write> buckets: array<u32>;

@compute @workgroup_size(64)
fn relativeBuckets(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let pair = (workgroup.x + workgroup.y * workgroups.x) * 64u + thread;
  let i = pair / params.keyLength;
  if (i >= params.queryLength) {
    return;
  }
//#if has_positions
  let position = i32(positions[i]);
//#else
  let position = i32(i);
//#endif
  let reach = i32(params.reach);
  let distance = clamp(i32(pair % params.keyLength) - position, -reach, reach);
  buckets[pair] = u32(table[reach + distance]);
}
