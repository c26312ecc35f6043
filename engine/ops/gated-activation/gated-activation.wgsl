// act(gate) * up over rows [gate | up], and its backward pass; four times 64 elements a workgroup, four floats
// an element where the size allows it.
//#if isWide
alias Lane = vec4<f32>;
//#else
alias Lane = f32;
//#endif
@group(0) @binding(0) var<storage, read_write> x: array<Lane>;
//#if isBackward
@group(0) @binding(1) var<storage, read_write> dy: array<Lane>;
@group(0) @binding(2) var<storage, read_write> dx: array<Lane>;
//#else
@group(0) @binding(1) var<storage, read_write> y: array<Lane>;
//#endif

fn activated(value: Lane) -> Lane {
  let kind = params.activation;
//#if isWide
  return vec4(
    activate(kind, value.x),
    activate(kind, value.y),
    activate(kind, value.z),
    activate(kind, value.w),
  );
//#else
  return activate(kind, value);
//#endif
}

fn slope(value: Lane) -> Lane {
  let kind = params.activation;
//#if isWide
  return vec4(
    activateGradient(kind, value.x),
    activateGradient(kind, value.y),
    activateGradient(kind, value.z),
    activateGradient(kind, value.w),
  );
//#else
  return activateGradient(kind, value);
//#endif
}

@compute @workgroup_size(64)
fn gatedActivation(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let size = params.size / #{lanes}u;
  let first = (workgroup.x + workgroup.y * workgroups.x) * 256u + thread;
  for (var step = 0u; step < 256u; step += 64u) {
    let i = first + step;
    if (i >= params.rows * size) {
      return;
    }
    let gate = i + (i / size) * size;
    let up = gate + size;
//#if isBackward
    var gatePart = dy[i] * x[up] * slope(x[gate]);
    var upPart = dy[i] * activated(x[gate]);
    if (params.accumulate != 0u) {
      gatePart += dx[gate];
      upPart += dx[up];
    }
    dx[gate] = gatePart;
    dx[up] = upPart;
//#else
    y[i] = activated(x[gate]) * x[up];
//#endif
  }
}
