// How the CPU cuts a matrix product: which operands are packed where, and how large tiles and blocks are.
// Read by both compilers (matmul.ts counts tiles and scratch with it, the kernels find their tile with it),
// so it is plain arithmetic on `number`, which AssemblyScript takes as f64. All of it depends on the
// product's sizes alone. Rows come in panels of 6 (the last few of 4), columns in panels of 8.

/** Columns of one micro-kernel: two vectors. */
export const PANEL_COLUMNS = 8;
/** Row panels of A that stay in the second-level cache together with one block of B: 96 rows. */
export const CACHED_ROW_PANELS = 16;
/** Bytes of one result tile at the start of a thread's scratch, before in-tile packed panels. */
export const RESULT_BYTES = 256;

const MOST_BLOCK_DEPTH = 512;
const MOST_SHARED_A_BYTES = 33554432;
const MOST_SHARED_B_BYTES = 8388608;
/** From here on there are enough column tiles, so that each can pack its own part of B once. */
const WIDE_COLUMNS = 1024;
const WANTED_TILES = 32;
const PACKED_PER_TILE = 16384;
const LEAST_PANELS_PER_PACK_TILE = 4;

/** Few rows, as when decoding: packing B would cost more than the product. */
export function isSkinny(m: number, transA: number): boolean {
  return m <= 8 && transA === 0;
}

/** Panels of 6 rows; what is left of m takes panels of 4, which waste at most one row. */
export function sixRowPanels(m: number): number {
  const rest = m % 6;
  const full = (m - rest) / 6;
  if (rest === 5) return full + 1;
  return rest === 1 || rest === 2 ? Math.max(0, full - 1) : full;
}

export function rowPanels(m: number): number {
  const sixes = sixRowPanels(m);
  return sixes + Math.max(0, Math.ceil((m - 6 * sixes) / 4));
}

export function columnPanels(n: number): number {
  return Math.ceil(n / PANEL_COLUMNS);
}

/** Terms of the inner sum that are done before the next block of them: equal blocks of at most 512. */
export function blockDepth(k: number): number {
  return Math.ceil(k / Math.ceil(k / MOST_BLOCK_DEPTH));
}

/** Whether B is packed once for all tiles, in a phase of its own. */
export function sharesB(n: number, k: number): boolean {
  return n < WIDE_COLUMNS && columnPanels(n) * PANEL_COLUMNS * k * 4 <= MOST_SHARED_B_BYTES;
}

/** Whether a transposed A is packed once for all tiles. An A that lies in rows is never packed. */
export function sharesA(m: number, k: number, transA: number): boolean {
  return transA !== 0 && rowPanels(m) * 6 * k * 4 <= MOST_SHARED_A_BYTES;
}

/** Column panels of one tile: 64 columns, or more where each tile packs a part of A that it must reuse. */
export function tileColumnPanels(m: number, n: number, k: number, transA: number): number {
  const packsA = transA !== 0 && !sharesA(m, k, transA);
  return Math.min(columnPanels(n), packsA ? 32 : 8);
}

/** Row panels of one tile: as many as still give enough tiles; many where each tile packs B itself. */
export function tileRowPanels(m: number, n: number, k: number, transA: number): number {
  const columnTiles = Math.ceil(columnPanels(n) / tileColumnPanels(m, n, k, transA));
  const rowTiles = Math.ceil(WANTED_TILES / columnTiles);
  const panels = rowPanels(m);
  const even = Math.ceil(panels / rowTiles);
  const least = sharesB(n, k) ? 2 : 32;
  return Math.min(panels, Math.min(128, Math.max(even, least)));
}

export function tileCount(m: number, n: number, k: number, transA: number): number {
  const rowTiles = Math.ceil(rowPanels(m) / tileRowPanels(m, n, k, transA));
  return rowTiles * Math.ceil(columnPanels(n) / tileColumnPanels(m, n, k, transA));
}

/** Panels that one tile of the packing phase packs. */
export function panelsPerPackTile(k: number): number {
  return Math.max(LEAST_PANELS_PER_PACK_TILE, Math.floor(PACKED_PER_TILE / (PANEL_COLUMNS * k)));
}

/** Tiles of the packing phase that pack B; those that pack A follow. */
export function packTilesB(n: number, k: number): number {
  return sharesB(n, k) ? Math.ceil(columnPanels(n) / panelsPerPackTile(k)) : 0;
}

export function packTilesA(m: number, k: number, transA: number): number {
  return sharesA(m, k, transA) ? Math.ceil(rowPanels(m) / panelsPerPackTile(k)) : 0;
}

/** Floats of the shared B panels; the shared A panels follow them. */
export function sharedFloatsB(n: number, k: number): number {
  return sharesB(n, k) ? columnPanels(n) * PANEL_COLUMNS * k : 0;
}

export function sharedFloatsA(m: number, k: number, transA: number): number {
  return sharesA(m, k, transA) ? rowPanels(m) * 6 * k : 0;
}

/** Floats of the panels of B that a tile packs for itself; its panels of A follow them. */
export function tileFloatsB(m: number, n: number, k: number, transA: number): number {
  if (sharesB(n, k)) return 0;
  return tileColumnPanels(m, n, k, transA) * PANEL_COLUMNS * blockDepth(k);
}

export function tileFloatsA(m: number, k: number, transA: number): number {
  if (transA === 0 || sharesA(m, k, transA)) return 0;
  return CACHED_ROW_PANELS * 6 * blockDepth(k);
}

/** Columns of one tile of a skinny product: long enough pieces of B's rows to be read as streams. */
export function skinnyColumns(n: number): number {
  const even = Math.ceil(n / WANTED_TILES / 16) * 16;
  return Math.min(512, Math.max(64, even));
}
