// Attention backward on the CPU (AssemblyScript): one tile is one key-value head with all the queries that
// read it, so every sum has one owner. Keys are taken in blocks that stay in the cache: dK and dV of a block
// are finished before the next, dQ gathers over the blocks. Probabilities are recomputed from the log-sum-exp.
// args: Inputs, output, dOutput, statistics, dQuery?, dKeyValue?, biasPartials?, Sizes, accumulateQuery,
// accumulateKeyValue, hasDeltas. Packed rows have one gradient: dKeyValue is absent and dQuery holds all of it.

import { madd, sumLanes } from '../../device/cpu/kernels/math';
import {
  hasAdditive, Inputs, keyValueHead, outputHead, queryHead, roundUp, Sizes, validEnd, validStart, visibleHigh,
  visibleLow,
} from './layout.cpu';
import { drawKeepRow, writeAdditive } from './options.cpu';
import { fill, packPanels, packTransposed, unpackPanels } from './panels.cpu';
import { addProduct, addTransposedProduct, scaledProduct, TILE_ROWS } from './products.cpu';
import { clearOutside, gradientRows, optionalGradientRow } from './rows.cpu';

/** Keys of a block: a multiple of a product's rows and columns. */
@inline
const BLOCK_KEYS: u32 = 192;
/** Queries of a block. */
@inline
const BLOCK_QUERIES: u32 = 48;
/** Parts of rows that no product wrote are cleared up to multiples of this, as the products read them. */
@inline
const CLEAR_STEP: u32 = 24;
/** Bytes between rows of P and dS: a block and one cache line, so that rows fall on different cache sets. */
@inline
const ROW_BYTES: usize = BLOCK_KEYS * 4 + 64;
/** Bytes between panels of keys, and of queries. */
@inline
const KEY_PANEL: usize = BLOCK_KEYS * 32;
@inline
const QUERY_PANEL: usize = BLOCK_QUERIES * 32;

/** What a tile is doing, at the start of its scratch, and where the rest of the scratch lies. */
@unmanaged
class Task {
  inputs: Inputs;
  sizes: Sizes;
  output: usize;
  dOutput: usize;
  statistics: usize;
  dQuery: usize;
  biasPartials: usize;
  /** Batch row and query head. */
  b: u32;
  h: u32;
  /** Keys of the batch row that may be seen, and the block of them at hand. */
  start: u32;
  end: u32;
  firstKey: u32;
  endKey: u32;
  /** Scratch. */
  keysTransposed: usize;
  valuesTransposed: usize;
  keys: usize;
  dKeys: usize;
  dValues: usize;
  queries: usize;
  dOutputs: usize;
  probabilities: usize;
  slopes: usize;
  additive: usize;
  words: usize;
  deltas: usize;
}

function beginTask(args: usize, scratch: usize): Task {
  const t = changetype<Task>(scratch);
  t.inputs = changetype<Inputs>(args);
  t.output = load<usize>(args, 32);
  t.dOutput = load<usize>(args, 36);
  t.statistics = load<usize>(args, 40);
  t.dQuery = load<usize>(args, 44);
  t.biasPartials = load<usize>(args, 52);
  t.sizes = changetype<Sizes>(args + 56);
  const panels: usize = (t.sizes.headDim + 7) >> 3;
  t.keysTransposed = scratch + 256;
  t.valuesTransposed = t.keysTransposed + panels * KEY_PANEL;
  t.keys = t.valuesTransposed + panels * KEY_PANEL;
  t.dKeys = t.keys + panels * KEY_PANEL;
  t.dValues = t.dKeys + panels * KEY_PANEL;
  t.queries = t.dValues + panels * KEY_PANEL;
  t.dOutputs = t.queries + panels * QUERY_PANEL;
  t.probabilities = t.dOutputs + panels * QUERY_PANEL;
  t.slopes = t.probabilities + ROW_BYTES * BLOCK_QUERIES;
  t.additive = t.slopes + ROW_BYTES * BLOCK_QUERIES;
  t.words = t.additive + ROW_BYTES;
  t.deltas = t.words + ROW_BYTES + 128;
  return t;
}

