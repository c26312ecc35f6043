// CRC-32 as zip, gzip and PNG use it (polynomial 0xEDB88320, reflected), eight bytes a turn.

const tables = makeTables();

function makeTables(): Uint32Array[] {
  const slices = Array.from({ length: 8 }, () => new Uint32Array(256));
  const first = slices[0]!;
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    first[byte] = remainder;
  }
  for (let slice = 1; slice < 8; slice++) {
    const before = slices[slice - 1]!;
    for (let byte = 0; byte < 256; byte++) {
      slices[slice]![byte] = (before[byte]! >>> 8) ^ first[before[byte]! & 0xff]!;
    }
  }
  return slices;
}

/** CRC-32 of bytes; `previous` continues from the CRC of the bytes before them. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = ~previous;
  let at = 0;
  for (const whole = bytes.length - 7; at < whole; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      t7![crc & 0xff]! ^
      t6![(crc >>> 8) & 0xff]! ^
      t5![(crc >>> 16) & 0xff]! ^
      t4![crc >>> 24]! ^
      t3![bytes[at + 4]!]! ^
      t2![bytes[at + 5]!]! ^
      t1![bytes[at + 6]!]! ^
      t0![bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0![(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
