// Rows of tables by their numbers, and the tables' gradients (AssemblyScript).
// A number outside the window of rows that a command covers contributes nothing, so that a table too large
// for one binding is read and written window by window.

const POSITIONS: u32 = 16;
const SEGMENT_POSITIONS: u32 = 32;

@inline
function addRow(from: usize, to: usize, columns: u32, scale: f32): void {
  const end = from + (<usize>columns << 2);
  const scales = f32x4.splat(scale);
  for (; from + 16 <= end; from += 16, to += 16) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(scales, v128.load(from))));
  }
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(to) + scale * load<f32>(from));
}

/**
 * y (+)= scale0 table0[ids0] + scale1 table1[ids1] + row.
 * args: ids0, table0, ids1 or 0, table1 or 0, row or 0, y, positions, columns, firstRow0, rows0, firstRow1, rows1,
 * accumulate, scale0, scale1.
 */
export function embedding(args: usize, tile: u32, scratch: usize): void {
  const ids0 = <usize>load<u32>(args);
  const table0 = <usize>load<u32>(args, 4);
  const ids1 = <usize>load<u32>(args, 8);
  const table1 = <usize>load<u32>(args, 12);
  const everywhere = <usize>load<u32>(args, 16);
  const positions = load<u32>(args, 24);
  const columns = load<u32>(args, 28);
  const firstRow0 = load<u32>(args, 32);
  const rows0 = load<u32>(args, 36);
  const firstRow1 = load<u32>(args, 40);
  const rows1 = load<u32>(args, 44);
  const accumulate = load<u32>(args, 48) !== 0;
  const scale0 = load<f32>(args, 52);
  const scale1 = load<f32>(args, 56);
  const rowBytes = <usize>columns << 2;
  const end = min((tile + 1) * POSITIONS, positions);
  for (let position = tile * POSITIONS; position < end; position++) {
    const y = <usize>load<u32>(args, 20) + <usize>position * rowBytes;
    const row0 = load<u32>(ids0 + (<usize>position << 2)) - firstRow0;
    if (!accumulate) memory.fill(y, 0, rowBytes);
    if (row0 < rows0) addRow(table0 + <usize>row0 * rowBytes, y, columns, scale0);
    if (ids1 !== 0) {
      const row1 = load<u32>(ids1 + (<usize>position << 2)) - firstRow1;
      if (row1 < rows1) addRow(table1 + <usize>row1 * rowBytes, y, columns, scale1);
    }
    if (everywhere !== 0) addRow(everywhere, y, columns, 1);
  }
}

/**
 * dTable[id] += scale * sum of dy over the positions that name id. A tile does the runs of equal ids that start in
 * its part of `order`, each to its end, so every row belongs to one tile.
 * args: ids, order or 0, dy, dTable, positions, columns, firstRow, rows, scale.
 */
export function embeddingBackward(args: usize, tile: u32, scratch: usize): void {
  const ids = <usize>load<u32>(args);
  const order = <usize>load<u32>(args, 4);
  const dy = <usize>load<u32>(args, 8);
  const dTable = <usize>load<u32>(args, 12);
  const positions = load<u32>(args, 16);
  const columns = load<u32>(args, 20);
  const firstRow = load<u32>(args, 24);
  const rows = load<u32>(args, 28);
  const scale = load<f32>(args, 32);
  const rowBytes = <usize>columns << 2;
  const end = min((tile + 1) * SEGMENT_POSITIONS, positions);
  let place = tile * SEGMENT_POSITIONS;
  let id = idAt(ids, order, place);
  // A run that began before this tile belongs to the tile where it began.
  if (place > 0 && idAt(ids, order, place - 1) === id) {
    while (place < end && idAt(ids, order, place) === id) place++;
  }
  while (place < end) {
    id = idAt(ids, order, place);
    const row = id - firstRow;
    while (place < positions && idAt(ids, order, place) === id) {
      if (row < rows) {
        const position = <usize>positionAt(order, place);
        addRow(dy + position * rowBytes, dTable + <usize>row * rowBytes, columns, scale);
      }
      place++;
    }
  }
}

@inline
function positionAt(order: usize, place: u32): u32 {
  return order === 0 ? place : load<u32>(order + (<usize>place << 2));
}

@inline
function idAt(ids: usize, order: usize, place: u32): u32 {
  return load<u32>(ids + (<usize>positionAt(order, place) << 2));
}