export function attentionBackward(args: usize, tile: u32, scratch: usize): void {
  const t = beginTask(args, scratch);
  const inputs = t.inputs, sizes = t.sizes;
  const accumulateQuery = load<u32>(args, 144) !== 0, accumulateKeyValue = load<u32>(args, 148) !== 0;
  const NKV = sizes.numKeyValueHeads, HS = sizes.headDim, Tk = sizes.keyLength;
  const head = tile % NKV;
  const firstHead = head * (sizes.numHeads / NKV), endHead = firstHead + sizes.numHeads / NKV;
  const b = tile / NKV;
  t.b = b;
  t.start = validStart(inputs, b);
  t.end = validEnd(inputs, sizes, b);
  for (let h = firstHead; h < endHead; h++) clearHead(t, h, accumulateQuery);

  const kv = inputs.keyValue ? inputs.keyValue : inputs.query;
  const dkv = inputs.keyValue ? load<usize>(args, 48) : t.dQuery;
  const step: usize = sizes.keyValueStride << 2;
  for (let firstKey: u32 = 0; firstKey < Tk; firstKey += BLOCK_KEYS) {
    const keys = min<u32>(BLOCK_KEYS, Tk - firstKey);
    t.firstKey = firstKey;
    t.endKey = firstKey + keys;
    for (let d: u32 = 0; d < HS; d += 8) {
      fill(t.dKeys + KEY_PANEL * (d >> 3), roundUp(keys, TILE_ROWS) << 3, 0);
      fill(t.dValues + KEY_PANEL * (d >> 3), roundUp(keys, TILE_ROWS) << 3, 0);
    }
    if (firstKey < t.end && t.start < t.endKey) {
      const key = keyValueHead(sizes, kv, b, head, sizes.keyOffset) + step * firstKey;
      const value = keyValueHead(sizes, kv, b, head, sizes.valueOffset) + step * firstKey;
      packTransposed(key, step, keys, HS, t.keysTransposed);
      packTransposed(value, step, keys, HS, t.valuesTransposed);
      packPanels(key, step, keys, HS, t.keys, KEY_PANEL);
      for (let h = firstHead; h < endHead; h++) {
        t.h = h;
        for (let i: u32 = 0; i < sizes.queryLength; i += BLOCK_QUERIES) block(t, i);
      }
    }
    if (!dkv) continue;
    const dKey = keyValueHead(sizes, dkv, b, head, sizes.keyOffset) + step * firstKey;
    const dValue = keyValueHead(sizes, dkv, b, head, sizes.valueOffset) + step * firstKey;
    unpackPanels(t.dKeys, KEY_PANEL, keys, HS, dKey, step, accumulateKeyValue);
    unpackPanels(t.dValues, KEY_PANEL, keys, HS, dValue, step, accumulateKeyValue);
  }
}

/** Sets a head's dQ, unless it is added to, and its bias gradients to zero. */
function clearHead(t: Task, h: u32, accumulateQuery: bool): void {
  const sizes = t.sizes;
  if (t.biasPartials) {
    fill(t.biasPartials + ((t.b * sizes.numHeads + h) * sizes.numBuckets << 2), sizes.numBuckets, 0);
  }
  if (!t.dQuery || accumulateQuery) return;
  let row = queryHead(sizes, t.dQuery, t.b, h);
  for (let i: u32 = 0; i < sizes.queryLength; i++) {
    fill(row, sizes.headDim, 0);
    row += sizes.queryStride << 2;
  }
}

