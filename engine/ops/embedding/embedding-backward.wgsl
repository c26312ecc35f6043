// dTable[id] += scale * sum of dy over the positions that name id; one workgroup for each place of `order`, and only
// the first place of a run of equal ids works: it walks its run to the end, threads side by side on columns.
@group(0) @binding(0) var<storage, read_write> ids: array<u32>;
//#if has_order
@group(0) @binding(1) var<storage, read_write> order: array<u32>;
//#endif
@group(0) @binding(2) var<storage, read_write> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dTable: array<f32>;

fn positionAt(place: u32) -> u32 {
//#if has_order
  return order[place];
//#else
  return place;
//#endif
}

@compute @workgroup_size(#{threads})
fn embeddingBackward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let start = workgroup.x + workgroup.y * workgroups.x;
  if (start >= params.positions) {
    return;
  }
  let id = ids[positionAt(start)];
  let row = id - params.firstRow;
  if (row >= params.rows) {
    return;
  }
  if (start > 0u) {
    if (ids[positionAt(start - 1u)] == id) {
      return;
    }
  }
  for (var column = thread; column < params.columns; column += #{threads}u) {
    var sum = dTable[row * params.columns + column];
    for (var place = start; place < params.positions; place++) {
      let position = positionAt(place);
      if (ids[position] != id) {
        break;
      }
      sum += params.scale * dy[position * params.columns + column];
    }
    dTable[row * params.columns + column] = sum;
  }
}
