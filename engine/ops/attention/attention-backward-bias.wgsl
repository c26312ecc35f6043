// Each head's sums of bias gradients by bucket: one workgroup goes through all tiles of a head of a batch row,
// and each invocation adds up the buckets that are its own, in a fixed order.
//#if has_biasPartials
@group(0) @binding(13) var<storage, read_write> biasPartials: array<f32>;
//#endif

// Adds a tile's derivatives to their buckets.
fn addTile(sumsAt: u32, firstRow: u32, first: u32, thread: u32) {
//#if has_biasPartials
  let rows = min(blockRows, params.queryLength - firstRow);
  let count = min(blockColumns, params.keyLength - first);
  for (var bucket = thread; bucket < params.numBuckets; bucket += #{threads}u) {
    var sum = 0.0;
    for (var row = 0u; row < rows; row++) {
      for (var column = 0u; column < count; column++) {
        let derivative = tile[column * tileStride + row / 4u][row % 4u];
        sum += select(0.0, derivative, bucketOf(firstRow + row, first + column) == bucket);
      }
    }
    biasPartials[sumsAt + bucket] += sum;
  }
//#endif
}

@compute @workgroup_size(#{threads})
fn attentionBackwardBias(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let heads = params.batch * params.numHeads;
  let group = workgroup.x + workgroup.y * workgroups.x;
  if (group >= heads) {
    return;
  }
  let b = group / params.numHeads;
  let h = group % params.numHeads;
  let lane = thread % lanes;
  let rowVector = thread / lanes * rowVectors;
  let valid = validKeysOf(b, thread);
//#if has_biasPartials
  for (var bucket = thread; bucket < params.numBuckets; bucket += #{threads}u) {
    biasPartials[group * params.numBuckets + bucket] = 0.0;
  }
//#endif
  for (var firstRow = 0u; firstRow < params.queryLength; firstRow += blockRows) {
    for (var r = thread; r < blockRows; r += #{threads}u) {
      let i = min(firstRow + r, params.queryLength - 1u);
      blockDeltas[r] = statistics[heads * params.queryLength + statisticsAt(b, i, h)];
    }
    workgroupBarrier();
    let lastRow = min(firstRow + blockRows, params.queryLength) - 1u;
    let low = u32(visibleKeys(i32(firstRow), valid).x);
    let end = u32(visibleKeys(i32(lastRow), valid).y);
    for (var first = low; first < end; first += blockColumns) {
      writeSlopes(Place(b, h, firstRow + 4u * rowVector, lane, rowVector), first, valid);
      workgroupBarrier();
      addTile(group * params.numBuckets, firstRow, first, thread);
      workgroupBarrier();
    }
    workgroupBarrier();
  }
}
