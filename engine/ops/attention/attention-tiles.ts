// How attention's shaders are cut for a head size and an adapter: the numbers of attention-tile.wgsl.
// Software adapters run eight invocations as one vector, so small workgroups do there; hardware wants many
// invocations. Two vectors of rows for each were 1.2 times as fast on llvmpipe, but took three times as long to
// compile, seconds for each shader.

import type { Params, WgslTarget } from '../../graph/kernel.ts';

/** Vectors of four features of a head. */
function vectorsOf(headDim: number): number {
  return Math.ceil(headDim / 4);
}

export interface Tile {
  /** Invocations side by side; each takes every lanes-th column and every lanes-th vector of features. */
  readonly lanes: number;
  /** Vectors of four rows, columns of a tile, and vectors of features of one invocation. */
  readonly rowVectors: number;
  readonly columns: number;
  readonly outputs: number;
  readonly threads: number;
  readonly blockRows: number;
}

/** The tile for a head size; workgroups have at most 256 invocations and 16 KiB of memory. */
export function tileOf(headDim: number, { isSoftware }: WgslTarget): Tile {
  const vectors = vectorsOf(headDim);
  const lanes = isSoftware
    ? Math.min(64, 2 ** Math.ceil(Math.log2(Math.ceil(vectors / 3))))
    : Math.min(64, Math.ceil(vectors / 2));
  const rowVectors = 1;
  const groups = isSoftware
    ? Math.max(1, Math.floor(8 / lanes))
    : Math.min(16, Math.max(Math.floor(64 / lanes), Math.min(8, Math.floor(256 / lanes))));
  return {
    lanes,
    rowVectors,
    columns: Math.min(4, Math.max(1, Math.floor(32 / lanes))),
    outputs: Math.ceil(vectors / lanes),
    threads: lanes * groups,
    blockRows: 4 * rowVectors * groups,
  };
}

type Defines = Record<string, number | boolean>;

/** What every attention shader is specialised by. */
function sharedDefines({ headDim, queryStride, queryOffset, keyValueStride, ...sizes }: Params): Defines {
  const steps = [headDim, queryStride, queryOffset, keyValueStride, sizes.keyOffset, sizes.valueOffset];
  return {
    // Whether features can be read four at a time.
    isAligned: steps.every((step) => step! % 4 === 0),
    hasOptions: sizes.hasOptions !== 0,
    // Whether the backward pass takes its tiles element by element.
    hasElements: sizes.hasOptions !== 0 || sizes.hasDropout !== 0,
    accumulatesQuery: sizes.accumulateQuery === 1,
    accumulatesKeyValue: sizes.accumulateKeyValue === 1,
  };
}

/** Up to this many keys a software adapter takes longer to compile wide tiles than they ever save. */
const fewKeys = 64;

/**
 * For shaders that work on tiles. On software adapters tiles of two columns an invocation compile in half the time:
 * a fifth slower for queries, so only where keys are few, and no slower for keys (`isForKeys`).
 */
export function tileDefines(sizes: Params, target: WgslTarget, isForKeys = false): Defines {
  const { blockRows, ...wide } = tileOf(sizes.headDim!, target);
  const isNarrow = target.isSoftware && (isForKeys || sizes.keyLength! <= fewKeys);
  const tile = isNarrow ? { ...wide, columns: Math.min(2, wide.columns) } : wide;
  return {
    ...sharedDefines(sizes),
    ...tile,
    blockRows,
    threadRows: 4 * tile.rowVectors,
    blockColumns: tile.columns * tile.lanes,
    tileStride: blockRows / 4,
    productVectors: tile.columns * tile.rowVectors,
    featureVectors: 4 * tile.rowVectors * tile.outputs,
  };
}

/** For the shader of single queries. */
export function rowsDefines(sizes: Params, { isSoftware }: WgslTarget): Defines {
  const vectors = vectorsOf(sizes.headDim!);
  const threads = Math.max(isSoftware ? 8 : 64, vectors);
  return { ...sharedDefines(sizes), threads, vectors, splits: Math.floor(threads / vectors) };
}
