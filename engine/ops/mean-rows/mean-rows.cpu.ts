// y[b] = mean over t in [start, end) of x[b, t], one sequence a tile (AssemblyScript).
// args: x, validRange, y, batch, length, columns.

import { loadTail, storeTail } from '../../device/cpu/kernels/tail';

export function meanRows(args: usize, tile: u32, scratch: usize): void {
  const range = <usize>load<u32>(args, 4) + (<usize>tile << 3);
  const length = load<u32>(args, 16);
  const columns = load<u32>(args, 20);
  const start = load<u32>(range);
  const end = min(load<u32>(range, 4), length);
  const step = <usize>columns << 2;
  const first = <usize>load<u32>(args) + (<usize>tile * length + start) * step;
  const y = <usize>load<u32>(args, 8) + <usize>tile * step;
  const count: u32 = end > start ? end - start : 0;
  const last = first + <usize>count * step;
  const share = f32x4.splat(count === 0 ? 0 : <f32>1 / <f32>count);
  const tail = columns & 3;
  const wholes = step - (<usize>tail << 2);
  for (let at: usize = 0; at < wholes; at += 16) {
    let sum = f32x4.splat(0);
    for (let p = first + at; p < last; p += step) sum = f32x4.add(sum, v128.load(p));
    v128.store(y + at, f32x4.mul(sum, share));
  }
  if (tail !== 0) {
    let sum = f32x4.splat(0);
    for (let p = first + wholes; p < last; p += step) sum = f32x4.add(sum, loadTail(p, tail));
    storeTail(y + wholes, tail, f32x4.mul(sum, share));
  }
}
