// The matrix product on the CPU (AssemblyScript): a packing phase for operands that all tiles share, then
// tiles of C. Within a tile the loops go k-blocks, rows that fit the second-level cache, column panels, row
// panels. blocking.cpu.ts says how large each is, matmul.ts what the product computes.
// args: a, b, c, bias?, slope?, gate?, residual?, columnSums?, m, n, k, lda, ldb, ldc, aOffset, bOffset,
// cOffset, transA, transB, accumulate, accumulateSums, activation.

import {
  ACCUMULATE, ACCUMULATE_SUMS, BIAS, COLUMN_SUMS, GATE, K, LDA, LDB, LDC, M, N, RESIDUAL, SHARED_SCRATCH,
  TRANS_A, TRANS_B,
  aPointer, bPointer, cPointer, word,
} from './arguments.cpu';
import {
  CACHED_ROW_PANELS, PANEL_COLUMNS, RESULT_BYTES, blockDepth, columnPanels, packTilesB, panelsPerPackTile,
  rowPanels, sharedFloatsB, sharesA, sharesB, sixRowPanels, tileColumnPanels, tileFloatsB, tileRowPanels,
} from './blocking.cpu';
import { finish, isPlain } from './epilogue.cpu';
import { product4, product6 } from './micro-kernel.cpu';
import { packLines, packTransposed, sumPanel } from './pack.cpu';

/** Lines of a panel that are packed before those of the next panel. */
const LINES: usize = 32;

/** The first row of a row panel. */
@inline
function firstRow(panel: usize, sixes: usize): usize {
  return panel <= sixes ? panel * 6 : sixes * 6 + (panel - sixes) * 4;
}

/** Packs column panel `panel` of B, terms [first, first + depth) of the sum. */
function packColumns(args: usize, panel: usize, first: usize, depth: usize, target: usize): void {
  const n = word(args, N);
  const ldb = word(args, LDB) << 2;
  const column = panel * <usize>PANEL_COLUMNS;
  const width = <i32>min<usize>(<usize>PANEL_COLUMNS, n - column);
  if (word(args, TRANS_B) !== 0) {
    packTransposed(bPointer(args) + column * ldb + (first << 2), ldb, depth, width, target);
  } else {
    packLines(bPointer(args) + first * ldb + (column << 2), ldb, depth, width, 8, target);
  }
}

