// dPre = dy * slope, 256 elements a workgroup.
@group(0) @binding(0) var<storage, read_write> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> slope: array<f32>;
@group(0) @binding(2) var<storage, read_write> dPre: array<f32>;

@compute @workgroup_size(64)
fn activationGradient(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = (workgroup.x + workgroup.y * workgroups.x) * 256u + thread;
  for (var step = 0u; step < 256u; step += 64u) {
    let i = first + step;
    if (i < params.count) {
      dPre[i] = dy[i] * slope[i];
    }
  }
}
