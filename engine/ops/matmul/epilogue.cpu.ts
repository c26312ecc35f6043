// What happens to finished sums before they are stored in C (AssemblyScript): see matmul.ts for the formula.

import { activate, activateGradient } from '../../device/cpu/kernels/activation';
import { loadTail, storeTail } from '../../device/cpu/kernels/tail';
import { ACTIVATION, BIAS, GATE, LDC, N, PRE_ACTIVATION, RESIDUAL, cPointer, word } from './arguments.cpu';

/** The first `count` floats at p (4 if there are more), zero in the other lanes. */
@inline
export function loadPart(p: usize, count: i32): v128 {
  return count >= 4 ? v128.load(p) : loadTail(p, count);
}

/** Stores the first `count` lanes (4 if there are more) at p. */
@inline
export function storePart(p: usize, x: v128, count: i32): void {
  if (count >= 4) v128.store(p, x);
  else storeTail(p, count, x);
}

/** Whether the epilogue is nothing but additions, which the micro-kernel does itself. */
export function isPlain(args: usize): bool {
  return word(args, ACTIVATION) === 0 && word(args, PRE_ACTIVATION) === 0;
}

/**
 * Stores `rows` x `width` sums, which lie at `sums` with `step` bytes a row, at (row, column) of C.
 * `addsC`: C holds earlier terms of the sum. `isFinished`: this was the last, so the epilogue follows.
 */
export function finish(
  args: usize,
  sums: usize,
  step: usize,
  row: usize,
  column: usize,
  rows: usize,
  width: usize,
  addsC: bool,
  isFinished: bool,
): void {
  const ldc = word(args, LDC) << 2;
  const n = word(args, N) << 2;
  const kind = word(args, ACTIVATION);
  let c = cPointer(args) + row * ldc + (column << 2);
  const bias = addressOf(word(args, BIAS), column << 2, isFinished);
  const corner = row * n + (column << 2);
  let preActivation = addressOf(word(args, PRE_ACTIVATION), corner, isFinished);
  let gate = addressOf(word(args, GATE), corner, isFinished);
  let residual = addressOf(word(args, RESIDUAL), corner, isFinished);
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < width; j += 4) {
      const left = <i32>(width - j);
      const at = j << 2;
      let x = v128.load(sums + at);
      if (addsC) x = f32x4.add(x, loadPart(c + at, left));
      if (bias !== 0) x = f32x4.add(x, loadPart(bias + at, left));
      if (preActivation !== 0) storePart(preActivation + at, x, left);
      if (gate !== 0) {
        x = f32x4.mul(x, activateGradient(<u32>kind, loadPart(gate + at, left)));
      } else if (isFinished && kind !== 0) {
        x = activate(<u32>kind, x);
      }
      if (residual !== 0) x = f32x4.add(x, loadPart(residual + at, left));
      storePart(c + at, x, left);
    }
    sums += step;
    c += ldc;
    if (preActivation !== 0) preActivation += n;
    if (gate !== 0) gate += n;
    if (residual !== 0) residual += n;
  }
}

/** An optional tensor's address at an offset, 0 when it is absent or not its turn yet. */
@inline
function addressOf(pointer: usize, offset: usize, isWanted: bool): usize {
  return pointer !== 0 && isWanted ? pointer + offset : 0;
}
