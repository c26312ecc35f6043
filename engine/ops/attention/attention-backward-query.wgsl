// The gradient of queries, and each query's delta = output . dOutput that the other gradients need: one
// workgroup takes 64 queries of one head, an invocation each.
@group(0) @binding(8) var<storage, read_write> output: array<f32>;
@group(0) @binding(9) var<storage, read_write> dOutput: array<f32>;
@group(0) @binding(10) var<storage, read_write> statistics: array<f32>;
//#if has_dQuery
@group(0) @binding(11) var<storage, read_write> dQuery: array<f32>;
//#endif
@group(0) @binding(14) var<storage, read_write> deltas: array<f32>;

const tileRows = #{tileRows}u;
const vectors = #{vectors}u;

var<workgroup> keys: array<array<vec4<f32>, vectors>, tileRows>;
var<workgroup> values: array<array<vec4<f32>, vectors>, tileRows>;

@compute @workgroup_size(64)
fn attentionBackwardQuery(
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
  let lastQuery = min(i, params.queryLength - 1u);
  let outputAt = ((b * params.queryLength + lastQuery) * params.numHeads + h) * params.headDim;
  let row = (b * params.numHeads + h) * params.queryLength + lastQuery;

  var q: Head;
  var upstream: Head;
  var sum: Head;
  var delta = 0.0;
  let start = queryAt(b, lastQuery, h);
  for (var v = 0u; v < vectors; v++) {
    q[v] = readQuery(start, v) * params.scale;
    upstream[v] = vec4(0.0);
    sum[v] = vec4(0.0);
  }
  for (var f = 0u; f < params.headDim; f++) {
    let value = dOutput[outputAt + f];
    upstream[f / 4u][f % 4u] = value;
    delta += value * output[outputAt + f];
  }
  let logSumExp = statistics[row];
  let visible = visibleKeys(b, i);
  for (var first = 0u; first < params.keyLength; first += tileRows) {
    for (var at = thread; at < tileRows * vectors; at += 64u) {
      let j = min(first + at / vectors, params.keyLength - 1u);
      keys[at / vectors][at % vectors] = readKeyValue(keyValueAt(b, j, head, params.keyOffset), at % vectors);
      values[at / vectors][at % vectors] = readKeyValue(keyValueAt(b, j, head, params.valueOffset), at % vectors);
    }
    workgroupBarrier();
    if (isQuery) {
      for (var tileRow = 0u; tileRow < tileRows; tileRow++) {
        let j = first + tileRow;
        if (!isVisible(b, i, j, visible)) {
          continue;
        }
        var products = vec4(0.0);
        var slopes = vec4(0.0);
        for (var v = 0u; v < vectors; v++) {
          products += q[v] * keys[tileRow][v];
          slopes += upstream[v] * values[tileRow][v];
        }
        let logit = logitOf(products.x + products.y + products.z + products.w, h, i, j);
        let probability = exp(clamp(logit.value - logSumExp, -80.0, 0.0));
        let slope = (slopes.x + slopes.y + slopes.z + slopes.w) * keepFactor(b, h, i, j) - delta;
        let step = probability * slope * logit.bend * params.scale;
        for (var v = 0u; v < vectors; v++) {
          sum[v] += step * keys[tileRow][v];
        }
      }
    }
    workgroupBarrier();
  }
  if (!isQuery) {
    return;
  }
  deltas[row] = delta;
//#if has_dQuery
  for (var f = 0u; f < params.headDim; f++) {
    var value = sum[f / 4u][f % 4u];
    if (params.accumulateQuery != 0u) {
      value += dQuery[start + f];
    }
    dQuery[start + f] = value;
  }
//#endif
}
