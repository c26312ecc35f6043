// Broken and hostile safetensors headers: each fault has its own code, nothing but the header is read, and
// seeded mutations of valid files end in a typed error or in a file whose layout is sound.
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../engine/errors.ts';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { sourceOf } from './in-memory.ts';

function fileOf(header: string | Uint8Array, dataBytes = 0, claimed?: bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function entry(begin: number | string, end: number | string, shape = '[1]', dtype = '"F32"'): string {
  return `{"dtype":${dtype},"shape":${shape},"data_offsets":[${begin},${end}]}`;
}

const cases: [what: string, code: string, bytes: Uint8Array][] = [
  ['an empty file', 'safetensors-too-short', new Uint8Array(0)],
  ['7 bytes', 'safetensors-too-short', new Uint8Array(7)],
  ['a header of 0 bytes', 'safetensors-header-empty', new Uint8Array(8)],
  ['a header of 2^63 bytes', 'safetensors-header-too-large', fileOf('{}', 0, 2n ** 63n)],
  ['a header of 2^64-1 bytes', 'safetensors-header-too-large', fileOf('{}', 0, 2n ** 64n - 1n)],
  ['a header of 100 MB and 1', 'safetensors-header-too-large', fileOf('{}', 0, 100_000_001n)],
  ['a header longer than the file', 'safetensors-header-truncated', fileOf('{}', 0, 3n)],
  ['a header that is a list', 'safetensors-header-start', fileOf('[]')],
  ['a header after a space', 'safetensors-header-start', fileOf(' {}')],
  ['a header after a byte-order mark', 'safetensors-header-start', fileOf('\ufeff{}')],
  ['invalid UTF-8', 'safetensors-header-utf8', fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))],
  [
    'half a surrogate in UTF-8',
    'safetensors-header-utf8',
    fileOf(Uint8Array.of(0x7b, 0xed, 0xa0, 0x80, 0x7d)),
  ],
  ['a header cut short', 'json-syntax', fileOf('{"a":')],
  ['a zero byte after the JSON', 'json-syntax', fileOf('{}\0')],
  ['a second JSON value', 'json-syntax', fileOf('{}{}')],
  ['a name given twice', 'json-duplicate-key', fileOf(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, 4)],
  [
    'a name given twice, once escaped',
    'json-duplicate-key',
    fileOf(`{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, 4),
  ],
  [
    'a nested key given twice',
    'json-duplicate-key',
    fileOf('{"a":{"dtype":"F32","dtype":"F16","shape":[],"data_offsets":[0,4]}}', 4),
  ],
  ['metadata given twice', 'json-duplicate-key', fileOf('{"__metadata__":{},"__metadata__":{}}')],
  ['100,000 nested lists', 'json-too-deep', fileOf(`{"a":${'['.repeat(100_000)}`)],
  ['100,000 nested objects', 'json-too-deep', fileOf('{"a":'.repeat(100_000))],
  ['two million values', 'json-too-many-values', fileOf(`{"a":[${'0,'.repeat(2_000_000)}0]}`)],
  ['a tensor that is a number', 'safetensors-entry-invalid', fileOf('{"a":1}')],
  ['a tensor that is a list', 'safetensors-entry-invalid', fileOf('{"a":[]}')],
  [
    'an unknown key',
    'safetensors-entry-invalid',
    fileOf('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":0}}', 4),
  ],
  ['a tensor named __proto__ without a body', 'safetensors-dtype-unknown', fileOf('{"__proto__":{}}')],
  ['no type', 'safetensors-dtype-unknown', fileOf('{"a":{"shape":[],"data_offsets":[0,4]}}', 4)],
  ['an unknown type', 'safetensors-dtype-unknown', fileOf(`{"a":${entry(0, 4, '[1]', '"F31"')}}`, 4)],
  [
    'a type that objects inherit',
    'safetensors-dtype-unknown',
    fileOf(`{"a":${entry(0, 4, '[1]', '"constructor"')}}`, 4),
  ],
  ['a lower-case type', 'safetensors-dtype-unknown', fileOf(`{"a":${entry(0, 4, '[1]', '"f32"')}}`, 4)],
  ['no shape', 'safetensors-shape-invalid', fileOf('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4)],
  ['a shape of text', 'safetensors-shape-invalid', fileOf(`{"a":${entry(0, 4, '["1"]')}}`, 4)],
  [
    'a shape entry of 2^53',
    'safetensors-shape-invalid',
    fileOf(`{"a":${entry(0, 4, '[9007199254740992]')}}`, 4),
  ],
  [
    'a shape entry of 2^64+1',
    'safetensors-shape-invalid',
    fileOf(`{"a":${entry(0, 4, '[18446744073709551617]')}}`, 4),
  ],
  ['a negative shape entry', 'json-number-not-natural', fileOf(`{"a":${entry(0, 4, '[-1]')}}`, 4)],
  ['a fraction', 'json-number-not-natural', fileOf(`{"a":${entry(0, 4, '[1.0]')}}`, 4)],
  ['an exponent', 'json-number-not-natural', fileOf(`{"a":${entry(0, 4, '[1e0]')}}`, 4)],
  ['a leading zero', 'json-number-not-natural', fileOf(`{"a":${entry(0, 4, '[01]')}}`, 4)],
  ['65 dimensions', 'safetensors-shape-rank', fileOf(`{"a":${entry(0, 4, `[${'1,'.repeat(64)}1]`)}}`, 4)],
  [
    'a product that wraps 64 bits to 4',
    'safetensors-size-mismatch',
    fileOf(`{"a":${entry(0, 4, '[4294967296,4294967296,1]')}}`, 4),
  ],
  [
    'a product that wraps 64 bits',
    'safetensors-size-mismatch',
    fileOf(`{"a":${entry(0, 4, '[4611686018427,4194304,1000001]')}}`, 4),
  ],
  ['offsets that miss the shape', 'safetensors-size-mismatch', fileOf(`{"a":${entry(0, 8)}}`, 8)],
  ['no offsets', 'safetensors-offsets-invalid', fileOf('{"a":{"dtype":"F32","shape":[1]}}', 4)],
  ['three offsets', 'safetensors-offsets-invalid', fileOf(`{"a":${entry('0,0', 4)}}`, 4)],
  ['an offset of 2^53', 'safetensors-offsets-invalid', fileOf(`{"a":${entry(0, '9007199254740992')}}`, 4)],
  ['offsets in reverse', 'safetensors-offsets-reversed', fileOf(`{"a":${entry(4, 0)}}`, 4)],
  ['two tensors at one place', 'safetensors-overlap', fileOf(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, 4)],
  [
    'two tensors that share 2 bytes',
    'safetensors-overlap',
    fileOf(`{"a":${entry(0, 4)},"b":${entry(2, 6)}}`, 6),
  ],
  [
    'an empty tensor within another',
    'safetensors-overlap',
    fileOf(`{"a":${entry(0, 4)},"b":${entry(2, 2, '[0]')}}`, 4),
  ],
  ['a hole before the first tensor', 'safetensors-hole', fileOf(`{"a":${entry(4, 8)}}`, 8)],
  ['a hole between tensors', 'safetensors-hole', fileOf(`{"a":${entry(0, 4)},"b":${entry(5, 9)}}`, 9)],
  ['an empty tensor far away', 'safetensors-hole', fileOf(`{"a":${entry(9, 9, '[0]')}}`)],
  ['data cut short', 'safetensors-truncated', fileOf(`{"a":${entry(0, 4)}}`, 3)],
  [
    'a tensor of 2^53-1 bytes in a small file',
    'safetensors-truncated',
    fileOf(`{"a":${entry(0, '9007199254740991', '[9007199254740991]', '"U8"')}}`),
  ],
  ['bytes after the last tensor', 'safetensors-trailing-bytes', fileOf(`{"a":${entry(0, 4)}}`, 5)],
  ['bytes in a file without tensors', 'safetensors-trailing-bytes', fileOf('{}', 1)],
  ['metadata that is a list', 'safetensors-metadata-invalid', fileOf('{"__metadata__":[]}')],
  ['metadata that is not text', 'safetensors-metadata-invalid', fileOf('{"__metadata__":{"a":1}}')],
];

describe('a malformed header', () => {
  it.each(cases)('with %s is refused as %s', async (_what, code, bytes) => {
    const source = sourceOf(bytes);
    const refusal = openSafetensors(source);
    await expect(refusal).rejects.toBeInstanceOf(EngineError);
    await expect(refusal).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
    expect(source.bytesRead).toBeLessThanOrEqual(bytes.byteLength);
  });

  it('of 100,000 tensors is read, of one more refused', async () => {
    const header = (count: number): string =>
      `{${Array.from({ length: count }, (_, i) => `"t${i}":${entry(4 * i, 4 * i + 4)}`).join()}}`;
    const reader = await openSafetensors(sourceOf(fileOf(header(100_000), 400_000)));
    expect(reader.tensors.size).toBe(100_000);
    await expect(openSafetensors(sourceOf(fileOf(header(100_001), 400_004)))).rejects.toMatchObject({
      code: 'safetensors-too-many-tensors',
    });
  });
});

describe('what is unusual but sound', () => {
  it.each([
    ['no tensors', '{}', 0],
    ['trailing spaces', '{}      ', 0],
    ['spaces and line ends within', '{ "a" :\n\t{"dtype":"U8","shape":[ 1 ],"data_offsets":[0,1]}\r\n}', 1],
    ['empty tensors that share an offset', `{"a":${entry(0, 0, '[0]')},"b":${entry(0, 0, '[3,0]')}}`, 0],
    [
      'an empty tensor whose other extents multiply beyond 2^64',
      `{"a":${entry(0, 0, '[4294967296,4294967296,0]')}}`,
      0,
    ],
    [
      'an empty tensor listed after the one that starts there',
      `{"a":${entry(0, 4)},"b":${entry(0, 0, '[0]')}}`,
      4,
    ],
    ['tensors listed out of order', `{"b":${entry(4, 8)},"a":${entry(0, 4)}}`, 8],
    ['the names __proto__ and constructor', `{"__proto__":${entry(0, 4)},"constructor":${entry(4, 8)}}`, 8],
  ])('%s is read', async (_what, header, dataBytes) => {
    const reader = await openSafetensors(sourceOf(fileOf(header, dataBytes)));
    for (const name of reader.tensors.keys()) await reader.readBytes(name);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('dtype');
  });
});

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pieces = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '0',
  '4',
  '8',
  '-1',
  '1e9',
  '9007199254740993',
  '\\u0000',
  'null',
];
const words = [
  '"F32"',
  '"shape"',
  '"__metadata__"',
  '"__proto__"',
  '"a"',
  entry(0, 4),
  '[0,4]',
  ' ',
  '\\',
  'é',
];

describe('seeded mutations of valid files', () => {
  it('end in a typed error, or in tensors that fill the data exactly', async () => {
    const random = randomOf(20_261_124);
    const codes = new Map<string, number>();
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    for (let round = 0; round < 6_000; round++) {
      const bytes = mutate(random);
      try {
        const { tensors } = await openSafetensors(sourceOf(bytes));
        const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        const filled = [...tensors.values()].reduce((sum, tensor) => sum + tensor.sizeBytes, 0);
        expect(8 + headerBytes + filled).toBe(bytes.byteLength);
        codes.set('sound', (codes.get('sound') ?? 0) + 1);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
      }
    }
    expect(Object.getOwnPropertyNames(Object.prototype).length).toBe(before);
    // The mutations reach deep: many kinds of refusal, and some files that stay sound.
    expect(codes.size).toBeGreaterThan(14);
    expect(codes.get('sound')).toBeGreaterThan(50);
  });
});

function mutate(random: (below: number) => number): Uint8Array {
  let header = `{"__metadata__":{"format":"pt"},"a":${entry(0, 8, '[2,1]')},"b":${entry(8, 12, '[2]', '"F16"')}}`;
  for (let edits = random(4); edits > 0; edits--) {
    const at = random(header.length);
    const words2 = random(2) === 0 ? pieces : words;
    const text = random(3) === 0 ? '' : words2[random(words2.length)]!;
    header = header.slice(0, at) + text + header.slice(at + random(3));
  }
  const bytes = fileOf(header, 12 + (random(8) === 0 ? random(9) - 4 : 0));
  if (random(4) === 0) bytes[random(bytes.length)]! ^= 1 << random(8);
  return random(10) === 0 ? bytes.slice(0, random(bytes.length)) : bytes;
}
