// Attention on both devices against float64: every form and option, alone and together, on lengths and head
// sizes that fit no tile; forward, weights and every gradient.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { attention } from '../../../engine/ops/attention/attention.ts';
import { onEachDevice } from '../on-each-device.ts';
import { runTape, seedGradient, tapToOutput, testValues, trainableLeaf } from '../run-tape.ts';
import { expectPointwise } from '../tolerances.ts';
import { checkAttention, type AttentionCase } from './attention-case.ts';
import { referenceAttention } from './attention-reference.ts';

interface Golden {
  readonly queryLength: number;
  readonly keyLength: number;
  readonly output: number[];
  readonly dQuery: number[];
  readonly dKey: number[];
  readonly dValue: number[];
}

// tests/golden/ops/make_attention_goldens.py: torch 2.15.0, scaled_dot_product_attention
const { attention: goldens } = JSON.parse(
  readFileSync(new URL('../../golden/ops/attention.json', import.meta.url), 'utf8'),
) as { attention: Record<string, Golden> };

/** Value i of tensor k of the goldens. */
function goldenValues(count: number, k: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(0.7 * i + k));
}

/** Rows of four keys and then four values. */
function interleave(keys: ArrayLike<number>, values: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: 2 * keys.length }, (_, at) => {
    const source = at % 8 < 4 ? keys : values;
    return source[Math.floor(at / 8) * 4 + (at % 4)]!;
  });
}

/** Segment ids of packed sequences that begin at these positions, one list a batch row. */
function packing(length: number, ...starts: number[][]): number[] {
  return starts.flatMap((row) => Array.from({ length }, (_, i) => row.filter((start) => start <= i).length));
}

/**
 * For each option by itself: one invocation takes a whole row, whose shaders compile in a third of the time. Several
 * share a row in the cases of other sizes and in those of options together.
 */
const small = { headDim: 8 };

