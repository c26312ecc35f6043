// Sets every element to one value, 65,536 elements a tile (AssemblyScript).
// args: y, count, value.

const TILE: u32 = 65536;

export function fill(args: usize, tile: u32, scratch: usize): void {
  const first = tile * TILE;
  const size = min(TILE, load<u32>(args, 4) - first);
  let y = <usize>load<u32>(args) + (<usize>first << 2);
  if (load<u32>(args, 8) === 0) {
    memory.fill(y, 0, <usize>size << 2);
    return;
  }
  const value = load<f32>(args, 8);
  const end = y + (<usize>size << 2);
  for (; y + 16 <= end; y += 16) v128.store(y, f32x4.splat(value));
  for (; y < end; y += 4) store<f32>(y, value);
}
