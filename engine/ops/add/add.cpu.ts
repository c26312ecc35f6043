// destination (+)= source over 16,384 elements a tile (AssemblyScript).
// args: source, destination, count, accumulate.

const TILE: u32 = 16384;

export function add(args: usize, tile: u32, scratch: usize): void {
  const count = load<u32>(args, 8);
  const accumulate = load<u32>(args, 12) !== 0;
  const first = tile * TILE;
  const size = min(TILE, count - first);
  let from = <usize>load<u32>(args) + (<usize>first << 2);
  let to = <usize>load<u32>(args, 4) + (<usize>first << 2);
  if (!accumulate) {
    memory.copy(to, from, <usize>size << 2);
    return;
  }
  const end = from + (<usize>size << 2);
  for (; from + 16 <= end; from += 16, to += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  }
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}
