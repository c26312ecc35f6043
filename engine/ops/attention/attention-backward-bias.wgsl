// Each head's sums of bias gradients by bucket: one workgroup a head, its invocations take every 64th query
// and are added up in order.
@group(0) @binding(9) var<storage, read_write> dOutput: array<f32>;
@group(0) @binding(10) var<storage, read_write> statistics: array<f32>;
//#if has_biasPartials
@group(0) @binding(13) var<storage, read_write> biasPartials: array<f32>;
//#endif
@group(0) @binding(14) var<storage, read_write> deltas: array<f32>;

const vectors = #{vectors}u;
const buckets = #{numBuckets}u;

var<workgroup> column: array<f32, 64>;

@compute @workgroup_size(64)
fn attentionBackwardBias(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = min(workgroup.x + workgroup.y * workgroups.x, params.batch * params.numHeads - 1u);
  let b = group / params.numHeads;
  let h = group % params.numHeads;
  let head = h / (params.numHeads / params.numKeyValueHeads);
  var sums: array<f32, buckets>;
  for (var bucket = 0u; bucket < buckets; bucket++) {
    sums[bucket] = 0.0;
  }
  for (var i = thread; i < params.queryLength; i += 64u) {
    let row = (b * params.numHeads + h) * params.queryLength + i;
    let outputAt = ((b * params.queryLength + i) * params.numHeads + h) * params.headDim;
    let start = queryAt(b, i, h);
    let visible = visibleKeys(b, i);
    for (var j = 0u; j < params.keyLength; j++) {
      if (!isVisible(b, i, j, visible)) {
        continue;
      }
      let keyAt = keyValueAt(b, j, head, params.keyOffset);
      let valueAt = keyValueAt(b, j, head, params.valueOffset);
      var product = 0.0;
      var slope = 0.0;
      for (var v = 0u; v < vectors; v++) {
        product += dot(readQuery(start, v), readKeyValue(keyAt, v));
        let value = readKeyValue(valueAt, v);
        for (var lane = 0u; lane < 4u && 4u * v + lane < params.headDim; lane++) {
          slope += dOutput[outputAt + 4u * v + lane] * value[lane];
        }
      }
      let logit = logitOf(product * params.scale, h, i, j);
      let probability = exp(clamp(logit.value - statistics[row], -80.0, 0.0));
      sums[bucketOf(i, j)] += probability * (slope * keepFactor(b, h, i, j) - deltas[row]);
    }
  }
  for (var bucket = 0u; bucket < buckets; bucket++) {
    column[thread] = sums[bucket];
    workgroupBarrier();
//#if has_biasPartials
    if (thread == 0u) {
      var total = 0.0;
      for (var k = 0u; k < 64u; k++) {
        total += column[k];
      }
      biasPartials[group * buckets + bucket] = total;
    }
//#endif
    workgroupBarrier();
  }
}