/** Adds up the columns of a packed panel of B, where their sums are asked for. */
function sumColumns(args: usize, panel: usize, first: usize, depth: usize, packed: usize): void {
  const sums = word(args, COLUMN_SUMS);
  if (sums === 0) return;
  const column = panel * <usize>PANEL_COLUMNS;
  const width = <i32>min<usize>(<usize>PANEL_COLUMNS, word(args, N) - column);
  const accumulate = first > 0 || word(args, ACCUMULATE_SUMS) !== 0;
  sumPanel(packed, depth, sums + (column << 2), width, accumulate);
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
    const start = tile * group, end = min(<usize>columnPanels(n), start + group);
    // A few lines of all panels, then the next: panels that share cache lines of B read them once.
    for (let first: usize = 0; first < k; first += LINES) {
      const depth = min(LINES, k - first);
      for (let panel = start; panel < end; panel++) {
        packColumns(args, panel, first, depth, shared + ((panel * k + first) << 5));
      }
    }
    for (let panel = start; panel < end; panel++) sumColumns(args, panel, 0, k, shared + ((panel * k) << 5));
    return;
  }
  const rowsStart = shared + (<usize>sharedFloatsB(n, k) << 2);
  const sixes = <usize>sixRowPanels(m);
  const start = (tile - tilesB) * group, end = min(<usize>rowPanels(m), start + group);
  for (let first: usize = 0; first < k; first += LINES) {
    const depth = min(LINES, k - first);
    for (let panel = start; panel < end; panel++) {
      const height: usize = panel < sixes ? 6 : 4;
      const target = rowsStart + ((firstRow(panel, sixes) * k + first * height) << 2);
      packRows(args, panel, sixes, first, depth, target);
    }
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
        const packed = panelsB + panel * panelStepB;
        packColumns(args, panel, first, depth, packed);
        if (rowStart === 0) sumColumns(args, panel, first, depth, packed);
      }
    }
    for (let rowsFrom = rowStart; rowsFrom < rowEnd; rowsFrom += CACHED_ROW_PANELS) {
      const rowsTo = min(rowEnd, rowsFrom + <usize>CACHED_ROW_PANELS);
      const top = firstRow(rowsFrom, sixes);
      if (transA !== 0 && !sharedA) {
        for (let panel = rowsFrom; panel < rowsTo; panel++) {
          const target = ownA + (firstRow(panel, sixes) - top) * depth * 4;
          packRows(args, panel, sixes, first, depth, target);
        }
      }
      const addsAll = isFinished && plain;
      for (let column = columnStart; column < columnEnd; column++) {
        const b = panelsB + column * panelStepB;
        for (let panel = rowsFrom; panel < rowsTo; panel++) {
          const row = firstRow(panel, sixes);
          const height: usize = panel < sixes ? 6 : 4;
          let a: usize, rowStep: usize, depthStep: usize;
          if (transA === 0) {
            a = aPointer(args) + row * lda + (first << 2), rowStep = lda, depthStep = 4;
          } else {
            rowStep = 4, depthStep = height << 2;
            a = sharedA
              ? rowsOfSharedA + row * k * 4 + first * depthStep
              : ownA + (row - top) * depth * 4;
          }
          resultTile(args, scratch, height, a, rowStep, depthStep, b, depth, row, column, addsC, addsAll);
        }
      }
      // Whole rows at once, while they are still in the cache: cheaper than each micro-kernel by itself.
      if (isFinished && !plain) {
        const column = columnStart * <usize>PANEL_COLUMNS;
        const width = min(n, columnEnd * <usize>PANEL_COLUMNS) - column;
        const rows = min(m, firstRow(rowsTo, sixes)) - top;
        const ldc = word(args, LDC) << 2;
        finish(args, cPointer(args) + top * ldc + (column << 2), ldc, top, column, rows, width, false, true);
      }
    }
  }
}

/** One micro-kernel's results, with its epilogue where `addsAll`; through scratch at the edges of C. */
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
  addsAll: bool,
): void {
  const column = columnPanel * <usize>PANEL_COLUMNS;
  const n = word(args, N);
  const rows = min(height, word(args, M) - row);
  const width = min<usize>(<usize>PANEL_COLUMNS, n - column);
  if (rows === height && width === <usize>PANEL_COLUMNS) {
    const ldc = word(args, LDC) << 2;
    const c = cPointer(args) + row * ldc + (column << 2);
    let bias: usize = 0, gate: usize = 0, residual: usize = 0;
    if (addsAll) {
      bias = word(args, BIAS);
      if (bias !== 0) bias += column << 2;
      const corner = (row * n + column) << 2;
      gate = word(args, GATE);
      if (gate !== 0) gate += corner;
      residual = word(args, RESIDUAL);
      if (residual !== 0) residual += corner;
    }
    const ldd = n << 2;
    if (height === 6) product6(a, rowStep, depthStep, 6, b, depth, c, ldc, addsC, bias, gate, residual, ldd);
    else product4(a, rowStep, depthStep, 4, b, depth, c, ldc, addsC, bias, gate, residual, ldd);
    return;
  }
  if (height === 6) product6(a, rowStep, depthStep, rows, b, depth, scratch, 32, false, 0, 0, 0, 0);
  else product4(a, rowStep, depthStep, rows, b, depth, scratch, 32, false, 0, 0, 0, 0);
  finish(args, scratch, 32, row, column, rows, width, addsC, addsAll);
}
