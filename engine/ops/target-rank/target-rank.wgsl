// The rank of each row's target among its logits, one workgroup a row.
@group(0) @binding(0) var<storage, read_write> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> targets: array<u32>;
@group(0) @binding(2) var<storage, read_write> ranks: array<u32>;

@compute @workgroup_size(#{threads})
fn targetRank(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = workgroup.x + workgroup.y * workgroups.x;
  let isInside = row < params.rows;
  let start = row * params.rowStride;
  let at = params.firstRow + row;
  var wantedToken = 0xffffffffu;
  if (isInside) {
    wantedToken = targets[at];
  }
  let isCounted = wantedToken < params.vocabSize;
  var wanted = 0.0;
  if (isCounted) {
    wanted = logits[start + wantedToken];
  }
  let columns = select(0u, params.vocabSize, isCounted);
  var above = 0u;
  for (var i = thread; i < columns; i += threads) {
    let x = logits[start + i];
    above += select(0u, 1u, x > wanted || (x == wanted && i < wantedToken));
  }
  // Exact in f32: no vocabulary has 2^24 tokens.
  let total = workgroupSum(thread, vec2(f32(above), 0.0)).x;
  if (isInside && thread == 0u) {
    ranks[at] = select(0xffffffffu, u32(total), isCounted);
  }
}
