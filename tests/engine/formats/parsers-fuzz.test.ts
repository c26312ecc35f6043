// Seeded, structured fuzz of the parsers of GGUF files and PyTorch state dicts: files that are nearly right, pickles of
// likely opcodes, and golden files with bytes changed. Each ends in a typed error or in a layout that lies within the
// file. HEDDLE_FUZZ_RUNS=50000 tries that many of each kind.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../engine/errors.ts';
import { openGguf, type GgufFile } from '../../../engine/formats/gguf-file.ts';
import { openGgufModel } from '../../../engine/formats/gguf-model.ts';
import { ggmlBytes, ggmlTypes, valueKinds } from '../../../engine/formats/gguf-types.ts';
import type { TensorReader } from '../../../engine/formats/bytes.ts';
import { pickleOpcodes } from '../../../engine/formats/torch-opcodes.ts';
import { openTorchStateDict } from '../../../engine/formats/torch-state-dict.ts';
import { unpickle } from '../../../engine/formats/torch-unpickle.ts';
import { golden, sourceOf } from './in-memory.ts';

const numRuns = Number(process.env['HEDDLE_FUZZ_RUNS'] ?? 500);
const options = { numRuns, seed: 20_261_124 };
// A case takes well under a millisecond; this is for the large numbers.
const timeoutMs = 60_000 + 10 * numRuns;

/** What opening gives, or null where it was refused with a typed error; anything else fails. */
async function openOrRefuse<T>(open: () => Promise<T> | T): Promise<T | null> {
  try {
    return await open();
  } catch (error) {
    const isTyped = error instanceof EngineError && error.message.length < 2_000 && error.hint !== '';
    if (isTyped) return null;
    throw error;
  }
}

const littleEndian = (value: bigint, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
const u32 = (value: number): number[] => littleEndian(BigInt(value), 4);
const text = (value: string): number[] => {
  const bytes = new TextEncoder().encode(value);
  return [...littleEndian(BigInt(bytes.length), 8), ...bytes];
};

/** Mostly what is asked for, at times any number. */
const nearly = (value: fc.Arbitrary<bigint>): fc.Arbitrary<bigint> =>
  fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 64n - 1n) });
const natural = (max: number): fc.Arbitrary<bigint> => nearly(fc.bigInt(0n, BigInt(max)));
const name = fc.constantFrom('a', 'b', 'c', 'general.alignment', '', 'ß', 'token_embd.weight');

const scalar = fc
  .constantFrom(...valueKinds.keys())
  .chain((kind) => fc.uint8Array({ minLength: 0, maxLength: 12 }).map((bytes) => ({ kind, bytes })));
const aKey = fc
  .tuple(name, scalar, fc.boolean(), natural(3))
  .map(([key, { kind, bytes }, isWhole, count]) => {
    const size = valueKinds[kind]![1];
    const value = isWhole ? [...bytes, ...new Uint8Array(12)].slice(0, size) : [...bytes];
    const body =
      kind === 8 ? text('x') : kind === 9 ? [...u32(0), ...littleEndian(count, 8), 1, 2, 3] : value;
    return [...text(key), ...u32(kind), ...body];
  });
const aTensor = fc.record({
  name,
  extents: fc.array(natural(64), { maxLength: 5 }),
  type: fc.oneof(fc.constantFrom(0, 1, 8, 2, 12), fc.constantFrom(...ggmlTypes.keys(), 4, 99)),
  offset: nearly(fc.constantFrom(0n, 32n, 64n, 128n)),
});

const aGguf = fc
  .record({
    version: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(2, 3) }, fc.nat(5)),
    keys: fc.array(aKey, { maxLength: 4 }),
    tensors: fc.array(aTensor, { maxLength: 3 }),
    miscount: fc.oneof({ weight: 9, arbitrary: fc.constant(0n) }, fc.constantFrom(1n, -1n)),
    padding: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.boolean()),
    dataBytes: fc.nat(400),
  })
  .map(({ version, keys, tensors, miscount, padding, dataBytes }) => {
    const counts = [BigInt(tensors.length) + miscount, BigInt(keys.length)];
    const bytes = [
      0x47,
      0x47,
      0x55,
      0x46,
      ...u32(version),
      ...counts.flatMap((count) => littleEndian(count, 8)),
    ];
    bytes.push(...keys.flat());
    for (const tensor of tensors) {
      bytes.push(...text(tensor.name), ...u32(tensor.extents.length));
      bytes.push(...tensor.extents.flatMap((extent) => littleEndian(extent, 8)), ...u32(tensor.type));
      bytes.push(...littleEndian(tensor.offset, 8));
    }
    const padBytes = padding ? -bytes.length & 31 : 0;
    return Uint8Array.from([...bytes, ...new Uint8Array(padBytes), ...new Uint8Array(dataBytes).fill(1)]);
  });

/** A file with a few bytes changed, or cut off. */
const mutated = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      changes: fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      length: fc.oneof({ weight: 9, arbitrary: fc.constant(bytes.length) }, fc.nat(bytes.length)),
    })
    .map(({ changes, length }) => {
      const copy = Uint8Array.from(bytes);
      for (const [at, value] of changes) copy[at] = value;
      return copy.subarray(0, length);
    });

