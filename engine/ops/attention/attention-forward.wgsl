// Attention forward: one workgroup takes 64 queries of one head, an invocation each; keys and values come in
// tiles through workgroup memory, with a running maximum and sum.
@group(0) @binding(8) var<storage, read_write> output: array<f32>;
//#if has_statistics
@group(0) @binding(9) var<storage, read_write> statistics: array<f32>;
//#endif
//#if has_weights
@group(0) @binding(10) var<storage, read_write> weights: array<f32>;
//#endif

const tileRows = #{tileRows}u;
const vectors = #{vectors}u;

var<workgroup> keys: array<array<vec4<f32>, vectors>, tileRows>;
var<workgroup> values: array<array<vec4<f32>, vectors>, tileRows>;

@compute @workgroup_size(64)
fn attentionForward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let blocks = (params.queryLength + 63u) / 64u;
  let h = (group / blocks) % params.numHeads;
  let b = min(group / (blocks * params.numHeads), params.batch - 1u);
  let i = (group % blocks) * 64u + thread;
  let isQuery = i < params.queryLength && group < blocks * params.numHeads * params.batch;
  let head = h / (params.numHeads / params.numKeyValueHeads);

  var q: Head;
  var sum: Head;
  let start = queryAt(b, min(i, params.queryLength - 1u), h);
  for (var v = 0u; v < vectors; v++) {
    q[v] = readQuery(start, v) * params.scale;
    sum[v] = vec4(0.0);
  }
  let visible = visibleKeys(b, i);
  var largest = -1e30;
  var total = 0.0;
  for (var first = 0u; first < params.keyLength; first += tileRows) {
    for (var at = thread; at < tileRows * vectors; at += 64u) {
      let j = min(first + at / vectors, params.keyLength - 1u);
      keys[at / vectors][at % vectors] = readKeyValue(keyValueAt(b, j, head, params.keyOffset), at % vectors);
      values[at / vectors][at % vectors] = readKeyValue(keyValueAt(b, j, head, params.valueOffset), at % vectors);
    }
    workgroupBarrier();
    if (isQuery) {
      for (var row = 0u; row < tileRows; row++) {
        let j = first + row;
        if (!isVisible(b, i, j, visible)) {
          continue;
        }
        var products = vec4(0.0);
        for (var v = 0u; v < vectors; v++) {
          products += q[v] * keys[row][v];
        }
        let logit = logitOf(products.x + products.y + products.z + products.w, h, i, j).value;
        let next = max(largest, logit);
        let shrink = exp(max(largest - next, -80.0)) * select(1.0, 0.0, largest - next < -80.0);
        let weight = exp(max(logit - next, -80.0));
        let used = weight * keepFactor(b, h, i, j);
        total = total * shrink + weight;
        for (var v = 0u; v < vectors; v++) {
          sum[v] = sum[v] * shrink + used * values[row][v];
        }
        largest = next;
      }
    }
    workgroupBarrier();
  }
  if (!isQuery) {
    return;
  }
  let inverse = select(0.0, 1.0 / max(total, 1e-30), total > 0.0);
  let row = (b * params.numHeads + h) * params.queryLength + i;
  let target_ = ((b * params.queryLength + i) * params.numHeads + h) * params.headDim;
  for (var f = 0u; f < params.headDim; f++) {
    output[target_ + f] = sum[f / 4u][f % 4u] * inverse;
  }
//#if has_statistics
  statistics[row] = select(emptyRow, largest + log(max(total, 1e-30)), total > 0.0);
//#endif
//#if has_weights
  for (var j = 0u; j < params.keyLength; j++) {
    var weight = 0.0;
    if (isVisible(b, i, j, visible)) {
      let at = keyValueAt(b, j, head, params.keyOffset);
      var products = vec4(0.0);
      for (var v = 0u; v < vectors; v++) {
        products += q[v] * readKeyValue(at, v);
      }
      let logit = logitOf(products.x + products.y + products.z + products.w, h, i, j).value;
      weight = exp(max(logit - largest, -80.0)) * inverse;
    }
    weights[row * params.keyLength + j] = weight;
  }
//#endif
}
