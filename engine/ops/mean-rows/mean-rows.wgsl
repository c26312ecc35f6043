// y[b] = mean over t in [start, end) of x[b, t]. A workgroup takes 64 neighbouring columns of one sequence.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> validRange: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn meanRows(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = workgroup.x + workgroup.y * workgroups.x;
  let parts = (params.columns + 63u) / 64u;
  let sequence = place / parts;
  let column = (place % parts) * 64u + thread;
  if (sequence >= params.batch || column >= params.columns) {
    return;
  }
  let start = validRange[2u * sequence];
  let end = min(validRange[2u * sequence + 1u], params.length);
  var sum = 0.0;
  for (var t = start; t < end; t++) {
    sum += x[(sequence * params.length + t) * params.columns + column];
  }
  y[sequence * params.columns + column] = select(0.0, sum / f32(max(end, start + 1u) - start), end > start);
}
