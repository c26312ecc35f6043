// metrics[lossSum] = sum of the losses; one workgroup.
@group(0) @binding(0) var<storage, read_write> losses: array<f32>;
@group(0) @binding(1) var<storage, read_write> metrics: array<f32>;

@compute @workgroup_size(#{threads})
fn lossSum(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.count; i += threads) {
    sum += losses[i];
  }
  let total = workgroupSum(thread, vec2(sum, 0.0)).x;
  if (thread == 0u) {
    metrics[#{lossSum}] = total;
  }
}
