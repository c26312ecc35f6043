// Rounding of offsets and sizes to what memory, bindings and files ask for.

/** Rounds up to a multiple of `step`. */
export function alignUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
