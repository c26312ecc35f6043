// Attention forward: one workgroup takes a block of queries of one head and goes through the keys they see,
// with a running maximum and sum for each query.
var<workgroup> tile: array<vec4<f32>, blockColumns * tileStride>;
// For each lane and row: the largest logit of its columns, and at the end its part of the sum.
var<workgroup> partials: array<vec4<f32>, lanes * tileStride>;

// Logits of an invocation's queries and its columns of the keys from `first` on; hidden where not seen.
fn logitsOf(place: Place, queries: ptr<function, RowOffsets>, first: u32, valid: vec2<i32>) -> Products {
  let head = place.h / (params.numHeads / params.numKeyValueHeads);
  var keys: ColumnOffsets;
  for (var c = 0u; c < columns; c++) {
    keys[c] = keyAt(place.b, min(first + c * lanes + place.lane, params.keyLength - 1u), head);
  }
  var products: Products;
  let vectors = depth();
  for (var d = 0u; d < vectors; d++) {
    var q: array<vec4<f32>, threadRows>;
    for (var r = 0u; r < threadRows; r++) {
      q[r] = readQuery((*queries)[r], d);
    }
    for (var c = 0u; c < columns; c++) {
      let k = readKeyValue(keys[c], d);
      for (var v = 0u; v < rowVectors; v++) {
        products[c * rowVectors + v] += vec4<f32>(
          dot(q[4u * v], k), dot(q[4u * v + 1u], k), dot(q[4u * v + 2u], k), dot(q[4u * v + 3u], k));
      }
    }
  }
//#if hasOptions
  // Through the tile and one element at a time, so that the options' code stands here once.
  for (var c = 0u; c < columns; c++) {
    for (var v = 0u; v < rowVectors; v++) {
      tile[(c * lanes + place.lane) * tileStride + place.rowVector + v] = products[c * rowVectors + v];
    }
  }
  for (var e = 0u; e < columns * threadRows; e++) {
    let column = (e / threadRows) * lanes + place.lane;
    let r = e % threadRows;
    let at = column * tileStride + place.rowVector + r / 4u;
    let i = min(place.row + r, params.queryLength - 1u);
    let j = min(first + column, params.keyLength - 1u);
    tile[at][r % 4u] = logitOf(tile[at][r % 4u], place.b, place.h, i, j).value;
  }
//#endif
  for (var v = 0u; v < rowVectors; v++) {
    let lows = firstKeys(place.row + 4u * v, valid);
    let ends = endKeys(place.row + 4u * v, valid);
    for (var c = 0u; c < columns; c++) {
      let column = c * lanes + place.lane;
      let j = vec4<i32>(i32(first + column));
//#if hasOptions
      let logit = tile[column * tileStride + place.rowVector + v];
//#else
      let logit = products[c * rowVectors + v] * params.scale;
//#endif
      products[c * rowVectors + v] = select(vec4<f32>(hidden), logit, (j >= lows) & (j < ends));
    }
  }
  return products;
}

