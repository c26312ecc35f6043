// Finds values that are not finite in weights that were read or are about to be saved. Looks at bits, so
// that no compiler or processor mode can decide otherwise. Decides nothing: callers refuse or warn.

/** The index of the first NaN or infinity in float32 values (n), or -1. */
export function firstNonFinite(values: Float32Array): number {
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return patterns.findIndex((pattern) => (pattern & 0x7f800000) === 0x7f800000);
}
