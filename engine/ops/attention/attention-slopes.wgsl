// The derivative of logits by tiles of queries and keys, for the gradients of queries and of the bias.
@group(0) @binding(9) var<storage, read_write> dOutput: array<Value>;
@group(0) @binding(10) var<storage, read_write> statistics: array<f32>;

var<workgroup> tile: array<vec4<f32>, blockColumns * tileStride>;
//#if hasElements
var<workgroup> slopeTile: array<vec4<f32>, blockColumns * tileStride>;
//#endif
// The deltas of a block's queries: the sums over their keys of weight times slope.
var<workgroup> blockDeltas: array<f32, blockRows>;

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

// The products of an invocation's queries with its columns of the keys from `first` on, and of their output
// gradients with the values, become the derivative by the logits in the invocation's part of the tile:
// p (slope - delta) for the bias, that by the products for the queries; 0 where a key is not seen.
fn writeSlopes(place: Place, first: u32, valid: vec2<i32>) {
  let head = place.h / (params.numHeads / params.numKeyValueHeads);
  var queries: RowOffsets;
  var upstreams: RowOffsets;
  for (var r = 0u; r < threadRows; r++) {
    let i = min(place.row + r, params.queryLength - 1u);
    queries[r] = queryAt(place.b, i, place.h);
    upstreams[r] = outputAt(place.b, i, place.h);
  }
  var keys: ColumnOffsets;
  var values: ColumnOffsets;
  for (var c = 0u; c < columns; c++) {
    let j = min(first + c * lanes + place.lane, params.keyLength - 1u);
    keys[c] = keyAt(place.b, j, head);
    values[c] = valueAt(place.b, j, head);
  }
  var products: Products;
  var slopes: Products;
  let vectors = depth();
  for (var d = 0u; d < vectors; d++) {
    var q: array<vec4<f32>, threadRows>;
    for (var r = 0u; r < threadRows; r++) {
      q[r] = readQuery(queries[r], d);
    }
    for (var c = 0u; c < columns; c++) {
      let k = readKeyValue(keys[c], d);
      for (var v = 0u; v < rowVectors; v++) {
        products[c * rowVectors + v] += vec4<f32>(
          dot(q[4u * v], k), dot(q[4u * v + 1u], k), dot(q[4u * v + 2u], k), dot(q[4u * v + 3u], k));
      }
    }
    for (var r = 0u; r < threadRows; r++) {
      q[r] = readUpstream(upstreams[r], d);
    }
    for (var c = 0u; c < columns; c++) {
      let k = readKeyValue(values[c], d);
      for (var v = 0u; v < rowVectors; v++) {
        slopes[c * rowVectors + v] += vec4<f32>(
          dot(q[4u * v], k), dot(q[4u * v + 1u], k), dot(q[4u * v + 2u], k), dot(q[4u * v + 3u], k));
      }
    }
  }
//#if hasElements
  // Through tiles and one element at a time, so that the options' code stands here once.
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
    let i = min(place.row + r, params.queryLength - 1u);
    let j = min(first + column, params.keyLength - 1u);
    let keys = visibleKeys(i32(place.row + r), valid);
    let isVisible = i32(first + column) >= keys.x && i32(first + column) < keys.y;
    let logit = logitOf(tile[at][r % 4u], place.b, place.h, i, j);
    let probability = expDown(vec4<f32>(logit.value - statistics[statisticsAt(place.b, i, place.h)])).x;
    let slope = slopeTile[at][r % 4u] * keepFactor(place.b, place.h, i, j);
    var derivative = probability * (slope - blockDeltas[4u * place.rowVector + r]);
//#if !sumsBias
    derivative *= logit.bend * params.scale;
//#endif
    tile[at][r % 4u] = select(0.0, derivative, isVisible);
  }
//#else
  for (var v = 0u; v < rowVectors; v++) {
    let row = 4u * (place.rowVector + v);
    let lows = firstKeys(place.row + 4u * v, valid);
    let ends = endKeys(place.row + 4u * v, valid);
    let deltas = vec4<f32>(
      blockDeltas[row], blockDeltas[row + 1u], blockDeltas[row + 2u], blockDeltas[row + 3u]);
    var logSumExps: vec4<f32>;
    for (var r = 0u; r < 4u; r++) {
      let i = min(place.row + 4u * v + r, params.queryLength - 1u);
      logSumExps[r] = statistics[statisticsAt(place.b, i, place.h)];
    }
    for (var c = 0u; c < columns; c++) {
      let column = c * lanes + place.lane;
      let j = vec4<i32>(i32(first + column));
      let weights = expDown(products[c * rowVectors + v] * params.scale - logSumExps);
      let derivatives = weights * (slopes[c * rowVectors + v] - deltas) * params.scale;
      tile[column * tileStride + place.rowVector + v] =
        select(vec4<f32>(), derivatives, (j >= lows) & (j < ends));
    }
  }
//#endif
}
