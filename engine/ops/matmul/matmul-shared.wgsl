// The matrix product for GPUs: a workgroup computes a square of C with 4 x 4 sums a thread. Both operands
// come through workgroup memory, 16 terms of the sum at a time, turned so that k is always the outer index.
const side = #{side}u;
const tile = 4u * side;
const depth = 16u;
var<workgroup> tileA: array<f32, #{tileFloats}>;
var<workgroup> tileB: array<f32, #{tileFloats}>;

// Four neighbours of A: along k, or along the rows of C where A is transposed. Zero outside.
fn fourOfA(line: u32, first: u32) -> vec4<f32> {
//#if transA
  let lines = params.k;
  let length = params.m;
//#else
  let lines = params.m;
  let length = params.k;
//#endif
  if (line >= lines || first >= length) {
    return vec4<f32>();
  }
  let at = params.aOffset + line * params.lda + first;
//#if vectorA
  return a[at / 4u];
//#else
  let last = length - 1u - first;
  let values = vec4<f32>(a[at], a[at + min(1u, last)], a[at + min(2u, last)], a[at + min(3u, last)]);
  return select(vec4<f32>(), values, vec4<u32>(0u, 1u, 2u, 3u) <= vec4<u32>(last));
//#endif
}

// Four neighbours of B: along the columns of C, or along k where B is transposed. Zero outside.
fn fourOfB(line: u32, first: u32) -> vec4<f32> {
//#if transB
  let lines = params.n;
  let length = params.k;
//#else
  let lines = params.k;
  let length = params.n;
//#endif
  if (line >= lines || first >= length) {
    return vec4<f32>();
  }
  let at = params.bOffset + line * params.ldb + first;
//#if vectorB
  return b[at / 4u];
//#else
  let last = length - 1u - first;
  let values = vec4<f32>(b[at], b[at + min(1u, last)], b[at + min(2u, last)], b[at + min(3u, last)]);
  return select(vec4<f32>(), values, vec4<u32>(0u, 1u, 2u, 3u) <= vec4<u32>(last));
//#endif
}

@compute @workgroup_size(#{side}, #{side})
fn matmul(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let columnTiles = (params.n + tile - 1u) / tile;
  let firstRow = (group / columnTiles) * tile;
  let firstColumn = (group % columnTiles) * tile;
  if (firstRow >= params.m) {
    return;
  }
  let row = (thread / side) * 4u;
  let column = (thread % side) * 4u;
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
//#if has_columnSums
  var columnSum = 0.0;
//#endif
  for (var first = 0u; first < params.k; first += depth) {
    for (var i = thread; i < tile * depth / 4u; i += side * side) {
      // Neighbouring threads read neighbouring memory, whichever way the operand lies.
      let shortLine = i / 4u;
      let shortFirst = (i % 4u) * 4u;
      let longLine = i / side;
      let longFirst = (i % side) * 4u;
//#if transA
      let valuesA = fourOfA(first + longLine, firstRow + longFirst);
      let atA = longLine * tile + longFirst;
      let stepA = 1u;
//#else
      let valuesA = fourOfA(firstRow + shortLine, first + shortFirst);
      let atA = shortFirst * tile + shortLine;
      let stepA = tile;
//#endif
      tileA[atA] = valuesA.x;
      tileA[atA + stepA] = valuesA.y;
      tileA[atA + 2u * stepA] = valuesA.z;
      tileA[atA + 3u * stepA] = valuesA.w;
//#if transB
      let valuesB = fourOfB(firstColumn + shortLine, first + shortFirst);
      let atB = shortFirst * tile + shortLine;
      let stepB = tile;
//#else
      let valuesB = fourOfB(first + longLine, firstColumn + longFirst);
      let atB = longLine * tile + longFirst;
      let stepB = 1u;
//#endif
      tileB[atB] = valuesB.x;
      tileB[atB + stepB] = valuesB.y;
      tileB[atB + 2u * stepB] = valuesB.z;
      tileB[atB + 3u * stepB] = valuesB.w;
    }
    workgroupBarrier();
    // Four terms at a time: all sixteen unrolled would take long to compile and gain little.
    let terms = min(depth, params.k - first);
    for (var block = 0u; block < terms; block += 4u) {
      for (var k = block; k < block + 4u; k++) {
        let atA = k * tile + row;
        let atB = k * tile + column;
        let columns = vec4<f32>(tileB[atB], tileB[atB + 1u], tileB[atB + 2u], tileB[atB + 3u]);
        sum0 += tileA[atA] * columns;
        sum1 += tileA[atA + 1u] * columns;
        sum2 += tileA[atA + 2u] * columns;
        sum3 += tileA[atA + 3u] * columns;
      }
    }
//#if has_columnSums
    if (firstRow == 0u && thread < tile) {
      for (var k = 0u; k < terms; k++) {
        columnSum += tileB[k * tile + thread];
      }
    }
//#endif
    workgroupBarrier();
  }
  var sums = array<vec4<f32>, 4>(sum0, sum1, sum2, sum3);
  // Backwards, because Mesa unrolls loops that count up: many epilogues take seconds to compile.
  for (var i = min(4u, max(params.m, firstRow + row) - firstRow - row); i > 0u; i--) {
    storeFour(firstRow + row + i - 1u, firstColumn + column, sums[i - 1u]);
  }
//#if has_columnSums
  if (firstRow == 0u && thread < tile) {
    storeColumnSum(firstColumn + thread, columnSum);
  }
//#endif
}
