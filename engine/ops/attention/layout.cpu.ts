// How attention's CPU kernels see their arguments, and which keys a query sees (AssemblyScript).
// Every kernel's bindings begin with those of `Inputs`, and its constants with those of `Sizes`:
// attention-kernels.ts keeps the same orders.

/** Pointers of the bindings that all attention kernels begin with; 0 where absent. */
@unmanaged
export class Inputs {
  query: usize;
  keyValue: usize;
  validRange: usize;
  querySegments: usize;
  keySegments: usize;
  biasTable: usize;
  biasBuckets: usize;
  scalars: usize;
}

/** Constants that all attention kernels begin with. */
@unmanaged
export class Sizes {
  batch: u32;
  queryLength: u32;
  keyLength: u32;
  numHeads: u32;
  numKeyValueHeads: u32;
  headDim: u32;
  queryStride: u32;
  queryOffset: u32;
  keyValueStride: u32;
  keyOffset: u32;
  valueOffset: u32;
  isCausal: u32;
  slidingWindow: u32;
  scale: f32;
  softCap: f32;
  dropThreshold: u32;
  keepScale: f32;
  stream: u32;
  numBuckets: u32;
  queryChunk: u32;
  hasOptions: u32;
  hasDropout: u32;
}

/** Stands in for a logit that is masked, and, below half of it, tells that a whole row is. */
@inline
export const MASKED: f32 = -1e30;
/** Log-sum-exp of a row without visible keys: every probability recomputed from it is zero. */
@inline
export const EMPTY_ROW: f32 = 1e30;

@inline
export function roundUp(value: u32, step: u32): u32 {
  return ((value + step - 1) / step) * step;
}

/** First key of a batch row that may be seen at all. */
@inline
export function validStart(inputs: Inputs, b: u32): u32 {
  return inputs.validRange ? load<u32>(inputs.validRange + (b << 3)) : 0;
}

/** End of the keys of a batch row that may be seen at all. */
@inline
export function validEnd(inputs: Inputs, sizes: Sizes, b: u32): u32 {
  if (!inputs.validRange) return sizes.keyLength;
  return min<u32>(load<u32>(inputs.validRange + (b << 3), 4), sizes.keyLength);
}

/** First key that query `i` sees; never falls as `i` grows. */
@inline
export function visibleLow(sizes: Sizes, i: u32, start: u32): u32 {
  if (sizes.slidingWindow === 0) return start;
  const first = <i32>(i + 1 + sizes.keyLength - sizes.queryLength - sizes.slidingWindow);
  return max<i32>(first, <i32>start);
}

/** End of the keys that query `i` sees, at most `visibleLow` when there are none; never falls as `i` grows. */
@inline
export function visibleHigh(sizes: Sizes, i: u32, end: u32): u32 {
  if (!sizes.isCausal) return end;
  return max<i32>(min<i32>(<i32>(i + 1 + sizes.keyLength - sizes.queryLength), <i32>end), 0);
}

/** Pointer to a head's first query, in `source`, which is laid out as the queries are. */
@inline
export function queryHead(sizes: Sizes, source: usize, b: u32, h: u32): usize {
  return source + ((b * sizes.queryLength * sizes.queryStride + sizes.queryOffset + h * sizes.headDim) << 2);
}

/** Pointer to a head's first key (`offset` = keyOffset) or value (valueOffset) in `source`. */
@inline
export function keyValueHead(sizes: Sizes, source: usize, b: u32, head: u32, offset: u32): usize {
  return source + ((b * sizes.keyLength * sizes.keyValueStride + offset + head * sizes.headDim) << 2);
}

/** Pointer to a head's first row in the output or its gradient: (B*Tq, NH*HS). */
@inline
export function outputHead(sizes: Sizes, source: usize, b: u32, h: u32): usize {
  return source + ((b * sizes.queryLength * sizes.numHeads + h) * sizes.headDim << 2);
}

/** Whether logits get an additive row: a bias, or segments. */
@inline
export function hasAdditive(inputs: Inputs): bool {
  return (inputs.querySegments | inputs.biasTable) !== 0;
}
