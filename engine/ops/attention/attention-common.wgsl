// What attention's shaders share: where queries, keys and values lie, which keys a query sees, and logits.
// A head's features are read as vectors of four, with zeros past its end.
@group(0) @binding(0) var<storage, read_write> query: array<f32>;
//#if has_keyValue
@group(0) @binding(1) var<storage, read_write> keyValue: array<f32>;
//#endif
//#if has_validRange
@group(0) @binding(2) var<storage, read_write> validRange: array<u32>;
//#endif
//#if has_querySegments
@group(0) @binding(3) var<storage, read_write> querySegments: array<u32>;
//#endif
//#if has_keySegments
@group(0) @binding(4) var<storage, read_write> keySegments: array<u32>;
//#endif
//#if has_biasTable
@group(0) @binding(5) var<storage, read_write> biasTable: array<f32>;
@group(0) @binding(6) var<storage, read_write> biasBuckets: array<u32>;
//#endif
//#if has_scalars
@group(0) @binding(7) var<storage, read_write> scalars: array<u32>;
//#endif

alias Head = array<vec4<f32>, #{vectors}>;

// Log-sum-exp of a row that sees no key: every probability computed from it is zero.
const emptyRow = 1e30;

fn queryAt(b: u32, i: u32, h: u32) -> u32 {
  return (b * params.queryLength + i) * params.queryStride + params.queryOffset + h * params.headDim;
}

fn keyValueAt(b: u32, j: u32, head: u32, offset: u32) -> u32 {
  return (b * params.keyLength + j) * params.keyValueStride + offset + head * params.headDim;
}

fn readQueryLane(start: u32, feature: u32) -> f32 {
  if (feature < params.headDim) {
    return query[start + feature];
  }
  return 0.0;
}

fn readQuery(start: u32, vector: u32) -> vec4<f32> {
  let f = 4u * vector;
  return vec4(
    readQueryLane(start, f), readQueryLane(start, f + 1u), readQueryLane(start, f + 2u), readQueryLane(start, f + 3u));
}

fn readKeyValueLane(start: u32, feature: u32) -> f32 {
  if (feature < params.headDim) {
//#if has_keyValue
    return keyValue[start + feature];
//#else
    return query[start + feature];
//#endif
  }
  return 0.0;
}

fn readKeyValue(start: u32, vector: u32) -> vec4<f32> {
  let f = 4u * vector;
  return vec4(
    readKeyValueLane(start, f), readKeyValueLane(start, f + 1u), readKeyValueLane(start, f + 2u),
    readKeyValueLane(start, f + 3u));
}

// Keys [x, y) that query i may see, before segments.
fn visibleKeys(b: u32, i: u32) -> vec2<i32> {
  var low = 0;
  var high = i32(params.keyLength);
//#if has_validRange
  low = i32(validRange[2u * b]);
  high = min(high, i32(validRange[2u * b + 1u]));
//#endif
//#if isCausal
  high = min(high, i32(i) + 1 + i32(params.keyLength) - i32(params.queryLength));
//#endif
//#if hasWindow
  low = max(low, i32(i) + 1 + i32(params.keyLength) - i32(params.queryLength) - i32(params.slidingWindow));
//#endif
  return vec2(low, high);
}

fn isVisible(b: u32, i: u32, j: u32, keys: vec2<i32>) -> bool {
  if (i32(j) < keys.x || i32(j) >= keys.y) {
    return false;
  }
//#if has_querySegments
  let own = querySegments[b * params.queryLength + i];
//#if has_keySegments
  return keySegments[b * params.keyLength + j] == own;
//#else
  return querySegments[b * params.keyLength + j] == own;
//#endif
//#else
  return true;
//#endif
}

// The logit of a scaled product; `bend` is its derivative by that product.
struct Logit {
  value: f32,
  bend: f32,
}

fn bucketOf(i: u32, j: u32) -> u32 {
//#if has_biasTable
  return min(biasBuckets[i * params.keyLength + j], params.numBuckets - 1u);
//#else
  return 0u;
//#endif
}

fn logitOf(product: f32, h: u32, i: u32, j: u32) -> Logit {
  var logit = Logit(product, 1.0);
//#if hasSoftCap
  let t = tanh(clamp(product / params.softCap, -20.0, 20.0));
  logit = Logit(params.softCap * t, 1.0 - t * t);
//#endif
//#if has_biasTable
  logit.value += biasTable[bucketOf(i, j) * params.numHeads + h];
//#endif
  return logit;
}

// What dropout multiplies a weight with.
fn keepFactor(b: u32, h: u32, i: u32, j: u32) -> f32 {
//#if has_scalars
  let element = ((b * params.numHeads + h) * params.queryLength + i) * params.keyLength + j;
  let word = randomWord(element, params.stream, vec2(scalars[2], scalars[3]));
  return select(0.0, params.keepScale, word >= params.dropThreshold);
//#else
  return 1.0;
//#endif
}
