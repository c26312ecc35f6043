// The matrix product on the CPU (AssemblyScript): a packing phase for operands that all tiles share, then
// tiles of C. Within a tile the loops go k-blocks, rows that fit the second-level cache, column panels, row
// panels. blocking.cpu.ts says how large each is, matmul.ts what the product computes.

import {
  ACCUMULATE, ACCUMULATE_SUMS, BIAS, COLUMN_SUMS, K, LDA, LDB, LDC, M, N, RESIDUAL, SHARED_SCRATCH, TRANS_A, TRANS_B,
  aPointer, bPointer, cPointer, word,
} from './arguments.cpu';
import {
  CACHED_ROW_PANELS, PANEL_COLUMNS, RESULT_BYTES, blockDepth, columnPanels, packTilesB, panelsPerPackTile,
  rowPanels, sharedFloatsB, sharesA, sharesB, sixRowPanels, tileColumnPanels, tileFloatsB, tileRowPanels,
} from './blocking.cpu';
import { finish, isPlain } from './epilogue.cpu';
import { product4, product6 } from './micro-kernel.cpu';
import { packLines, packTransposed, sumPanel } from './pack.cpu';

/** The first row of a row panel. */
@inline
function firstRow(panel: usize, sixes: usize): usize {
  return panel <= sixes ? panel * 6 : sixes * 6 + (panel - sixes) * 4;
}

/**
 * Packs column panel `panel` of B, terms [first, first + depth) of the sum.
 * `sums`: also adds up its columns, where they are asked for.
 */
function packColumns(
  args: usize, panel: usize, first: usize, depth: usize, target: usize, sums: bool,
): void {
  const n = word(args, N);
  const ldb = word(args, LDB) << 2;
  const column = panel * <usize>PANEL_COLUMNS;
  const width = <i32>min<usize>(<usize>PANEL_COLUMNS, n - column);
  if (word(args, TRANS_B) !== 0) {
    packTransposed(bPointer(args) + column * ldb + (first << 2), ldb, depth, width, target);
  } else {
    packLines(bPointer(args) + first * ldb + (column << 2), ldb, depth, width, 8, target);
  }
  const columnSums = word(args, COLUMN_SUMS);
  if (!sums || columnSums === 0) return;
  const accumulate = first > 0 || word(args, ACCUMULATE_SUMS) !== 0;
  sumPanel(target, depth, columnSums + (column << 2), width, accumulate);
}

/** Packs row panel `panel` of a transposed A, terms [first, first + depth) of the sum. */
function packRows(args: usize, panel: usize, sixes: usize, first: usize, depth: usize, target: usize): void {
  const lda = word(args, LDA) << 2;
  const row = firstRow(panel, sixes);
  const height: i32 = panel < sixes ? 6 : 4;
  const width = <i32>min<usize>(height, word(args, M) - row);
  packLines(aPointer(args) + first * lda + (row << 2), lda, depth, width, height, target);
}

/** One tile of the packing phase: some column panels of B, or some row panels of A. */
export function matmulPack(args: usize, tile: u32, scratch: usize): void {
  const m = word(args, M), n = word(args, N), k = word(args, K);
  const shared = word(args, SHARED_SCRATCH);
  const group = <usize>panelsPerPackTile(k);
  const tilesB = <usize>packTilesB(n, k);
  if (tile < tilesB) {
    const end = min(<usize>columnPanels(n), (tile + 1) * group);
    for (let panel = tile * group; panel < end; panel++) {
      packColumns(args, panel, 0, k, shared + panel * k * 32, true);
    }
    return;
  }
  const rowsStart = shared + (<usize>sharedFloatsB(n, k) << 2);
  const sixes = <usize>sixRowPanels(m);
  const end = min(<usize>rowPanels(m), (tile - tilesB + 1) * group);
  for (let panel = (tile - tilesB) * group; panel < end; panel++) {
    packRows(args, panel, sixes, 0, k, rowsStart + <usize>firstRow(panel, sixes) * k * 4);
  }
}

