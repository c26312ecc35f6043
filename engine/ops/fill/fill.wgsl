// Sets every element to one value; 64 threads, 16 elements or 16 groups of four each.
//#if isWide
alias Lane = vec4<f32>;
//#else
alias Lane = f32;
//#endif
@group(0) @binding(0) var<storage, read_write> y: array<Lane>;

@compute @workgroup_size(64)
fn fill(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let count = params.count / #{lanes}u;
  let first = (workgroup.x + workgroup.y * workgroups.x) * 1024u + thread;
  for (var step = 0u; step < 1024u; step += 64u) {
    let i = first + step;
    if (i < count) {
      y[i] = Lane(params.value);
    }
  }
}
