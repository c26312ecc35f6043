// The gradients of keys and values: one workgroup takes 64 keys of one key-value head, an invocation each;
// the queries of all heads that read them come in tiles through workgroup memory.
@group(0) @binding(9) var<storage, read_write> dOutput: array<f32>;
@group(0) @binding(10) var<storage, read_write> statistics: array<f32>;
//#if has_keyValue
//#if has_dKeyValue
@group(0) @binding(12) var<storage, read_write> dKeyValue: array<f32>;
//#endif
//#else
//#if has_dQuery
@group(0) @binding(11) var<storage, read_write> dQuery: array<f32>;
//#endif
//#endif
@group(0) @binding(14) var<storage, read_write> deltas: array<f32>;

const tileRows = #{tileRows}u;
const vectors = #{vectors}u;

var<workgroup> queries: array<array<vec4<f32>, vectors>, tileRows>;
var<workgroup> upstreams: array<array<vec4<f32>, vectors>, tileRows>;

fn readUpstream(start: u32, vector: u32) -> vec4<f32> {
  var value = vec4(0.0);
  for (var lane = 0u; lane < 4u; lane++) {
    if (4u * vector + lane < params.headDim) {
      value[lane] = dOutput[start + 4u * vector + lane];
    }
  }
  return value;
}

fn writeGradient(at: u32, sum: f32) {
  var value = sum;
//#if has_keyValue
//#if has_dKeyValue
  if (params.accumulateKeyValue != 0u) {
    value += dKeyValue[at];
  }
  dKeyValue[at] = value;
//#endif
//#else
//#if has_dQuery
  if (params.accumulateKeyValue != 0u) {
    value += dQuery[at];
  }
  dQuery[at] = value;
//#endif
//#endif
}

@compute @workgroup_size(64)
fn attentionBackwardKey(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let blocks = (params.keyLength + 63u) / 64u;
  let head = (group / blocks) % params.numKeyValueHeads;
  let b = min(group / (blocks * params.numKeyValueHeads), params.batch - 1u);
  let j = (group % blocks) * 64u + thread;
  let isKey = j < params.keyLength && group < blocks * params.numKeyValueHeads * params.batch;
  let lastKey = min(j, params.keyLength - 1u);
  let keyAt = keyValueAt(b, lastKey, head, params.keyOffset);
  let valueAt = keyValueAt(b, lastKey, head, params.valueOffset);

  var key: Head;
  var value: Head;
  var keySum: Head;
  var valueSum: Head;
  for (var v = 0u; v < vectors; v++) {
    key[v] = readKeyValue(keyAt, v) * params.scale;
    value[v] = readKeyValue(valueAt, v);
    keySum[v] = vec4(0.0);
    valueSum[v] = vec4(0.0);
  }
  let shared_ = params.numHeads / params.numKeyValueHeads;
  for (var h = head * shared_; h < (head + 1u) * shared_; h++) {
    for (var first = 0u; first < params.queryLength; first += tileRows) {
      for (var at = thread; at < tileRows * vectors; at += 64u) {
        let i = min(first + at / vectors, params.queryLength - 1u);
        queries[at / vectors][at % vectors] = readQuery(queryAt(b, i, h), at % vectors);
        let outputAt = ((b * params.queryLength + i) * params.numHeads + h) * params.headDim;
        upstreams[at / vectors][at % vectors] = readUpstream(outputAt, at % vectors);
      }
      workgroupBarrier();
      if (isKey) {
        for (var tileRow = 0u; tileRow < tileRows; tileRow++) {
          let i = first + tileRow;
          if (i >= params.queryLength) {
            break;
          }
          if (!isVisible(b, i, j, visibleKeys(b, i))) {
            continue;
          }
          var products = vec4(0.0);
          var slopes = vec4(0.0);
          for (var v = 0u; v < vectors; v++) {
            products += key[v] * queries[tileRow][v];
            slopes += upstreams[tileRow][v] * value[v];
          }
          let row = (b * params.numHeads + h) * params.queryLength + i;
          let logit = logitOf(products.x + products.y + products.z + products.w, h, i, j);
          let probability = exp(clamp(logit.value - statistics[row], -80.0, 0.0));
          let keep = keepFactor(b, h, i, j);
          let slope = (slopes.x + slopes.y + slopes.z + slopes.w) * keep - deltas[row];
          let step = probability * slope * logit.bend * params.scale;
          for (var v = 0u; v < vectors; v++) {
            keySum[v] += step * queries[tileRow][v];
            valueSum[v] += probability * keep * upstreams[tileRow][v];
          }
        }
      }
      workgroupBarrier();
    }
  }
  if (!isKey) {
    return;
  }
  for (var f = 0u; f < params.headDim; f++) {
    writeGradient(keyAt + f, keySum[f / 4u][f % 4u]);
    writeGradient(valueAt + f, valueSum[f / 4u][f % 4u]);
  }
}
