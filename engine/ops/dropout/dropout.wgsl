// y (+)= residual + mask x scale; each of 64 threads draws two Philox blocks, four elements each. One kernel
// for both directions: backward, x is dy and y is dx.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
//#if has_residual
@group(0) @binding(1) var<storage, read_write> residual: array<f32>;
//#endif
@group(0) @binding(2) var<storage, read_write> scalars: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn dropout(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = (workgroup.x + workgroup.y * workgroups.x) * 128u + thread;
  let key = vec2(scalars[#{keyLow}], scalars[#{keyHigh}]);
  for (var step = 0u; step < 128u; step += 64u) {
    let block = first + step;
    var words = vec4(0u);
    if (params.threshold != 0u) {
      words = philox(vec4(block, params.stream, 0u, 0u), key);
    }
    for (var lane = 0u; lane < 4u; lane++) {
      let i = block * 4u + lane;
      if (i < params.count) {
        var value = select(0.0, x[i] * params.scale, words[lane] >= params.threshold);
//#if has_residual
        value += residual[i];
//#endif
        if (params.accumulate != 0u) {
          value += y[i];
        }
        y[i] = value;
      }
    }
  }
}
