// Column sums (AssemblyScript): a first phase sums chunks of 64 rows into the shared scratch, a second sums
// the chunks. args: x, y, rows, columns, rowStride, accumulate.

import { loadTail, storeTail } from '../../device/cpu/kernels/tail';

const ROWS: u32 = 64;
const COLUMNS: u32 = 256;

/** Writes the sums of `rows` rows at x, `columns` wide and `step` bytes apart, to y; or adds them. */
function sumRows(x: usize, rows: u32, columns: u32, step: usize, y: usize, accumulate: bool): void {
  const end = x + rows * step;
  const tail = columns & 3;
  const wholes = <usize>(columns - tail) << 2;
  let at: usize = 0;
  for (; at + 64 <= wholes; at += 64) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    if (accumulate) {
      s0 = v128.load(y + at), s1 = v128.load(y + at, 16), s2 = v128.load(y + at, 32), s3 = v128.load(y + at, 48);
    }
    for (let p = x + at; p < end; p += step) {
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p, 16));
      s2 = f32x4.add(s2, v128.load(p, 32));
      s3 = f32x4.add(s3, v128.load(p, 48));
    }
    v128.store(y + at, s0), v128.store(y + at, s1, 16), v128.store(y + at, s2, 32), v128.store(y + at, s3, 48);
  }
  for (; at < wholes; at += 16) {
    let sum = accumulate ? v128.load(y + at) : f32x4.splat(0);
    for (let p = x + at; p < end; p += step) sum = f32x4.add(sum, v128.load(p));
    v128.store(y + at, sum);
  }
  if (tail !== 0) {
    let sum = accumulate ? loadTail(y + at, tail) : f32x4.splat(0);
    for (let p = x + at; p < end; p += step) sum = f32x4.add(sum, loadTail(p, tail));
    storeTail(y + at, tail, sum);
  }
}

export function columnSumChunks(args: usize, tile: u32, scratch: usize): void {
  const columns = load<u32>(args, 12);
  const step = <usize>load<u32>(args, 16) << 2;
  const first = tile * ROWS;
  const rows = min(ROWS, load<u32>(args, 8) - first);
  const x = <usize>load<u32>(args) + <usize>first * step;
  const sums = <usize>load<u32>(args, 24) + <usize>tile * (<usize>columns << 2);
  sumRows(x, rows, columns, step, sums, false);
}

export function columnSum(args: usize, tile: u32, scratch: usize): void {
  const columns = load<u32>(args, 12);
  const chunks = (load<u32>(args, 8) + ROWS - 1) / ROWS;
  const first = tile * COLUMNS;
  const offset = <usize>first << 2;
  const width = min(COLUMNS, columns - first);
  const chunkSums = <usize>load<u32>(args, 24) + offset;
  const y = <usize>load<u32>(args, 4) + offset;
  sumRows(chunkSums, chunks, width, <usize>columns << 2, y, load<u32>(args, 20) !== 0);
}
