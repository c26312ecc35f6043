// Broken and hostile GGUF files: the cases that llama.cpp tests its own reader with (tests/test-gguf.cpp), and more.
// Each fault has its code, and nothing but the header is read; a file cut off anywhere is refused.
import { describe, expect, it } from 'vitest';
import { openGguf } from '../../../engine/formats/gguf-file.ts';
import { golden, sourceOf } from './in-memory.ts';

class File {
  private readonly parts: number[] = [];

  u8(...values: number[]): this {
    this.parts.push(...values);
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) this.u8(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
    return this;
  }

  u64(...values: (number | bigint)[]): this {
    for (const value of values) {
      const bits = BigInt.asUintN(64, BigInt(value));
      this.u32(Number(bits & 0xffffffffn), Number(bits >> 32n));
    }
    return this;
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.u64(bytes.length).u8(...bytes);
  }

  /** name, dimensions, type, offset */
  tensor(name: string, extents: (number | bigint)[], type: number, offset: number | bigint): this {
    return this.text(name)
      .u32(extents.length)
      .u64(...extents)
      .u32(type)
      .u64(offset);
  }

  align(to = 32): this {
    while (this.parts.length % to !== 0) this.u8(0);
    return this;
  }

  data(count: number): Uint8Array {
    return Uint8Array.from([...this.parts, ...new Uint8Array(count)]);
  }
}

const magic = 0x46554747;
/** A header up to its counts. */
function start(tensors: number | bigint, keys: number | bigint, version = 3): File {
  return new File().u32(magic, version).u64(tensors, keys);
}
const [U8, U32, F32, BOOL, STRING, ARRAY, U64] = [0, 4, 6, 7, 8, 9, 10];
const aligned = (alignment: number): File => start(1, 1).text('general.alignment').u32(U32, alignment);
const q8 = 8;

