// The gradients of keys and values: one workgroup takes a block of keys of one key-value head and goes through
// the queries, of every head that reads them, that see them. Rows of tiles are keys, columns are queries.
@group(0) @binding(9) var<storage, read_write> dOutput: array<Value>;
@group(0) @binding(10) var<storage, read_write> statistics: array<f32>;
//#if has_keyValue
//#if has_dKeyValue
@group(0) @binding(12) var<storage, read_write> dKeyValue: array<Value>;
//#endif
//#else
//#if has_dQuery
@group(0) @binding(11) var<storage, read_write> dQuery: array<Value>;
//#endif
//#endif

// Weights as they went into the output, and derivatives by the products.
var<workgroup> tile: array<vec4<f32>, blockColumns * tileStride>;
var<workgroup> slopeTile: array<vec4<f32>, blockColumns * tileStride>;

fn readUpstream(at: u32, vector: u32) -> vec4<f32> {
//#if isAligned
  return dOutput[at / 4u + vector];
//#else
  let f = 4u * vector + vec4<u32>(0u, 1u, 2u, 3u);
  let i = at + min(f, vec4<u32>(params.headDim - 1u));
  let value = vec4<f32>(dOutput[i.x], dOutput[i.y], dOutput[i.z], dOutput[i.w]);
  return select(vec4<f32>(), value, f < vec4<u32>(params.headDim));
//#endif
}

