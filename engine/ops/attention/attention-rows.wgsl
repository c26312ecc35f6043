// Attention forward for very few queries, as when one token is generated against a cache: one workgroup takes
// one query of one head. Its invocations share the keys for the logits and the features for the sum of values.
const chunk = 256u;
const threads = #{threads}u;
const vectors = #{vectors}u;
// How many invocations share the keys of one vector of features.
const splits = #{splits}u;

var<workgroup> scores: array<f32, chunk>;
var<workgroup> parts: array<f32, threads>;
var<workgroup> sums: array<vec4<f32>, threads>;

fn logitAt(b: u32, h: u32, head: u32, i: u32, j: u32) -> f32 {
  let query = queryAt(b, i, h);
  let key = keyAt(b, j, head);
  var product = 0.0;
  for (var d = 0u; d < (params.headDim + 3u) / 4u; d++) {
    product += dot(readQuery(query, d), readKeyValue(key, d));
  }
  return logitOf(product, b, h, i, j).value;
}

@compute @workgroup_size(#{threads})
fn attentionRows(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  if (group >= params.batch * params.numHeads * params.queryLength) {
    return;
  }
  let i = group % params.queryLength;
  let h = (group / params.queryLength) % params.numHeads;
  let b = group / (params.queryLength * params.numHeads);
  let head = h / (params.numHeads / params.numKeyValueHeads);
  let keys = visibleKeys(i32(i), validKeysOf(b, thread));
  let low = u32(keys.x);
  let end = u32(keys.y);

  var largest = lowest;
  var total = 0.0;
  var sum: vec4<f32>;
  for (var first = low; first < end; first += chunk) {
    let count = min(end - first, chunk);
    var most = lowest;
    for (var k = thread; k < count; k += threads) {
      let logit = logitAt(b, h, head, i, first + k);
      scores[k] = logit;
      most = max(most, logit);
    }
    parts[thread] = most;
    workgroupBarrier();
    most = largest;
    for (var t = 0u; t < threads; t++) {
      most = max(most, parts[t]);
    }
    let shrink = expDown(vec4<f32>(largest - most)).x;
    largest = most;
    total *= shrink;
    sum *= shrink;
    for (var k = thread; k < count; k += threads) {
      let weight = expDown(vec4<f32>(scores[k] - most)).x;
      total += weight;
      scores[k] = weight * keepFactor(b, h, i, first + k);
    }
    workgroupBarrier();
    if (thread < splits * vectors) {
      for (var k = thread / vectors; k < count; k += splits) {
        sum += scores[k] * readKeyValue(valueAt(b, first + k, head), thread % vectors);
      }
    }
    workgroupBarrier();
  }

  parts[thread] = total;
  sums[thread] = sum;
  workgroupBarrier();
  total = 0.0;
  for (var t = 0u; t < threads; t++) {
    total += parts[t];
  }
  let isEmpty = total <= 0.0;
  let inverse = select(1.0 / total, 0.0, isEmpty);
//#if has_statistics
  if (thread == 0u) {
    statistics[statisticsAt(b, i, h)] = select(largest + log(total), emptyRow, isEmpty);
  }
//#endif
  if (thread < vectors) {
    sum = vec4<f32>();
    for (var s = 0u; s < splits; s++) {
      sum += sums[s * vectors + thread];
    }
    writeOutput(outputAt(b, i, h), thread, sum * inverse);
  }
//#if has_weights
  for (var j = thread; j < params.keyLength; j += threads) {
    var weight = 0.0;
    if (j >= low && j < end) {
      weight = expDown(vec4<f32>(logitAt(b, h, head, i, j) - largest)).x * inverse;
    }
    weights[statisticsAt(b, i, h) * params.keyLength + j] = weight;
  }
//#endif
}
