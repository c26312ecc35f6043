// What attention's shaders share: their inputs, where heads lie, which keys a query sees, logits and dropout.
// `at` counts elements; the features of a head are read four at a time, with zeros past its end.
//#if isAligned
@group(0) @binding(0) var<storage, read_write> query: array<vec4<f32>>;
//#if has_keyValue
@group(0) @binding(1) var<storage, read_write> keyValue: array<vec4<f32>>;
//#endif
//#else
@group(0) @binding(0) var<storage, read_write> query: array<f32>;
//#if has_keyValue
@group(0) @binding(1) var<storage, read_write> keyValue: array<f32>;
//#endif
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

// Stands in for the logit of a key that is not seen, and for the largest of a row that sees none.
const hidden = -1e30;
const lowest = -1e29;
// Log-sum-exp of a row that sees no key: every probability computed from it is zero.
const emptyRow = 1e30;

fn readQuery(at: u32, vector: u32) -> vec4<f32> {
//#if isAligned
  return query[at / 4u + vector];
//#else
  let f = 4u * vector + vec4<u32>(0u, 1u, 2u, 3u);
  let i = at + min(f, vec4<u32>(params.headDim - 1u));
  let value = vec4<f32>(query[i.x], query[i.y], query[i.z], query[i.w]);
  return select(vec4<f32>(), value, f < vec4<u32>(params.headDim));
//#endif
}

fn readKeyValue(at: u32, vector: u32) -> vec4<f32> {
//#if has_keyValue
//#if isAligned
  return keyValue[at / 4u + vector];
//#else
  let f = 4u * vector + vec4<u32>(0u, 1u, 2u, 3u);
  let i = at + min(f, vec4<u32>(params.headDim - 1u));
  let value = vec4<f32>(keyValue[i.x], keyValue[i.y], keyValue[i.z], keyValue[i.w]);
  return select(vec4<f32>(), value, f < vec4<u32>(params.headDim));
//#endif
//#else
  return readQuery(at, vector);
//#endif
}

//#if isAligned
alias Value = vec4<f32>;
//#else
alias Value = f32;
//#endif

fn queryAt(b: u32, i: u32, h: u32) -> u32 {
  return (b * params.queryLength + i) * params.queryStride + params.queryOffset + h * params.headDim;
}

fn keyAt(b: u32, j: u32, head: u32) -> u32 {
  return (b * params.keyLength + j) * params.keyValueStride + params.keyOffset + head * params.headDim;
}

fn valueAt(b: u32, j: u32, head: u32) -> u32 {
  return (b * params.keyLength + j) * params.keyValueStride + params.valueOffset + head * params.headDim;
}

// Where a head's row of the output, and of its gradient, begins: (B*Tq, NH*HS).
fn outputAt(b: u32, i: u32, h: u32) -> u32 {
  return ((b * params.queryLength + i) * params.numHeads + h) * params.headDim;
}

fn statisticsAt(b: u32, i: u32, h: u32) -> u32 {
  return (b * params.numHeads + h) * params.queryLength + i;
}

//#if has_validRange
var<workgroup> validKeys: vec2<i32>;
//#endif

// Keys [x, y) of a batch row that may be seen at all, the same value for the whole workgroup.
fn validKeysOf(b: u32, thread: u32) -> vec2<i32> {
//#if has_validRange
  if (thread == 0u) {
    let keys = vec2<u32>(validRange[2u * b], validRange[2u * b + 1u]);
    validKeys = vec2<i32>(min(keys, vec2<u32>(params.keyLength)));
  }
  return workgroupUniformLoad(&validKeys);
//#else
  return vec2<i32>(0, i32(params.keyLength));
//#endif
}

// Keys [x, y) that query i may see, before segments; neither bound falls as i grows.
fn visibleKeys(i: i32, valid: vec2<i32>) -> vec2<i32> {
  var keys = valid;
  let end = i + 1 + i32(params.keyLength) - i32(params.queryLength);
  if (params.isCausal != 0u) {
    keys.y = max(min(keys.y, end), 0);
  }
  if (params.slidingWindow != 0u) {
    keys.x = max(keys.x, end - i32(params.slidingWindow));
  }
  return keys;
}

// The same for four queries from i on: their first keys, and their ends.
fn firstKeys(i: u32, valid: vec2<i32>) -> vec4<i32> {
  let row = i32(i);
  return vec4<i32>(
    visibleKeys(row, valid).x, visibleKeys(row + 1, valid).x, visibleKeys(row + 2, valid).x,
    visibleKeys(row + 3, valid).x);
}

fn endKeys(i: u32, valid: vec2<i32>) -> vec4<i32> {
  let row = i32(i);
  return vec4<i32>(
    visibleKeys(row, valid).y, visibleKeys(row + 1, valid).y, visibleKeys(row + 2, valid).y,
    visibleKeys(row + 3, valid).y);
}

fn isSameSegment(b: u32, i: u32, j: u32) -> bool {
//#if has_querySegments
//#if has_keySegments
  return querySegments[b * params.queryLength + i] == keySegments[b * params.keyLength + j];
//#else
  return querySegments[b * params.queryLength + i] == querySegments[b * params.keyLength + j];
//#endif
//#else
  return true;
//#endif
}

fn bucketOf(i: u32, j: u32) -> u32 {
//#if has_biasTable
  return min(biasBuckets[i * params.keyLength + j], params.numBuckets - 1u);
//#else
  return 0u;
//#endif
}

// A logit before masks, and its derivative by the scaled product that it comes from.
struct Logit {
  value: f32,
  bend: f32,
}

fn logitOf(product: f32, b: u32, h: u32, i: u32, j: u32) -> Logit {
  var logit = Logit(product * params.scale, 1.0);
  if (params.softCap > 0.0) {
    let t = tanh(clamp(logit.value / params.softCap, -20.0, 20.0));
    logit = Logit(params.softCap * t, 1.0 - t * t);
  }
//#if has_biasTable
  logit.value += biasTable[bucketOf(i, j) * params.numHeads + h];
//#endif
//#if has_querySegments
  logit.value = select(hidden, logit.value, isSameSegment(b, i, j));
//#endif
  return logit;
}

// What dropout multiplies a weight with.
fn keepFactor(b: u32, h: u32, i: u32, j: u32) -> f32 {
//#if has_scalars
  let element = statisticsAt(b, i, h) * params.keyLength + j;
  let word = randomWord(element, params.stream, vec2<u32>(scalars[2], scalars[3]));
  return select(0.0, params.keepScale, word >= params.dropThreshold);
//#else
  return 1.0;
//#endif
}

// e^x for x <= 0, exactly 0 where x is far below.
fn expDown(x: vec4<f32>) -> vec4<f32> {
  let floor = vec4<f32>(-87.0);
  return select(vec4<f32>(), exp(clamp(x, floor, vec4<f32>(0.0))), x > floor);
}
