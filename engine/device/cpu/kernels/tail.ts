// The last one to three floats of a row whose size is not a multiple of four (AssemblyScript).
// Nothing beyond the row is read or written, so rows of different threads may touch.

/** `count` (1 to 3) floats at `from`; the lanes beyond are 0. */
export function loadTail(from: usize, count: u32): v128 {
  if (count === 1) return v128.load32_zero(from);
  const pair = v128.load64_zero(from);
  return count === 2 ? pair : v128.load32_lane(from + 8, pair, 2);
}

/** Stores the first `count` (1 to 3) lanes at `to`. */
export function storeTail(to: usize, count: u32, values: v128): void {
  if (count === 1) {
    v128.store32_lane(to, values, 0);
    return;
  }
  v128.store64_lane(to, values, 0);
  if (count === 3) v128.store32_lane(to + 8, values, 2);
}

/** All bits set in the first `count` lanes. */
@inline
export function tailMask(count: u32): v128 {
  return i32x4.lt_u(i32x4(0, 1, 2, 3), i32x4.splat(count));
}