@compute @workgroup_size(#{threads})
fn attentionForward(
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
  // Late blocks of a causal mask have the most to do: they come first.
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

  var queries: RowOffsets;
  for (var r = 0u; r < threadRows; r++) {
    queries[r] = queryAt(b, min(place.row + r, params.queryLength - 1u), h);
  }
  var sums: Features;
  var largest: array<vec4<f32>, rowVectors>;
  var totals: array<vec4<f32>, rowVectors>;
  for (var v = 0u; v < rowVectors; v++) {
    largest[v] = vec4<f32>(lowest);
  }
  for (var first = low; first < end; first += blockColumns) {
    var logits = logitsOf(place, &queries, first, valid);
    for (var v = 0u; v < rowVectors; v++) {
      var most = logits[v];
      for (var c = 1u; c < columns; c++) {
        most = max(most, logits[c * rowVectors + v]);
      }
      partials[lane * tileStride + rowVector + v] = most;
    }
    workgroupBarrier();
    var shrink: array<vec4<f32>, rowVectors>;
    for (var v = 0u; v < rowVectors; v++) {
      var most = largest[v];
      for (var l = 0u; l < lanes; l++) {
        most = max(most, partials[l * tileStride + rowVector + v]);
      }
      shrink[v] = expDown(largest[v] - most);
      largest[v] = most;
      totals[v] *= shrink[v];
      for (var c = 0u; c < columns; c++) {
        let weight = expDown(logits[c * rowVectors + v] - most);
        totals[v] += weight;
        tile[(c * lanes + lane) * tileStride + rowVector + v] = weight;
      }
    }
//#if has_scalars
    for (var e = 0u; e < columns * threadRows; e++) {
      let column = (e / threadRows) * lanes + lane;
      let r = e % threadRows;
      tile[column * tileStride + rowVector + r / 4u][r % 4u] *= keepFactor(b, h, place.row + r, first + column);
    }
//#endif
    for (var r = 0u; r < threadRows; r++) {
      for (var o = 0u; o < outputs; o++) {
        sums[r * outputs + o] *= shrink[r / 4u][r % 4u];
      }
    }
    workgroupBarrier();
    let count = min(end - first, blockColumns);
    for (var column = 0u; column < count; column++) {
      var used: array<vec4<f32>, rowVectors>;
      for (var v = 0u; v < rowVectors; v++) {
        used[v] = tile[column * tileStride + rowVector + v];
      }
      let at = valueAt(b, first + column, head);
      for (var o = 0u; o < outputs; o++) {
        let value = readKeyValue(at, featureOf(o, lane));
        for (var r = 0u; r < threadRows; r++) {
          sums[r * outputs + o] += used[r / 4u][r % 4u] * value;
        }
      }
    }
//#if hasOptions
    workgroupBarrier();
//#endif
  }

  for (var v = 0u; v < rowVectors; v++) {
    partials[lane * tileStride + rowVector + v] = totals[v];
  }
  workgroupBarrier();
  var inverse: array<vec4<f32>, rowVectors>;
  for (var v = 0u; v < rowVectors; v++) {
    var total = vec4<f32>();
    for (var l = 0u; l < lanes; l++) {
      total += partials[l * tileStride + rowVector + v];
    }
    let isEmpty = total <= vec4<f32>();
    totals[v] = select(total, vec4<f32>(1.0), isEmpty);
    inverse[v] = select(1.0 / totals[v], vec4<f32>(), isEmpty);
//#if has_statistics
    let logSumExp = select(largest[v] + log(totals[v]), vec4<f32>(emptyRow), isEmpty);
    for (var r = 0u; r < 4u; r++) {
      let i = place.row + 4u * v + r;
      if (lane == 0u && i < params.queryLength) {
        statistics[statisticsAt(b, i, h)] = logSumExp[r];
      }
    }
//#endif
  }
  for (var r = 0u; r < threadRows; r++) {
    let i = place.row + r;
    for (var o = 0u; o < outputs; o++) {
      if (i < params.queryLength && o * lanes + lane < depth()) {
        writeOutput(outputAt(b, i, h), o * lanes + lane, sums[r * outputs + o] * inverse[r / 4u][r % 4u]);
      }
    }
  }
//#if has_weights
  for (var first = 0u; first < params.keyLength; first += blockColumns) {
    var logits = logitsOf(place, &queries, first, valid);
    for (var r = 0u; r < threadRows; r++) {
      for (var c = 0u; c < columns; c++) {
        let j = first + c * lanes + lane;
        let weight = expDown(logits[c * rowVectors + r / 4u] - largest[r / 4u]) * inverse[r / 4u];
        if (place.row + r < params.queryLength && j < params.keyLength) {
          weights[statisticsAt(b, place.row + r, h) * params.keyLength + j] = weight[r % 4u];
        }
      }
    }
  }
//#endif
}
