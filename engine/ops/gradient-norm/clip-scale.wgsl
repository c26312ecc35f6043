// metrics[gradNorm] and metrics[clipScale] from the partial sums of squares; one workgroup.
// Values that are not finite are found by their exponent bits: WGSL may assume that there are none.
@group(0) @binding(0) var<storage, read_write> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> metrics: array<f32>;
//#if has_scalars
@group(0) @binding(2) var<storage, read_write> scalars: array<f32>;
//#endif

fn isFinite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

@compute @workgroup_size(#{threads})
fn clipScale(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.count; i += threads) {
    sum += partials[i];
  }
  let squares = workgroupSum(thread, vec2(sum, 0.0)).x;
  if (thread == 0u) {
    var norm = sqrt(squares);
//#if has_scalars
    norm *= scalars[#{unscale}];
//#endif
    var scale = 1.0;
    if (params.maxGradNorm > 0.0) {
      scale = min(1.0, params.maxGradNorm / (norm + 1e-6));
    }
//#if has_scalars
    scale *= scalars[#{unscale}];
//#endif
    if (!isFinite(squares) || !isFinite(metrics[#{lossSum}])) {
      scale = 0.0;
    }
    metrics[#{gradNorm}] = norm;
    metrics[#{clipScale}] = scale;
  }
}