const cases: [what: string, code: string, bytes: Uint8Array][] = [
  ['an empty file', 'gguf-magic', new Uint8Array(0)],
  ['three bytes', 'gguf-magic', Uint8Array.of(0x47, 0x47, 0x55)],
  [
    'another magic',
    'gguf-magic',
    new File()
      .u32(magic ^ 1, 3)
      .u64(0, 0)
      .data(8),
  ],
  ['the magic alone', 'gguf-truncated', new File().u32(magic).data(0)],
  ['version 0', 'gguf-version', start(0, 0, 0).data(0)],
  ['version 1', 'gguf-version', start(0, 0, 1).data(0)],
  ['a version to come', 'gguf-version', start(0, 0, 4).data(0)],
  ['big-endian bytes', 'gguf-version', new File().u32(magic).u8(0, 0, 0, 3).u64(0, 0).data(0)],
  ['-1 tensors', 'gguf-count', start(-1n, 0).data(64)],
  ['-1 keys', 'gguf-count', start(0, -1n).data(64)],
  ['2^63 keys', 'gguf-count', start(0, 2n ** 63n).data(64)],
  ['more tensors than the file has bytes for', 'gguf-count', start(4, 0).data(64)],
  ['more keys than are read', 'gguf-count', start(0, 70_000).data(14 * 70_000)],
  ['a key of 2^64-1 bytes', 'gguf-count', start(0, 1).u64(-1n).data(64)],
  ['a key of 65,536 bytes', 'gguf-text-length', start(0, 1).u64(65_536).data(70_000)],
  ['a key without a name', 'gguf-key', start(0, 1).text('').u32(U8).data(9)],
  ['a key that is not UTF-8', 'gguf-text-utf8', start(0, 1).u64(2).u8(0xc3, 0x28).u32(U8).data(1)],
  ['a kind of value to come', 'gguf-value-kind', start(0, 1).text('a').u32(13).data(8)],
  ['a kind of value of -1', 'gguf-value-kind', start(0, 1).text('a').u32(-1).data(8)],
  ['a truth value of 2', 'gguf-value-kind', start(0, 1).text('a').u32(BOOL).u8(2).data(0)],
  ['a key twice', 'gguf-key', start(0, 2).text('a').u32(U8).u8(1).text('a').u32(U8).u8(1).data(0)],
  [
    'a number beyond 2^53',
    'gguf-number',
    start(0, 1)
      .text('a')
      .u32(U64)
      .u64(2n ** 53n)
      .data(0),
  ],
  ['a text longer than the file', 'gguf-count', start(0, 1).text('a').u32(STRING).u64(1000).data(64)],
  ['an array of arrays', 'gguf-value-kind', start(0, 1).text('a').u32(ARRAY, ARRAY).u64(1).data(64)],
  [
    'an array of 2^63 bytes in 43',
    'gguf-count',
    start(0, 1)
      .text('abcdef')
      .u32(ARRAY, U8)
      .u64(2n ** 63n)
      .data(0),
  ],
  [
    'an array of more texts than bytes',
    'gguf-count',
    start(0, 1).text('a').u32(ARRAY, STRING).u64(9).data(64),
  ],
  ['an alignment of 0', 'gguf-alignment', aligned(0).tensor('a', [1], 0, 0).data(64)],
  ['an alignment of 13', 'gguf-alignment', aligned(13).tensor('a', [1], 0, 0).data(64)],
  [
    'an alignment of 2^31',
    'gguf-alignment',
    aligned(2 ** 31)
      .tensor('a', [1], 0, 0)
      .data(64),
  ],
  [
    'an alignment that is a fraction',
    'gguf-alignment',
    start(1, 1).text('general.alignment').u32(F32, 0x42000000).tensor('a', [1], 0, 0).data(64),
  ],
  ['a name of 64 bytes', 'gguf-text-length', start(1, 0).tensor('n'.repeat(64), [1], 0, 0).align().data(4)],
  ['a tensor without a name', 'gguf-tensor-name', start(1, 0).tensor('', [1], 0, 0).align().data(4)],
  [
    'a name twice',
    'gguf-tensor-name',
    start(2, 0).tensor('a', [1], 0, 0).tensor('a', [1], 0, 32).align().data(36),
  ],
  ['five dimensions', 'gguf-shape', start(1, 0).tensor('a', [1, 1, 1, 1, 1], 0, 0).align().data(4)],
  ['2^32-1 dimensions', 'gguf-shape', start(1, 0).text('a').u32(-1).data(64)],
  ['an extent of -1', 'gguf-shape', start(1, 0).tensor('a', [-1n], 0, 0).align().data(4)],
  [
    'extents whose product wraps to 4',
    'gguf-shape',
    start(1, 0)
      .tensor('a', [2n ** 32n, 2n ** 32n, 4], 0, 0)
      .align()
      .data(16),
  ],
  [
    'an extent of 2^62',
    'gguf-shape',
    start(1, 0)
      .tensor('a', [2n ** 62n], 0, 0)
      .align()
      .data(4),
  ],
  [
    'an empty extent beside 2^63',
    'gguf-shape',
    start(1, 0)
      .tensor('a', [0, 2n ** 63n], 0, 0)
      .align()
      .data(4),
  ],
  ['rows that are no whole blocks', 'gguf-shape', start(1, 0).tensor('a', [31], q8, 0).align().data(34)],
  ['a removed type', 'gguf-type-unknown', start(1, 0).tensor('a', [32], 4, 0).align().data(34)],
  ['a type to come', 'gguf-type-unknown', start(1, 0).tensor('a', [32], 99, 0).align().data(34)],
  ['a place that is not aligned', 'gguf-offset', start(1, 0).tensor('a', [1], 0, 1).align().data(40)],
  ['a place outside the file', 'gguf-offset', start(1, 0).tensor('a', [1], 0, -1n).align().data(4)],
  [
    'two tensors in one place',
    'gguf-offset',
    start(2, 0).tensor('a', [1], 0, 0).tensor('b', [1], 0, 0).align().data(36),
  ],
  [
    'a hole between tensors',
    'gguf-offset',
    start(2, 0).tensor('a', [1], 0, 0).tensor('b', [1], 0, 64).align().data(68),
  ],
  [
    'places by another alignment',
    'gguf-offset',
    start(2, 1)
      .text('general.alignment')
      .u32(U32, 64)
      .tensor('a', [1], 0, 0)
      .tensor('b', [1], 0, 32)
      .align(64)
      .data(68),
  ],
  ['too few bytes for a tensor', 'gguf-truncated', start(1, 0).tensor('a', [9], 0, 0).align().data(35)],
  ['a header without its padding', 'gguf-truncated', start(1, 0).tensor('a', [1], 0, 0).data(0)],
  [
    'bytes behind the last tensor',
    'gguf-trailing-bytes',
    start(1, 0).tensor('a', [1], 0, 0).align().data(64),
  ],
  ['nothing but trailing bytes', 'gguf-trailing-bytes', start(0, 0).align().data(64)],
];

