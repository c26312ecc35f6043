// How attention's shaders cut their work: a workgroup computes a block of rows against blocks of columns, a
// tile of logits or the like, and then multiplies the tile with the columns' features.
// Each invocation owns 4 * rowVectors neighbouring rows: of the tile it computes every lanes-th column, of the
// features every lanes-th vector of four. Tiles lie in workgroup memory as vectors of four rows.
const lanes = #{lanes}u;
const rowVectors = #{rowVectors}u;
const columns = #{columns}u;
const outputs = #{outputs}u;
const threadRows = #{threadRows}u;
const blockRows = #{blockRows}u;
const blockColumns = #{blockColumns}u;
// Vectors of one column of a tile.
const tileStride = #{tileStride}u;

alias RowOffsets = array<u32, threadRows>;
alias ColumnOffsets = array<u32, columns>;
// Vectors of four rows, for each column that an invocation computes.
alias Products = array<vec4<f32>, #{productVectors}>;
// Vectors of four features, for each row that an invocation owns.
alias Features = array<vec4<f32>, #{featureVectors}>;

// Where an invocation works: batch row, query head, its first row, its lane, and the first of its vectors of
// a tile's column.
struct Place {
  b: u32,
  h: u32,
  row: u32,
  lane: u32,
  rowVector: u32,
}

// Vectors of features of a head.
fn depth() -> u32 {
  return (params.headDim + 3u) / 4u;
}

// The vector of features that output o of an invocation stands for, kept inside the head.
fn featureOf(o: u32, lane: u32) -> u32 {
  return min(o * lanes + lane, depth() - 1u);
}
