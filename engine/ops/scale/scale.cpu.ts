// y = factor * x, or added to what y holds, over 16,384 elements a tile (AssemblyScript).
// args: x, y, count, factor, accumulate.

const TILE: u32 = 16384;

export function scale(args: usize, tile: u32, scratch: usize): void {
  const count = load<u32>(args, 8);
  const factor = load<f32>(args, 12);
  const accumulate = load<u32>(args, 16) !== 0;
  const first = tile * TILE;
  let from = <usize>load<u32>(args) + (<usize>first << 2);
  let to = <usize>load<u32>(args, 4) + (<usize>first << 2);
  const end = from + (<usize>min(TILE, count - first) << 2);
  const factors = f32x4.splat(factor);
  for (; from + 16 <= end; from += 16, to += 16) {
    const scaled = f32x4.mul(v128.load(from), factors);
    v128.store(to, accumulate ? f32x4.add(v128.load(to), scaled) : scaled);
  }
  for (; from < end; from += 4, to += 4) {
    const scaled = factor * load<f32>(from);
    store<f32>(to, accumulate ? load<f32>(to) + scaled : scaled);
  }
}
