// y = factor * x, or added to what y holds, 1,024 elements a workgroup; neighbouring threads take neighbours.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn scale(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = (workgroup.x + workgroup.y * workgroups.x) * 1024u + thread;
  for (var step = 0u; step < 1024u; step += 64u) {
    let i = first + step;
    if (i < params.count) {
      let scaled = params.factor * x[i];
      if (params.accumulate != 0u) {
        y[i] += scaled;
      } else {
        y[i] = scaled;
      }
    }
  }
}
