// Copies the first tokens of cache rows from one row to another, 32 tokens a tile (AssemblyScript).

const TOKENS: u32 = 32;

/**
 * args: x, parents, counts, y, rows, length, size, tilesPerRow; without parents each row is copied to itself.
 */
export function cacheReorder(args: usize, tile: u32, scratch: usize): void {
  const parents = <usize>load<u32>(args, 4);
  const length = load<u32>(args, 20);
  const sizeBytes = <usize>load<u32>(args, 24) << 2;
  const tilesPerRow = load<u32>(args, 28);
  const row = tile / tilesPerRow;
  const first = (tile % tilesPerRow) * TOKENS;
  const end = min(min(first + TOKENS, length), load<u32>(<usize>load<u32>(args, 8) + (<usize>row << 2)));
  if (first >= end) return;
  const parent = parents == 0 ? row : load<u32>(parents + (<usize>row << 2));
  const from = <usize>load<u32>(args) + <usize>(parent * length + first) * sizeBytes;
  const to = <usize>load<u32>(args, 12) + <usize>(row * length + first) * sizeBytes;
  memory.copy(to, from, <usize>(end - first) * sizeBytes);
}
