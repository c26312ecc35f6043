// The gradient of queries, and each query's delta = output . dOutput, which the other gradients need as well:
// one workgroup takes a block of queries of one head and goes through the keys they see.
//#if !hasDeltas
@group(0) @binding(8) var<storage, read_write> output: array<Value>;
//#endif
//#if has_dQuery
@group(0) @binding(11) var<storage, read_write> dQuery: array<Value>;
//#endif

//#if !hasDeltas
fn readOutput(at: u32, vector: u32) -> vec4<f32> {
//#if isAligned
  return output[at / 4u + vector];
//#else
  let f = 4u * vector + vec4<u32>(0u, 1u, 2u, 3u);
  let i = at + min(f, vec4<u32>(params.headDim - 1u));
  return vec4<f32>(output[i.x], output[i.y], output[i.z], output[i.w]);
//#endif
}
//#endif

fn writeElement(at: u32, sum: Value) {
//#if has_dQuery
//#if accumulatesQuery
  dQuery[at] += sum;
//#else
  dQuery[at] = sum;
//#endif
//#endif
}

fn writeGradient(at: u32, vector: u32, sum: vec4<f32>) {
//#if isAligned
  writeElement(at / 4u + vector, sum);
//#else
  for (var lane = 0u; lane < 4u && 4u * vector + lane < params.headDim; lane++) {
    writeElement(at + 4u * vector + lane, sum[lane]);
  }
//#endif
}

@compute @workgroup_size(#{threads})
fn attentionBackwardQuery(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let heads = params.batch * params.numHeads;
  let blocks = (params.queryLength + blockRows - 1u) / blockRows;
  let group = workgroup.x + workgroup.y * workgroups.x;
  if (group >= heads * blocks) {
    return;
  }
  let firstRow = (blocks - 1u - group / heads) * blockRows;
  let b = (group % heads) / params.numHeads;
  let h = group % params.numHeads;
  let head = h / (params.numHeads / params.numKeyValueHeads);
  let lane = thread % lanes;
  let rowVector = thread / lanes * rowVectors;
  let place = Place(b, h, firstRow + 4u * rowVector, lane, rowVector);
  let valid = validKeysOf(b, thread);
  let lastRow = min(firstRow + blockRows, params.queryLength) - 1u;
  let low = u32(visibleKeys(i32(firstRow), valid).x);
  let end = u32(visibleKeys(i32(lastRow), valid).y);

  for (var r = thread; r < blockRows; r += #{threads}u) {
    let i = min(firstRow + r, params.queryLength - 1u);
//#if hasDeltas
    blockDeltas[r] = statistics[heads * params.queryLength + statisticsAt(b, i, h)];
//#else
    let at = outputAt(b, i, h);
    var delta = 0.0;
    let vectors = depth();
    for (var d = 0u; d < vectors; d++) {
      delta += dot(readUpstream(at, d), readOutput(at, d));
    }
    blockDeltas[r] = delta;
    if (firstRow + r < params.queryLength) {
      statistics[heads * params.queryLength + statisticsAt(b, i, h)] = delta;
    }
//#endif
  }
  workgroupBarrier();

  var sums: Features;
  for (var first = low; first < end; first += blockColumns) {
    writeSlopes(place, first, valid);
    workgroupBarrier();
    let count = min(end - first, blockColumns);
    for (var column = 0u; column < count; column++) {
      var slopes: array<vec4<f32>, rowVectors>;
      for (var v = 0u; v < rowVectors; v++) {
        slopes[v] = tile[column * tileStride + rowVector + v];
      }
      let at = keyAt(b, first + column, head);
      for (var o = 0u; o < outputs; o++) {
        let key = readKeyValue(at, featureOf(o, lane));
        for (var r = 0u; r < threadRows; r++) {
          sums[r * outputs + o] += slopes[r / 4u][r % 4u] * key;
        }
      }
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < threadRows; r++) {
    let i = place.row + r;
    for (var o = 0u; o < outputs; o++) {
      if (i < params.queryLength && o * lanes + lane < depth()) {
        writeGradient(queryAt(b, i, h), o * lanes + lane, sums[r * outputs + o]);
      }
    }
  }
}
