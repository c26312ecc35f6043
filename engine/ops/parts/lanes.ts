// The width in which element-wise WGSL kernels read memory: four floats at a time where the sizes allow it.
// The kernels' text says `alias Lane = vec4<f32>` under `//#if isWide` and `alias Lane = f32` otherwise.

/** Floats in one memory access of rows of these sizes: 4 when all are multiples of four, else 1. */
export function lanesOf(...sizes: readonly number[]): 1 | 4 {
  return sizes.every((size) => size % 4 === 0) ? 4 : 1;
}

/** The defines `isWide` and `lanes` for rows of these sizes. */
export function laneDefines(...sizes: readonly number[]): { isWide: boolean; lanes: number } {
  const lanes = lanesOf(...sizes);
  return { isWide: lanes === 4, lanes };
}
