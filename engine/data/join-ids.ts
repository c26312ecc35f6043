// Token ids one after another. Arguments cannot carry them: an engine allows only so many.

/** The ids of all parts, in order. */
export function joinIds(...parts: readonly ArrayLike<number>[]): Uint32Array {
  const joined = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