describe('a malformed GGUF file', () => {
  it.each(cases)('with %s is refused', async (_, code, bytes) => {
    const source = sourceOf(bytes, 'broken.gguf');
    await expect(openGguf(source)).rejects.toMatchObject({ name: 'EngineError', code });
    expect(source.bytesRead).toBeLessThanOrEqual(bytes.length);
  });

  it('that claims to be larger than it is has none of it read', async () => {
    // The whole header of 2^40 bytes would have to be there first.
    const bytes = start(0, 1)
      .text('a')
      .u32(ARRAY, U8)
      .u64(2 ** 40)
      .data(64);
    const source = { ...sourceOf(bytes, 'sparse.gguf'), sizeBytes: 2 ** 41 };
    source.read = (offset, length) => {
      expect(length).toBeLessThanOrEqual(512 * 1024 * 1024);
      return length > 1 << 20
        ? Promise.reject(new Error('read on'))
        : Promise.resolve(new Uint8Array(length).fill(0).map((_, i) => bytes[offset + i] ?? 0));
    };
    await expect(openGguf(source)).rejects.toThrow('read on');
  });

  it('that is cut off at any byte is refused', async () => {
    const whole = await golden('gguf-gpt2.gguf');
    const { tensors } = await openGguf(sourceOf(whole, 'whole.gguf'));
    // The last tensor is filled up to the alignment, which nobody misses.
    const end = Math.max(
      ...[...tensors.values()].map(({ offsetBytes, sizeBytes }) => offsetBytes + sizeBytes),
    );
    const step = 97;
    for (let length = 0; length < end; length += length < 200 ? 1 : step) {
      const cut = sourceOf(whole.subarray(0, length), 'cut.gguf');
      await expect(openGguf(cut), String(length)).rejects.toMatchObject({
        code: expect.stringMatching(/^gguf-/),
      });
    }
    await expect(openGguf(sourceOf(whole.subarray(0, end), 'whole.gguf'))).resolves.toBeDefined();
  });
});

describe('an unusual GGUF file', () => {
  it.each([
    ['without anything', start(0, 0).data(0)],
    ['without anything, filled up', start(0, 0).align().data(0)],
    ['of version 2', start(1, 0, 2).tensor('a', [1], 0, 0).align().data(4)],
    ['aligned by 64', aligned(64).tensor('a', [1], 0, 0).align(64).data(4)],
    ['with a scalar', start(1, 0).tensor('a', [], 0, 0).align().data(4)],
    ['with an empty tensor', start(2, 0).tensor('a', [0], 0, 0).tensor('b', [1], 0, 0).align().data(4)],
  ])('%s is read', async (_, bytes) => {
    await expect(openGguf(sourceOf(bytes, 'odd.gguf'))).resolves.toBeDefined();
  });
});
