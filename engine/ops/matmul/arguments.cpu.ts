// Where the arguments of the matmul kernels lie, in the order of kernel.ts's bindings and params.

const WORD: usize = 4;
export const A: usize = 0 * WORD;
export const B: usize = 1 * WORD;
export const C: usize = 2 * WORD;
export const BIAS: usize = 3 * WORD;
export const SLOPE: usize = 4 * WORD;
export const GATE: usize = 5 * WORD;
export const RESIDUAL: usize = 6 * WORD;
export const COLUMN_SUMS: usize = 7 * WORD;
export const M: usize = 8 * WORD;
export const N: usize = 9 * WORD;
export const K: usize = 10 * WORD;
export const LDA: usize = 11 * WORD;
export const LDB: usize = 12 * WORD;
export const LDC: usize = 13 * WORD;
export const A_OFFSET: usize = 14 * WORD;
export const B_OFFSET: usize = 15 * WORD;
export const C_OFFSET: usize = 16 * WORD;
export const TRANS_A: usize = 17 * WORD;
export const TRANS_B: usize = 18 * WORD;
export const ACCUMULATE: usize = 19 * WORD;
export const ACCUMULATE_SUMS: usize = 20 * WORD;
export const ACTIVATION: usize = 21 * WORD;
export const SHARED_SCRATCH: usize = 22 * WORD;

/** The argument word at `at`, as a number or as a pointer. */
@inline
export function word(args: usize, at: usize): usize {
  return <usize>load<u32>(args + at);
}

@inline
export function aPointer(args: usize): usize {
  return word(args, A) + (word(args, A_OFFSET) << 2);
}

@inline
export function bPointer(args: usize): usize {
  return word(args, B) + (word(args, B_OFFSET) << 2);
}

@inline
export function cPointer(args: usize): usize {
  return word(args, C) + (word(args, C_OFFSET) << 2);
}
