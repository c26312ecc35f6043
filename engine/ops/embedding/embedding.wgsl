// y (+)= scale0 table0[ids0] + scale1 table1[ids1] + row, 256 elements a workgroup. An id outside the window of rows that the
// command covers contributes nothing.
@group(0) @binding(0) var<storage, read_write> ids0: array<u32>;
@group(0) @binding(1) var<storage, read_write> table0: array<f32>;
//#if has_ids1
@group(0) @binding(2) var<storage, read_write> ids1: array<u32>;
@group(0) @binding(3) var<storage, read_write> table1: array<f32>;
//#endif
//#if has_row
@group(0) @binding(4) var<storage, read_write> row: array<f32>;
//#endif
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn embedding(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = (workgroup.x + workgroup.y * workgroups.x) * 256u + thread;
  for (var step = 0u; step < 256u; step += 64u) {
    let i = first + step;
    if (i >= params.positions * params.columns) {
      return;
    }
    let position = i / params.columns;
    let column = i % params.columns;
    var value = 0.0;
    if (params.accumulate != 0u) {
      value = y[i];
    }
    let row0 = ids0[position] - params.firstRow0;
    if (row0 < params.rows0) {
      value += params.scale0 * table0[row0 * params.columns + column];
    }
//#if has_ids1
    let row1 = ids1[position] - params.firstRow1;
    if (row1 < params.rows1) {
      value += params.scale1 * table1[row1 * params.columns + column];
    }
//#endif
//#if has_row
    value += row[column];
//#endif
    y[i] = value;
  }
}
