// Turns both halves of each head by its row's position, 16 rows a tile (AssemblyScript).

const ROWS: u32 = 16;

/** args: x, positions, table, rows, rowStride, offset, numHeads, headDim, tablePositions, direction. */
export function rotary(args: usize, tile: u32, scratch: usize): void {
  const rows = load<u32>(args, 12);
  const rowBytes = <usize>load<u32>(args, 16) << 2;
  const offsetBytes = <usize>load<u32>(args, 20) << 2;
  const numHeads = load<u32>(args, 24);
  const half = load<u32>(args, 28) >> 1;
  const halfBytes = <usize>half << 2;
  const wholeBytes = <usize>(half & ~3) << 2;
  const lastPosition = load<u32>(args, 32) - 1;
  const direction = load<f32>(args, 36);
  const directions = f32x4.splat(direction);
  const end = min((tile + 1) * ROWS, rows);
  for (let row = tile * ROWS; row < end; row++) {
    const position = min(load<u32>(<usize>load<u32>(args, 4) + (<usize>row << 2)), lastPosition);
    const cosines = <usize>load<u32>(args, 8) + (<usize>position * halfBytes << 1);
    const sines = cosines + halfBytes;
    let first = <usize>load<u32>(args) + <usize>row * rowBytes + offsetBytes;
    for (let head: u32 = 0; head < numHeads; head++, first += halfBytes << 1) {
      const second = first + halfBytes;
      for (let at: usize = 0; at < wholeBytes; at += 16) {
        const cosine = v128.load(cosines + at);
        const sine = f32x4.mul(v128.load(sines + at), directions);
        const a = v128.load(first + at);
        const b = v128.load(second + at);
        v128.store(first + at, f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine)));
        v128.store(second + at, f32x4.add(f32x4.mul(b, cosine), f32x4.mul(a, sine)));
      }
      for (let at = wholeBytes; at < halfBytes; at += 4) {
        const cosine = load<f32>(cosines + at);
        const sine = load<f32>(sines + at) * direction;
        const a = load<f32>(first + at);
        const b = load<f32>(second + at);
        store<f32>(first + at, a * cosine - b * sine);
        store<f32>(second + at, b * cosine + a * sine);
      }
    }
  }
}
