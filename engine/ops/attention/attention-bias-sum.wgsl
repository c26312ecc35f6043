// Sums the bias gradients of all batch rows into the table; one entry of the table an invocation.
@group(0) @binding(0) var<storage, read_write> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> dTable: array<f32>;

@compute @workgroup_size(64)
fn attentionBiasSum(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let entry = workgroup.x * 64u + thread;
  if (entry >= params.numBuckets * params.numHeads) {
    return;
  }
  let bucket = entry / params.numHeads;
  let h = entry % params.numHeads;
  var sum = 0.0;
  if (params.accumulate != 0u) {
    sum = dTable[entry];
  }
  for (var b = 0u; b < params.batch; b++) {
    sum += partials[(b * params.numHeads + h) * params.numBuckets + bucket];
  }
  dTable[entry] = sum;
}