/** One block of queries against the block of keys: adds to dQ in place, and to the block's dK and dV. */
function block(t: Task, firstQuery: u32): void {
  const sizes = t.sizes;
  const rows = min<u32>(BLOCK_QUERIES, sizes.queryLength - firstQuery);
  const low = max<u32>(visibleLow(sizes, firstQuery, t.start), t.firstKey);
  if (low >= min<u32>(visibleHigh(sizes, firstQuery + rows - 1, t.end), t.endKey)) return;
  const HS = sizes.headDim;
  const queryStep: usize = sizes.queryStride << 2, outputStep: usize = sizes.numHeads * HS << 2;
  const query = queryHead(sizes, t.inputs.query, t.b, t.h) + queryStep * firstQuery;
  const dOutput = outputHead(sizes, t.dOutput, t.b, t.h) + outputStep * firstQuery;
  const output = outputHead(sizes, t.output, t.b, t.h) + outputStep * firstQuery;
  packPanels(query, queryStep, rows, HS, t.queries, QUERY_PANEL);
  packPanels(dOutput, outputStep, rows, HS, t.dOutputs, QUERY_PANEL);
  for (let r: u32 = 0; r < rows; r++) {
    store<f32>(t.deltas + (r << 2), dot(output + outputStep * r, dOutput + outputStep * r, HS));
  }
  for (let r: u32 = 0; r < rows; r += TILE_ROWS) {
    const lastRow = min<u32>(rows - r, TILE_ROWS) - 1;
    rowTile(t, firstQuery, r, lastRow, query + queryStep * r, dOutput + outputStep * r);
  }
  addKeyGradients(t, firstQuery, rows);
}

/** Six queries, from `r` of their block on: their P and dS, and their dQ. */
function rowTile(t: Task, firstQuery: u32, r: u32, lastRow: u32, query: usize, dOutput: usize): void {
  const inputs = t.inputs, sizes = t.sizes, firstKey = t.firstKey, HS = sizes.headDim;
  const i = firstQuery + r;
  const low = max<u32>(visibleLow(sizes, i, t.start), firstKey);
  const high = min<u32>(visibleHigh(sizes, i + lastRow, t.end), t.endKey);
  if (low >= high) return;
  const from = low & ~7, to = roundUp(high, 8);
  const queryStep: usize = sizes.queryStride << 2, outputStep: usize = sizes.numHeads * HS << 2;
  // Rows are addressed by key, so they start where key 0 would be.
  const p = t.probabilities + ROW_BYTES * r - (firstKey << 2), ds = t.slopes + ROW_BYTES * r - (firstKey << 2);
  for (let j = from; j < to; j += 8) {
    const panel: usize = (j - firstKey) * HS << 2;
    scaledProduct(
      query, queryStep, lastRow, t.keysTransposed + panel, HS, p + (j << 2), ROW_BYTES, sizes.scale);
    scaledProduct(dOutput, outputStep, lastRow, t.valuesTransposed + panel, HS, ds + (j << 2), ROW_BYTES, 1);
  }

  const isPlain = !hasAdditive(inputs) && sizes.softCap === 0 && !inputs.scalars;
  const row = (t.b * sizes.numHeads + t.h) * sizes.queryLength + i;
  const logSumExps = t.statistics + (row << 2), deltas = t.deltas + (r << 2);
  if (isPlain) gradientRows(p, ds, ROW_BYTES, lastRow, from, to, logSumExps, deltas, sizes.scale);
  const clearFrom = firstKey + (low - firstKey) / CLEAR_STEP * CLEAR_STEP;
  const clearTo = firstKey + roundUp(high - firstKey, CLEAR_STEP);
  for (let k: u32 = 0; k <= lastRow; k++) {
    const rowLow = max<u32>(visibleLow(sizes, i + k, t.start), firstKey);
    const rowHigh = min<u32>(visibleHigh(sizes, i + k, t.end), t.endKey);
    const at = ROW_BYTES * k;
    if (!isPlain) {
      optionalRow(
        t, i + k, p + at, ds + at, rowLow, rowHigh, from, to, load<f32>(logSumExps + (k << 2)),
        load<f32>(deltas + (k << 2)));
    }
    clearOutside(p + at, rowLow, rowHigh, clearFrom, clearTo);
    clearOutside(ds + at, rowLow, rowHigh, clearFrom, clearTo);
  }

  if (!t.dQuery) return;
  const dq = queryHead(sizes, t.dQuery, t.b, t.h) + queryStep * i;
  for (let d: u32 = 0; d < HS; d += 8) {
    addProduct(
      ds + (low << 2), ROW_BYTES, lastRow, t.keys + KEY_PANEL * (d >> 3) + (low - firstKey << 5), high - low,
      dq + (d << 2), queryStep, min<u32>(HS - d, 8));
  }
}

