// Sums of table rows by their numbers (token and position embeddings), and the tables' gradients.
// Gradients are summed run by run of equal ids in an order that the host made, never with atomics.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { columnSum } from '../column-sum/column-sum.ts';
import { fill } from '../fill/fill.ts';
import { rowWindows, type RowWindow } from '../parts/row-windows.ts';
import backwardSource from './embedding-backward.wgsl?raw';
import forwardSource from './embedding.wgsl?raw';

const positionsPerTile = 16;
const segmentPositionsPerTile = 32;
const elementsPerWorkgroup = 256;

export { sortedOrder } from './sorted-order.ts';

/** One table and the rows wanted of it. */
export interface Lookup {
  /** (M) u32. */
  readonly ids: Tensor;
  /** (M) u32: what `sortedOrder` makes of the ids; null where they rise already. */
  readonly order: Tensor | null;
  /** (V, C) f32. */
  readonly table: Tensor;
  /** What the rows are multiplied with; 1 unless given. */
  readonly scale?: number;
}

const embeddingKernel = defineKernel({
  name: 'embedding',
  bindings: {
    ids0: 'read',
    table0: 'read',
    ids1: 'read?',
    table1: 'read?',
    row: 'read?',
    y: 'readwrite',
  },
  params: {
    positions: 'u32',
    columns: 'u32',
    firstRow0: 'u32',
    rows0: 'u32',
    firstRow1: 'u32',
    rows1: 'u32',
    accumulate: 'u32',
    scale0: 'f32',
    scale1: 'f32',
  },
  cpu: {
    phases: ({ positions }) => [{ function: 'embedding', tiles: Math.ceil(positions / positionsPerTile) }],
  },
  wgsl: {
    source: forwardSource,
    entryPoint: 'embedding',
    workgroups: ({ positions, columns }) => Math.ceil((positions * columns) / elementsPerWorkgroup),
  },
});

const embeddingBackwardKernel = defineKernel({
  name: 'embeddingBackward',
  bindings: { ids: 'read', order: 'read?', dy: 'read', dTable: 'readwrite' },
  params: { positions: 'u32', columns: 'u32', firstRow: 'u32', rows: 'u32', scale: 'f32' },
  cpu: {
    phases: ({ positions }) => [
      { function: 'embeddingBackward', tiles: Math.ceil(positions / segmentPositionsPerTile) },
    ],
  },
  wgsl: {
    source: backwardSource,
    entryPoint: 'embeddingBackward',
    workgroups: ({ positions }) => positions,
    defines: (_, target) => ({ threads: target.isSoftware ? 32 : 64 }),
  },
});

/**
 * y[m] = sum over the one or two lookups of scale * table[ids[m]]; an id outside its table counts as a row of
 * zeros. The first row of `everywhere` is added to each y[m], as a table of which every position names row 0.
 * ids, order (M) u32; tables (V, C) f32; y (M, C) f32. As torch.nn.functional.embedding.
 */
export function embedding(
  tape: Tape,
  lookups: readonly [Lookup] | readonly [Lookup, Lookup],
  everywhere: Tensor | null = null,
): Tensor {
  const [{ ids, table }] = lookups;
  const y = tape.activation(`embedding(${ids.name})`, [sizeOf(ids.shape), table.shape[1] ?? 1]);
  gather(tape, lookups, y, everywhere);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    for (const lookup of lookups) {
      if (tape.wantsGradient(lookup.table)) recordTableGradient(tape, lookup, dy);
    }
    if (everywhere && tape.wantsGradient(everywhere)) recordRowGradient(tape, everywhere, dy);
  });
  return y;
}

/**
 * y[k] = x[ids[k]], without a gradient. x (R, C) f32, ids (K) u32, y (K, C) f32.
 * For picking the rows of an activation whose logits are wanted.
 */
export function gatherRows(tape: Tape, x: Tensor, ids: Tensor): Tensor {
  const y = tape.activation(`rows(${x.name})`, [sizeOf(ids.shape), x.shape[1] ?? 1]);
  gather(tape, [{ ids, table: x }], y);
  return y;
}

type Gathered = Pick<Lookup, 'ids' | 'table' | 'scale'>;

/** The rows of a table that one command reads. */
interface GatheredWindow {
  readonly ids: Tensor;
  readonly window: RowWindow;
  readonly scale: number;
}

/** Records y = sum of the lookups: one command for the first window of every table, one for each further. */
function gather(tape: Tape, lookups: readonly Gathered[], y: Tensor, row: Tensor | null = null): void {
  const rest: GatheredWindow[] = [];
  const first = lookups.map(({ ids, table, scale = 1 }) => {
    const [window, ...others] = rowWindows(table, tape.maxBindingBytes);
    for (const other of others) rest.push({ ids, window: other, scale });
    return { ids, window: window!, scale };
  });
  recordGather(tape, first, row, y, false);
  for (const part of rest) recordGather(tape, [part], null, y, true);
}

function recordGather(
  tape: Tape,
  parts: readonly GatheredWindow[],
  row: Tensor | null,
  y: Tensor,
  accumulate: boolean,
): void {
  const [part0, part1] = parts;
  tape.run(
    embeddingKernel,
    {
      ids0: part0!.ids,
      table0: part0!.window.tensor,
      ids1: part1?.ids ?? null,
      table1: part1?.window.tensor ?? null,
      row,
      y,
    },
    {
      positions: y.shape[0]!,
      columns: y.shape[1]!,
      firstRow0: part0!.window.start,
      rows0: part0!.window.rows,
      firstRow1: part1?.window.start ?? 0,
      rows1: part1?.window.rows ?? 0,
      accumulate: accumulate ? 1 : 0,
      scale0: part0!.scale,
      scale1: part1?.scale ?? 1,
    },
  );
}

/** Records dTable[0] (+)= the sum of all rows of dy, leaving no row of dTable undefined. */
function recordRowGradient(tape: Tape, table: Tensor, dy: Tensor): void {
  const { gradient, accumulate } = tape.gradientForWriting(table);
  const [rows = 1, columns = 1] = dy.shape;
  const hasMore = sizeOf(gradient.shape) > columns;
  if (!accumulate && hasMore) fill(tape, gradient, 0);
  columnSum(tape, { x: dy, y: gradient, rows, columns, accumulate: accumulate || hasMore });
}

/** Records dTable (+)= the gradients of the rows that were looked up, leaving no row of it undefined. */
function recordTableGradient(tape: Tape, { ids, order, table, scale = 1 }: Lookup, dy: Tensor): void {
  const { gradient, accumulate } = tape.gradientForWriting(table);
  for (const { start, rows, tensor } of rowWindows(gradient, tape.maxBindingBytes)) {
    if (!accumulate) fill(tape, tensor, 0);
    tape.run(
      embeddingBackwardKernel,
      { ids, order, dy, dTable: tensor },
      { positions: dy.shape[0]!, columns: dy.shape[1]!, firstRow: start, rows, scale },
    );
  }
}