fn writeElement(at: u32, sum: Value) {
//#if has_keyValue
//#if has_dKeyValue
//#if accumulatesKeyValue
  dKeyValue[at] += sum;
//#else
  dKeyValue[at] = sum;
//#endif
//#endif
//#else
//#if has_dQuery
//#if accumulatesKeyValue
  dQuery[at] += sum;
//#else
  dQuery[at] = sum;
//#endif
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

// Fills an invocation's part of both tiles for its keys and its columns of the queries from `first` on.
fn writeTiles(place: Place, head: u32, first: u32, valid: vec2<i32>) {
  var keys: RowOffsets;
  var values: RowOffsets;
  for (var r = 0u; r < threadRows; r++) {
    let j = min(place.row + r, params.keyLength - 1u);
    keys[r] = keyAt(place.b, j, head);
    values[r] = valueAt(place.b, j, head);
  }
  var queries: ColumnOffsets;
  var upstreams: ColumnOffsets;
  for (var c = 0u; c < columns; c++) {
    let i = min(first + c * lanes + place.lane, params.queryLength - 1u);
    queries[c] = queryAt(place.b, i, place.h);
    upstreams[c] = outputAt(place.b, i, place.h);
  }
  var products: Products;
  var slopes: Products;
  let vectors = depth();
  for (var d = 0u; d < vectors; d++) {
    var k: array<vec4<f32>, threadRows>;
    for (var r = 0u; r < threadRows; r++) {
      k[r] = readKeyValue(keys[r], d);
    }
    for (var c = 0u; c < columns; c++) {
      let q = readQuery(queries[c], d);
      for (var v = 0u; v < rowVectors; v++) {
        products[c * rowVectors + v] += vec4<f32>(
          dot(k[4u * v], q), dot(k[4u * v + 1u], q), dot(k[4u * v + 2u], q), dot(k[4u * v + 3u], q));
      }
    }
    for (var r = 0u; r < threadRows; r++) {
      k[r] = readKeyValue(values[r], d);
    }
    for (var c = 0u; c < columns; c++) {
      let q = readUpstream(upstreams[c], d);
      for (var v = 0u; v < rowVectors; v++) {
        slopes[c * rowVectors + v] += vec4<f32>(
          dot(k[4u * v], q), dot(k[4u * v + 1u], q), dot(k[4u * v + 2u], q), dot(k[4u * v + 3u], q));
      }
    }
  }
  let deltasAt = params.batch * params.numHeads * params.queryLength;
//#if hasElements
  for (var c = 0u; c < columns; c++) {
    for (var v = 0u; v < rowVectors; v++) {
      tile[(c * lanes + place.lane) * tileStride + place.rowVector + v] = products[c * rowVectors + v];
      slopeTile[(c * lanes + place.lane) * tileStride + place.rowVector + v] = slopes[c * rowVectors + v];
    }
  }
  for (var e = 0u; e < columns * threadRows; e++) {
    let column = (e / threadRows) * lanes + place.lane;
    let r = e % threadRows;
    let at = column * tileStride + place.rowVector + r / 4u;
    let i = min(first + column, params.queryLength - 1u);
    let j = min(place.row + r, params.keyLength - 1u);
    let keys = visibleKeys(i32(i), valid);
    let row = i32(place.row + r);
    let isVisible = row >= keys.x && row < keys.y && first + column < params.queryLength;
    let statistic = statisticsAt(place.b, i, place.h);
    let logit = logitOf(tile[at][r % 4u], place.b, place.h, i, j);
    let keep = keepFactor(place.b, place.h, i, j);
    let probability = select(0.0, expDown(vec4<f32>(logit.value - statistics[statistic])).x, isVisible);
    let slope = slopeTile[at][r % 4u] * keep - statistics[deltasAt + statistic];
    tile[at][r % 4u] = probability * keep;
    slopeTile[at][r % 4u] = probability * slope * logit.bend * params.scale;
  }
//#else
  for (var c = 0u; c < columns; c++) {
    let column = c * lanes + place.lane;
    let i = min(first + column, params.queryLength - 1u);
    let row = statisticsAt(place.b, i, place.h);
    let logSumExp = statistics[row];
    let delta = statistics[deltasAt + row];
    var keys = visibleKeys(i32(i), valid);
    if (first + column >= params.queryLength) {
      keys = vec2<i32>();
    }
    for (var v = 0u; v < rowVectors; v++) {
      let j = vec4<i32>(i32(place.row + 4u * v)) + vec4<i32>(0, 1, 2, 3);
      let isVisible = (j >= vec4<i32>(keys.x)) & (j < vec4<i32>(keys.y));
      let product = products[c * rowVectors + v] * params.scale;
      let weights = select(vec4<f32>(), expDown(product - vec4<f32>(logSumExp)), isVisible);
      let at = column * tileStride + place.rowVector + v;
      tile[at] = weights;
      slopeTile[at] = weights * (slopes[c * rowVectors + v] - vec4<f32>(delta)) * params.scale;
    }
  }
//#endif
}

@compute @workgroup_size(#{threads})
fn attentionBackwardKey(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let heads = params.batch * params.numKeyValueHeads;
  let blocks = (params.keyLength + blockRows - 1u) / blockRows;
  let group = workgroup.x + workgroup.y * workgroups.x;
  if (group >= heads * blocks) {
    return;
  }
  // Early keys are seen by the most queries of a causal mask: they come first.
  let firstRow = group / heads * blockRows;
  let b = (group % heads) / params.numKeyValueHeads;
  let head = group % params.numKeyValueHeads;
  let lane = thread % lanes;
  let rowVector = thread / lanes * rowVectors;
  let row = firstRow + 4u * rowVector;
  let valid = validKeysOf(b, thread);
  let lowKey = max(i32(firstRow), valid.x);
  let endKey = min(i32(firstRow + blockRows), valid.y);
  let shift = i32(params.keyLength) - i32(params.queryLength);
  var low = 0;
  var end = i32(params.queryLength);
  if (params.isCausal != 0u) {
    low = max(low, lowKey - shift);
  }
  if (params.slidingWindow != 0u) {
    end = min(end, i32(params.slidingWindow) + endKey - 1 - shift);
  }
  end = select(0, end, lowKey < endKey);

  var keySums: Features;
  var valueSums: Features;
  let shared_ = params.numHeads / params.numKeyValueHeads;
  for (var h = head * shared_; h < (head + 1u) * shared_; h++) {
    for (var at = low; at < end; at += i32(blockColumns)) {
      let first = u32(at);
      writeTiles(Place(b, h, row, lane, rowVector), head, first, valid);
      workgroupBarrier();
      let count = min(u32(end) - first, blockColumns);
      for (var column = 0u; column < count; column++) {
        var weights: array<vec4<f32>, rowVectors>;
        var slopes: array<vec4<f32>, rowVectors>;
        for (var v = 0u; v < rowVectors; v++) {
          weights[v] = tile[column * tileStride + rowVector + v];
          slopes[v] = slopeTile[column * tileStride + rowVector + v];
        }
        let queryRow = queryAt(b, first + column, h);
        let outputRow = outputAt(b, first + column, h);
        for (var o = 0u; o < outputs; o++) {
          let query = readQuery(queryRow, featureOf(o, lane));
          let upstream = readUpstream(outputRow, featureOf(o, lane));
          for (var r = 0u; r < threadRows; r++) {
            keySums[r * outputs + o] += slopes[r / 4u][r % 4u] * query;
            valueSums[r * outputs + o] += weights[r / 4u][r % 4u] * upstream;
          }
        }
      }
      workgroupBarrier();
    }
  }
  for (var r = 0u; r < threadRows; r++) {
    for (var o = 0u; o < outputs; o++) {
      let vector = o * lanes + lane;
      if (row + r < params.keyLength && vector < depth()) {
        writeGradient(keyAt(b, row + r, head), vector, keySums[r * outputs + o]);
        writeGradient(valueAt(b, row + r, head), vector, valueSums[r * outputs + o]);
      }
    }
  }
}
