// Copies keys and values of rows into the cache, 16 rows a tile (AssemblyScript).

const ROWS: u32 = 16;

/** args: x, positions, cache, rows, length, rowStride, keyOffset, size, maxLength. */
export function cacheWrite(args: usize, tile: u32, scratch: usize): void {
  const rows = load<u32>(args, 12);
  const length = load<u32>(args, 16);
  const rowBytes = <usize>load<u32>(args, 20) << 2;
  const offsetBytes = <usize>load<u32>(args, 24) << 2;
  const sizeBytes = <usize>load<u32>(args, 28) << 2;
  const maxLength = load<u32>(args, 32);
  const end = min((tile + 1) * ROWS, rows);
  for (let row = tile * ROWS; row < end; row++) {
    const position = load<u32>(<usize>load<u32>(args, 4) + (<usize>row << 2));
    if (position >= maxLength) continue;
    const entry = <usize>(row / length) * maxLength + position;
    const from = <usize>load<u32>(args) + <usize>row * rowBytes + offsetBytes;
    memory.copy(<usize>load<u32>(args, 8) + entry * sizeBytes, from, sizeBytes);
  }
}