onEachDevice((makeDevice) => {
  describe('attention', () => {
    it.each<[string, AttentionCase]>([
      ['one token', { length: 1 }],
      ['two tokens', { length: 2 }],
      ['17 tokens', { headDim: 24 }],
      ['65 tokens, head size 32', { length: 65, headDim: 32, numHeads: 2 }],
      ['64 tokens, head size 32, one head', { length: 64, headDim: 32, numHeads: 1, batch: 3 }],
      ['head size 80, both directions', { length: 65, headDim: 80, numHeads: 1, isCausal: false, batch: 1 }],
      ['head size 6, not a multiple of four', { headDim: 6, length: 19 }],
      ['several blocks of keys', { length: 213, numHeads: 1, batch: 1 }],
      ['several blocks of keys, both directions', { length: 205, numHeads: 1, isCausal: false }],
      ['grouped queries', { numHeads: 6, numKeyValueHeads: 2, length: 33 }],
      ['one key-value head', { numHeads: 3, numKeyValueHeads: 1, isCausal: false }],
      ['a scale of its own', { scale: 1.3 }],
    ])('of %s', async (_, wanted) => {
      await expect(checkAttention(makeDevice, wanted)).resolves.toBeUndefined();
    });

    it.each<[string, AttentionCase]>([
      ['more keys than queries', { keyLength: 33, isCausal: false }],
      ['fewer keys than queries', { length: 33, keyLength: 9, isCausal: false }],
      ['causal, aligned at the end', { keyLength: 40 }],
      ['causal, with queries that see nothing', { length: 33, keyLength: 20 }],
      ['grouped queries', { keyLength: 40, numHeads: 4, numKeyValueHeads: 2, isCausal: false }],
      [
        'a padded source and dropout',
        { keyLength: 26, isCausal: false, validRange: [0, 26, 3, 9], dropout: 0.2 },
      ],
      ['one query', { length: 1, keyLength: 65, isCausal: false, validRange: [0, 65, 3, 40] }],
    ])('across tensors: %s', async (_, wanted) => {
      await expect(checkAttention(makeDevice, wanted)).resolves.toBeUndefined();
    });

    it.each<[string, AttentionCase]>([
      ['a sliding window', { length: 65, slidingWindow: 9 }],
      ['a window in both directions', { length: 65, slidingWindow: 30, isCausal: false }],
      ['a window across blocks of keys', { length: 250, slidingWindow: 70, numHeads: 1, batch: 1 }],
      ['a soft cap', { softCap: 1.5, ...small }],
      ['right padding', { validRange: [0, 17, 0, 5], ...small }],
      ['left padding', { validRange: [3, 17, 16, 17], ...small }],
      ['padding that hides whole rows', { validRange: [0, 0, 9, 4], isCausal: false, ...small }],
      ['packed sequences', { length: 33, segments: { query: packing(33, [0, 7, 20], [0, 32]) }, ...small }],
      [
        'packed sequences of keys',
        {
          keyLength: 9,
          isCausal: false,
          segments: { query: packing(17, [0, 5], [0, 9]), key: packing(9, [0, 4], [0, 1]) },
          ...small,
        },
      ],
      [
        'segments without a partner',
        {
          keyLength: 9,
          isCausal: false,
          segments: { query: packing(17, [0, 5], [0, 9]), key: packing(9, [0], [0]) },
          ...small,
        },
      ],
      ['a bias', { numBuckets: 12, isCausal: false, ...small }],
      ['a causal bias', { numBuckets: 5, length: 33, ...small }],
      ['a bias and grouped queries', { numBuckets: 5, numHeads: 4, numKeyValueHeads: 2, ...small }],
      ['dropout', { dropout: 0.3, length: 33, ...small }],
    ])('with %s', async (_, wanted) => {
      await expect(checkAttention(makeDevice, wanted)).resolves.toBeUndefined();
    });

    it.each<[string, AttentionCase]>([
      [
        'bias, padding and dropout',
        { numBuckets: 12, isCausal: false, validRange: [0, 12, 0, 17], dropout: 0.1 },
      ],
      [
        'window, soft cap and grouped queries',
        { length: 65, slidingWindow: 20, softCap: 3, numHeads: 4, numKeyValueHeads: 2 },
      ],
      [
        'segments, dropout and soft cap',
        { segments: { query: packing(17, [0, 7], [0, 3, 11]) }, dropout: 0.2, softCap: 2 },
      ],
      [
        'two kinds of segments and dropout',
        {
          keyLength: 9,
          isCausal: false,
          segments: { query: packing(17, [0, 5], [0, 9]), key: packing(9, [0, 4], [0, 1]) },
          dropout: 0.1,
        },
      ],
      [
        'segments, bias and window',
        { segments: { query: packing(17, [0, 7], [0, 3, 11]) }, numBuckets: 4, slidingWindow: 6 },
      ],
    ])('with %s together', async (_, wanted) => {
      await expect(checkAttention(makeDevice, wanted)).resolves.toBeUndefined();
    });

    it.each<[string, AttentionCase]>([
      ['causal', {}],
      ['one query', { length: 1, keyLength: 33, isCausal: false, validRange: [0, 33, 2, 20] }],
      ['padding and bias', { validRange: [0, 12, 0, 0], numBuckets: 4, isCausal: false }],
    ])('hands out its weights: %s', async (_, wanted) => {
      const inspected = checkAttention(makeDevice, { ...wanted, isTraining: false, withWeights: true });
      await expect(inspected).resolves.toBeUndefined();
    });

    it('hands out what segments hide, and a window of one', async () => {
      const segments = { query: packing(17, [0, 7], [0, 3, 11]) };
      for (const option of [{ segments }, { slidingWindow: 1 }]) {
        const inspected = checkAttention(makeDevice, { ...option, isTraining: false, withWeights: true });
        await expect(inspected).resolves.toBeUndefined();
      }
    });

    it.each(Object.entries(goldens))('equals PyTorch: %s', async (name, golden) => {
      const { queryLength, keyLength } = golden;
      const tape = new Tape({ training: true });
      const query = trainableLeaf(tape, 'query', [queryLength, 8]);
      const keyValue = trainableLeaf(tape, 'keyValue', [keyLength, 8]);
      const output = attention(
        tape,
        { tensor: query.tensor, offset: 0 },
        { tensor: keyValue.tensor, keyOffset: 0, valueOffset: 4 },
        {
          batch: 1,
          queryLength,
          keyLength,
          numHeads: 2,
          numKeyValueHeads: 1,
          headDim: 4,
          scale: name.endsWith('own scale') ? 0.3 : 0.5,
          isCausal: name === 'causal',
        },
      );
      tapToOutput(tape, output, 'output');
      seedGradient(tape, output, 'dOutput');
      tape.backward();
      const rows = interleave(goldenValues(keyLength * 4, 2), goldenValues(keyLength * 4, 3));
      const result = await runTape(
        await makeDevice(),
        tape,
        { dOutput: goldenValues(queryLength * 8, 4) },
        {
          values: [
            [query.tensor, goldenValues(queryLength * 8, 1)],
            [keyValue.tensor, rows],
          ],
          read: { dQuery: query.gradient, dKeyValue: keyValue.gradient },
        },
      );
      expectPointwise(result['output']!, golden.output);
      expectPointwise(result['dQuery']!, golden.dQuery);
      expectPointwise(result['dKeyValue']!, interleave(golden.dKey, golden.dValue));
    });

    it('reads a cache longer than what is valid without looking past it', async () => {
      const tape = new Tape({ training: false });
      const form = { batch: 2, queryLength: 1, keyLength: 21, numHeads: 4, numKeyValueHeads: 2, headDim: 24 };
      const query = tape.input('query', [2, 8 * 24], 'f32');
      const cache = tape.input('cache', [2 * 21, 4 * 24], 'f32');
      const options = { ...form, scale: 0.2, isCausal: false };
      const output = attention(
        tape,
        { tensor: query, offset: 0 },
        { tensor: cache, keyOffset: 0, valueOffset: 48 },
        { ...options, validRange: tape.input('validRange', [2, 2], 'u32') },
      );
      tapToOutput(tape, output, 'output');
      const validRange = Uint32Array.of(0, 5, 2, 3);
      const data = { query: testValues(2 * 192, 1), cache: testValues(2 * 21 * 96, 2) };
      for (let b = 0; b < 2; b++) {
        for (let j = 0; j < 21; j++) {
          const isValid = j >= validRange[2 * b]! && j < validRange[2 * b + 1]!;
          if (!isValid) data.cache.fill(NaN, (b * 21 + j) * 96, (b * 21 + j + 1) * 96);
        }
      }
      const result = await runTape(await makeDevice(), tape, { ...data, validRange });
      const expected = referenceAttention(
        { values: data.query, stride: 192, offset: 0 },
        { values: data.cache, stride: 96, offset: 0 },
        { values: data.cache, stride: 96, offset: 48 },
        new Float32Array(2 * 96),
        { ...options, validRange },
      );
      expectPointwise(result['output']!, expected.output);
    });

    it('adds to gradients that others have written', async () => {
      const tape = new Tape({ training: true });
      const { tensor, gradient } = trainableLeaf(tape, 'qkv', [9, 3 * 8]);
      const form = { batch: 1, queryLength: 9, keyLength: 9, numHeads: 1, numKeyValueHeads: 1, headDim: 8 };
      const options = { ...form, scale: 0.5, isCausal: true };
      const source = { tensor: null, keyOffset: 8, valueOffset: 16 };
      const first = attention(tape, { tensor, offset: 0 }, source, options);
      const second = attention(tape, { tensor, offset: 0 }, source, options);
      seedGradient(tape, first, 'dFirst');
      seedGradient(tape, second, 'dSecond');
      tape.backward();
      const qkv = testValues(9 * 24, 1);
      const [dFirst, dSecond] = [testValues(72, 2), testValues(72, 3)];
      const result = await runTape(
        await makeDevice(),
        tape,
        { dFirst, dSecond },
        { values: [[tensor, qkv]], read: { dqkv: gradient } },
      );
      const operand = { values: qkv, stride: 24 };
      const expected = referenceAttention(
        { ...operand, offset: 0 },
        { ...operand, offset: 8 },
        { ...operand, offset: 16 },
        dFirst.map((value, i) => value + dSecond[i]!),
        options,
      );
      expectPointwise(result['dqkv']!, expected.dQuery);
    });
  });
});

