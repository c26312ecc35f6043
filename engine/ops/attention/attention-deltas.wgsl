// Each query's delta = output . dOutput, behind the log-sum-exps: one invocation a query of a head. Only where
// the gradient of queries has no binding left for the output.
@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@group(0) @binding(1) var<storage, read_write> dOutput: array<f32>;
@group(0) @binding(2) var<storage, read_write> statistics: array<f32>;

@compute @workgroup_size(#{threads})
fn attentionDeltas(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (workgroup.x + workgroup.y * workgroups.x) * #{threads}u + thread;
  let rows = params.batch * params.numHeads * params.queryLength;
  if (index >= rows) {
    return;
  }
  let i = index % params.queryLength;
  let head = index / params.queryLength;
  let b = head / params.numHeads;
  let at = ((b * params.queryLength + i) * params.numHeads + head % params.numHeads) * params.headDim;
  var delta = 0.0;
  for (var f = 0u; f < params.headDim; f++) {
    delta += output[at + f] * dOutput[at + f];
  }
  statistics[rows + index] = delta;
}