/** One tile of C. */
export function matmul(args: usize, tile: u32, scratch: usize): void {
  const m = word(args, M), n = word(args, N), k = word(args, K);
  const transA = word(args, TRANS_A);
  const accumulate = word(args, ACCUMULATE) !== 0;
  const plain = isPlain(args);
  const sixes = <usize>sixRowPanels(m);
  const tileRows = <usize>tileRowPanels(m, n, k, transA);
  const tileColumns = <usize>tileColumnPanels(m, n, k, transA);
  const allRows = <usize>rowPanels(m), allColumns = <usize>columnPanels(n);
  const rowTiles = (allRows + tileRows - 1) / tileRows;
  const rowStart = (tile % rowTiles) * tileRows, rowEnd = min(allRows, rowStart + tileRows);
  const columnStart = (tile / rowTiles) * tileColumns, columnEnd = min(allColumns, columnStart + tileColumns);

  const sharedB = sharesB(n, k), sharedA = sharesA(m, k, transA);
  const shared = word(args, SHARED_SCRATCH);
  const ownB = scratch + RESULT_BYTES;
  const ownA = ownB + (<usize>tileFloatsB(m, n, k, transA) << 2);
  const rowsOfSharedA = shared + (<usize>sharedFloatsB(n, k) << 2);
  const lda = word(args, LDA) << 2;
  const block = <usize>blockDepth(k);

  for (let first: usize = 0; first < k; first += block) {
    const depth = min(block, k - first);
    const addsC = accumulate || first > 0;
    const isFinished = first + depth === k;
    // Where column panel 0 of this block would lie, and bytes from one panel to the next.
    let panelsB = shared + (first << 5);
    let panelStepB = k << 5;
    if (!sharedB) {
      panelStepB = depth << 5;
      panelsB = ownB - columnStart * panelStepB;
      for (let panel = columnStart; panel < columnEnd; panel++) {
        packColumns(args, panel, first, depth, panelsB + panel * panelStepB, rowStart === 0);
      }
    }
    for (let rowsFrom = rowStart; rowsFrom < rowEnd; rowsFrom += CACHED_ROW_PANELS) {
      const rowsTo = min(rowEnd, rowsFrom + <usize>CACHED_ROW_PANELS);
      const top = firstRow(rowsFrom, sixes);
      if (transA !== 0 && !sharedA) {
        for (let panel = rowsFrom; panel < rowsTo; panel++) {
          packRows(args, panel, sixes, first, depth, ownA + <usize>(firstRow(panel, sixes) - top) * depth * 4);
        }
      }
      for (let column = columnStart; column < columnEnd; column++) {
        const b = panelsB + column * panelStepB;
        for (let panel = rowsFrom; panel < rowsTo; panel++) {
          const row = firstRow(panel, sixes);
          const height: usize = panel < sixes ? 6 : 4;
          let a: usize, rowStep: usize, depthStep: usize;
          if (transA === 0) {
            a = aPointer(args) + row * lda + (first << 2), rowStep = lda, depthStep = 4;
          } else {
            rowStep = 4, depthStep = <usize>height << 2;
            a = sharedA
              ? rowsOfSharedA + row * k * 4 + first * depthStep
              : ownA + <usize>(row - top) * depth * 4;
          }
          resultTile(args, scratch, height, a, rowStep, depthStep, b, depth, row, column, addsC, isFinished, plain);
        }
      }
    }
  }
}

/** One micro-kernel's results: straight into C where that is all, through the scratch tile otherwise. */
@inline
function resultTile(
  args: usize,
  scratch: usize,
  height: usize,
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  depth: usize,
  row: usize,
  columnPanel: usize,
  addsC: bool,
  isFinished: bool,
  plain: bool,
): void {
  const column = columnPanel * <usize>PANEL_COLUMNS;
  const n = word(args, N);
  const rows = min(height, word(args, M) - row);
  const width = min<usize>(<usize>PANEL_COLUMNS, n - column);
  if (rows === height && width === <usize>PANEL_COLUMNS && (plain || !isFinished)) {
    const ldc = word(args, LDC) << 2;
    const c = cPointer(args) + row * ldc + (column << 2);
    let bias: usize = 0, residual: usize = 0;
    if (isFinished) {
      bias = word(args, BIAS);
      if (bias !== 0) bias += column << 2;
      residual = word(args, RESIDUAL);
      if (residual !== 0) residual += (row * n + column) << 2;
    }
    const ldr = <usize>n << 2;
    if (height === 6) product6(a, rowStep, depthStep, 6, b, depth, c, ldc, addsC, bias, residual, ldr);
    else product4(a, rowStep, depthStep, 4, b, depth, c, ldc, addsC, bias, residual, ldr);
    return;
  }
  if (height === 6) product6(a, rowStep, depthStep, rows, b, depth, scratch, 32, false, 0, 0, 0);
  else product4(a, rowStep, depthStep, rows, b, depth, scratch, 32, false, 0, 0, 0);
  finish(args, scratch, 32, row, column, rows, width, addsC, isFinished);
}