function requireSound({ tensors }: GgufFile, fileBytes: number): void {
  let end = 0;
  for (const { type, shape, offsetBytes, sizeBytes } of tensors.values()) {
    expect(offsetBytes).toBeGreaterThanOrEqual(end);
    expect(sizeBytes).toBe(
      ggmlBytes(
        type,
        shape.reduce((product, extent) => product * extent, 1),
      ),
    );
    end = offsetBytes + sizeBytes;
    expect(end).toBeLessThanOrEqual(fileBytes);
  }
}

/** Reads all of a small file's tensors. */
async function readAll({ tensors, readF32, readBytes }: TensorReader, fileBytes: number): Promise<void> {
  for (const [tensor, { sizeBytes }] of tensors) {
    expect(sizeBytes).toBeLessThanOrEqual(4 * fileBytes);
    await openOrRefuse(() => readF32(tensor));
    await openOrRefuse(() => readBytes(tensor));
  }
}

describe('GGUF', () => {
  it('files that are nearly right', { timeout: timeoutMs }, async () => {
    let opened = 0;
    await fc.assert(
      fc.asyncProperty(aGguf, async (bytes) => {
        const source = sourceOf(bytes, 'fuzz.gguf');
        const file = await openOrRefuse(() => openGguf(source));
        expect(source.bytesRead).toBeLessThanOrEqual(bytes.length);
        if (file === null) return;
        opened++;
        requireSound(file, bytes.length);
        for (const tensor of file.tensors.keys()) await openOrRefuse(() => file.readF32(tensor));
      }),
      options,
    );
    expect(opened).toBeGreaterThan(numRuns / 100);
  });

  it('models with bytes changed', { timeout: timeoutMs }, async () => {
    const whole = await golden('gguf-qwen3.gguf');
    // Where keys and the table of tensors lie; values are only values.
    const property = fc.asyncProperty(mutated(whole.subarray(0, 16_000)), async (head) => {
      const bytes = Uint8Array.from([...head, ...whole.subarray(head.length)]);
      await openOrRefuse(() => openGgufModel(sourceOf(bytes, 'fuzz.gguf')));
    });
    const tried = fc.assert(property, { ...options, numRuns: Math.ceil(numRuns / 5) });
    await expect(tried).resolves.toBeUndefined();
  });
});

/** An opcode with an argument that it can read, and at times any bytes. */
const names = [...pickleOpcodes.values()];
const anOpcode = fc.constantFrom(...pickleOpcodes.keys()).chain((opcode) => {
  const lines = [
    'torch\nFloatStorage\n',
    'collections\nOrderedDict\n',
    'torch._utils\n_rebuild_tensor_v2\n',
    'os\nsystem\n',
  ];
  const argument = fc.oneof(
    fc.constantFrom<number[]>([], [0], [1], [1, 0, 0, 0], [3, 0, 0, 0, 97, 98, 99], [0, 0, 0, 0, 0, 0, 0, 0]),
    fc.constantFrom(...lines, '7\n', "'a'\n").map((line) => [...new TextEncoder().encode(line)]),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => [...bytes]),
  );
  return argument.map((bytes) => [opcode, ...bytes]);
});
/** Pieces of real state dicts, whole. */
const aPiece = fc.constantFrom(
  '}',
  ')',
  ']',
  '(',
  't',
  'u',
  's',
  'N',
  'K\u0001',
  'ccollections\nOrderedDict\n)R',
  'ctorch\nFloatStorage\n',
  'ctorch._utils\n_rebuild_tensor_v2\n',
  "S'storage'\n",
  "S'0'\n",
  'Q',
  'R',
  'b',
  'I2\n',
  'q\u0000',
  'h\u0000',
  '\u0085',
  '\u0086',
);
const aPickle = fc.oneof(
  fc.array(anOpcode, { maxLength: 12 }).map((parts) => Uint8Array.from([...parts.flat(), 0x2e])),
  fc
    .array(aPiece, { maxLength: 40 })
    .map((parts) => Uint8Array.from([...`${parts.join('')}.`].map((c) => c.charCodeAt(0)))),
);

describe('state dicts', () => {
  it('pickles of likely opcodes', { timeout: timeoutMs }, async () => {
    expect(names).toContain('STACK_GLOBAL');
    let read = 0;
    await fc.assert(
      fc.asyncProperty(aPickle, async (bytes) => {
        const found = await openOrRefuse(() => unpickle(bytes));
        if (found === null) return;
        read++;
        expect(found.end).toBeLessThanOrEqual(bytes.length);
      }),
      { ...options, numRuns: 2 * numRuns },
    );
    expect(read).toBeGreaterThan(numRuns / 100);
  });

  it.each(['torch-zip-2.pth', 'torch-zip-5.pth', 'torch-stream-2.pth', 'torch-stream-5.pth'])(
    '%s with bytes changed',
    { timeout: timeoutMs },
    async (file) => {
      const whole = await golden(file);
      const property = fc.asyncProperty(mutated(whole), async (bytes) => {
        const reader = await openOrRefuse(() => openTorchStateDict(sourceOf(bytes, file)));
        if (reader !== null) await readAll(reader, bytes.length);
      });
      const tried = fc.assert(property, { ...options, numRuns: Math.ceil(numRuns / 2) });
      await expect(tried).resolves.toBeUndefined();
    },
  );
});
