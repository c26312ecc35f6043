// What happens to finished sums before they are stored in C (AssemblyScript): see matmul.ts for the formula.

import {
  GELU_NEW, activate, activateGradient, activateWithSlope, geluNewRow,
} from '../../device/cpu/kernels/activation';
import { loadTail, storeTail } from '../../device/cpu/kernels/tail';
import { ACTIVATION, BIAS, GATE, LDC, N, RESIDUAL, SLOPE, cPointer, word } from './arguments.cpu';

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

/** Whether the epilogue has no activation, so that the micro-kernel does it itself. */
export function isPlain(args: usize): bool {
  return word(args, ACTIVATION) === 0;
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
  const kind = <u32>word(args, ACTIVATION);
  const isActivated = isFinished && kind !== 0;
  const tail = <u32>width & 3;
  let c = cPointer(args) + row * ldc + (column << 2);
  const bias = addressOf(word(args, BIAS), column << 2, isFinished);
  const corner = row * n + (column << 2);
  let slope = addressOf(word(args, SLOPE), corner, isFinished);
  let gate = addressOf(word(args, GATE), corner, isFinished);
  let residual = addressOf(word(args, RESIDUAL), corner, isFinished);
  const wholes = (width & ~3) << 2;
  const isGeluNewRow = kind === GELU_NEW && slope !== 0 && !addsC && gate === 0 && residual === 0;
  for (let i: usize = 0; i < rows; i++) {
    if (isGeluNewRow) geluNewRow(sums, bias, c, slope, wholes);
    for (let at: usize = isGeluNewRow ? wholes : 0; at < wholes; at += 16) {
      let x = v128.load(sums + at);
      if (addsC) x = f32x4.add(x, v128.load(c + at));
      if (bias !== 0) x = f32x4.add(x, v128.load(bias + at));
      if (slope !== 0) x = activateWithSlope(kind, x, slope + at);
      else if (isActivated) x = activate(kind, x);
      if (gate !== 0) x = f32x4.mul(x, v128.load(gate + at));
      if (residual !== 0) x = f32x4.add(x, v128.load(residual + at));
      v128.store(c + at, x);
    }
    if (tail !== 0) {
      let x = v128.load(sums + wholes);
      if (addsC) x = f32x4.add(x, loadTail(c + wholes, tail));
      if (bias !== 0) x = f32x4.add(x, loadTail(bias + wholes, tail));
      if (slope !== 0) storeTail(slope + wholes, tail, activateGradient(kind, x));
      if (isActivated) x = activate(kind, x);
      if (gate !== 0) x = f32x4.mul(x, loadTail(gate + wholes, tail));
      if (residual !== 0) x = f32x4.add(x, loadTail(residual + wholes, tail));
      storeTail(c + wholes, tail, x);
    }
    sums += step;
    c += ldc;
    if (slope !== 0) slope += n;
    if (gate !== 0) gate += n;
    if (residual !== 0) residual += n;
  }
}

/** An optional tensor's address at an offset, 0 when it is absent or not its turn yet. */
@inline
function addressOf(pointer: usize, offset: usize, isWanted: bool): usize {
  return pointer !== 0 && isWanted ? pointer + offset : 0;
}