describe('attention', () => {
  const form = {
    batch: 1,
    queryLength: 4,
    keyLength: 4,
    numHeads: 4,
    numKeyValueHeads: 2,
    headDim: 8,
    scale: 1,
  };

  it('records one command forward and two backward', () => {
    const tape = new Tape({ training: true });
    const qkv = trainableLeaf(tape, 'qkv', [4, 64]).tensor;
    const output = attention(
      tape,
      { tensor: qkv, offset: 0 },
      { tensor: null, keyOffset: 32, valueOffset: 48 },
      { ...form, isCausal: true },
    );
    expect(tape.commands).toHaveLength(1);
    tape.gradientForWriting(output);
    tape.backward();
    expect(tape.commands).toHaveLength(3);
  });

  it('refuses by name what needs more buffers than a shader has, and records a command more just below', () => {
    const record = (training: boolean, isCross: boolean, withBias: boolean): number => {
      const tape = new Tape({ training });
      const query = trainableLeaf(tape, 'query', [4, isCross ? 32 : 64]).tensor;
      const keyValue = isCross ? trainableLeaf(tape, 'keyValue', [4, 32]).tensor : null;
      const output = attention(
        tape,
        { tensor: query, offset: 0 },
        { tensor: keyValue, keyOffset: isCross ? 0 : 32, valueOffset: isCross ? 16 : 48 },
        {
          ...form,
          isCausal: false,
          validRange: tape.input('validRange', [1, 2], 'u32'),
          bias: withBias
            ? {
                table: trainableLeaf(tape, 'table', [3, 4]).tensor,
                buckets: tape.input('buckets', [4, 4], 'u32'),
              }
            : null,
          dropout: { probability: 0.1, scalars: tape.input('scalars', [8], 'u32') },
        },
      );
      tape.gradientForWriting(output);
      tape.backward();
      return tape.commands.length;
    };
    expect(() => record(true, true, true)).toThrow(
      expect.objectContaining({
        code: 'attention-unsupported',
        message: expect.stringContaining('keys and values of their own, padding, a bias, dropout together'),
      }),
    );
    expect(record(false, true, true)).toBe(1);
    expect(record(true, true, false)).toBe(3);
    // One for the deltas, two for the bias.
    expect(record(true, false, true)).toBe(6);
  });

  it('refuses heads that do not fill the rows whose gradient it writes', () => {
    const tape = new Tape({ training: true });
    const qkv = trainableLeaf(tape, 'qkv', [4, 68]).tensor;
    const source = { tensor: null, keyOffset: 32, valueOffset: 48 };
    const output = attention(tape, { tensor: qkv, offset: 0 }, source, { ...form, isCausal: true });
    tape.gradientForWriting(output);
    expect(() => tape.backward()).toThrow(/68 features, of which attention uses 64/);
  });

  it('refuses key-value heads that queries cannot share evenly', () => {
    const tape = new Tape({ training: false });
    const query = { tensor: tape.transient('qkv', [4, 80]), offset: 0 };
    const source = { tensor: null, keyOffset: 32, valueOffset: 56 };
    const options = { ...form, numKeyValueHeads: 3, isCausal: true };
    expect(() => attention(tape, query, source, options)).toThrow(/share 3 key-value heads evenly/);
  });
});
