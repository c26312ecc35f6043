// Turns both halves of each head by its row's position; one pair of features an invocation.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> positions: array<u32>;
@group(0) @binding(2) var<storage, read_write> table: array<f32>;

@compute @workgroup_size(64)
fn rotary(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let half = params.headDim / 2u;
  let pair = (workgroup.x + workgroup.y * workgroups.x) * 64u + thread;
  if (pair >= params.rows * params.numHeads * half) {
    return;
  }
  let i = pair % half;
  let head = (pair / half) % params.numHeads;
  let row = pair / (half * params.numHeads);
  let entry = min(positions[row], params.tablePositions - 1u) * params.headDim + i;
  let cosine = table[entry];
  let sine = table[entry + half] * params.direction;
  let first = row * params.rowStride + params.offset + head * params.headDim + i;
  let a = x[first];
  let b = x[first + half];
  x[first] = a * cosine - b * sine;
  x[first + half] = b * cosine + a * sine;
}
