// The target that says "not trained on": data writes it and losses leave it out, so both know it from here.

/** Target id that a loss leaves out; the largest uint32, above any vocabulary. */
export const ignoreIndex = 0xffffffff;