/** One row with options, and its part of the bias gradient. */
function optionalRow(
  t: Task, i: u32, p: usize, ds: usize, low: u32, high: u32, from: u32, to: u32, logSumExp: f32, delta: f32,
): void {
  const inputs = t.inputs, sizes = t.sizes;
  const additive = hasAdditive(inputs) ? t.additive - (t.firstKey << 2) : 0;
  if (additive) writeAdditive(inputs, sizes, t.b, t.h, i, low, high, additive);
  const keep = inputs.scalars ? drawKeepRow(inputs, sizes, t.b, t.h, i, from, to, t.words) : 0;
  optionalGradientRow(p, ds, from, to, logSumExp, delta, sizes.scale, additive, sizes.softCap, keep);
  if (!t.biasPartials) return;
  const sums = t.biasPartials + ((t.b * sizes.numHeads + t.h) * sizes.numBuckets << 2);
  const buckets = inputs.biasBuckets + (i * sizes.keyLength << 2);
  for (let j = low; j < high; j++) {
    const sum = sums + (min<u32>(load<u32>(buckets + (j << 2)), sizes.numBuckets - 1) << 2);
    store<f32>(sum, load<f32>(sum) + load<f32>(additive + (j << 2)));
  }
}

/** dV += transpose(P) dO and dK += transpose(dS) Q, six keys at a time, over the queries that see them. */
function addKeyGradients(t: Task, firstQuery: u32, rows: u32): void {
  const sizes = t.sizes;
  const shift = <i32>(sizes.keyLength - sizes.queryLength + firstQuery);
  for (let j = t.firstKey; j < t.endKey; j += TILE_ROWS) {
    const low = <i32>max<u32>(j, t.start), high = <i32>min<u32>(min<u32>(j + TILE_ROWS, t.end), t.endKey);
    if (low >= high) continue;
    let first = 0, end = <i32>rows;
    if (sizes.isCausal) first = max<i32>(first, low - shift);
    if (sizes.slidingWindow) end = min<i32>(end, <i32>sizes.slidingWindow + high - 1 - shift);
    if (first >= end) continue;
    const key = j - t.firstKey;
    const at = ROW_BYTES * first + (key << 2);
    for (let d: u32 = 0; d < sizes.headDim; d += 8) {
      const query = QUERY_PANEL * (d >> 3) + (first << 5), sum = KEY_PANEL * (d >> 3) + (key << 5);
      addTransposedProduct(t.probabilities + at, ROW_BYTES, t.dOutputs + query, end - first, t.dValues + sum);
      addTransposedProduct(t.slopes + at, ROW_BYTES, t.queries + query, end - first, t.dKeys + sum);
    }
  }
}

/** Sum of a[i] b[i]. */
function dot(a: usize, b: usize, size: u32): f32 {
  let sum = f32x4.splat(0);
  const end = a + ((size & ~3) << 2);
  while (a < end) {
    sum = madd(v128.load(a), v128.load(b), sum);
    a += 16;
    b += 16;
  }
  let total = sumLanes(sum);
  for (let i: u32 = 0; i < (size & 3); i++) total += load<f32>(a + (i << 2)) * load<f32>(b + (i << 2));
  return total;
}
