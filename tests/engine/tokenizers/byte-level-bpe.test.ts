// Byte-level BPE against Python's `tokenizers` (golden ids), @huggingface/tokenizers on the saved file,
// and the law that decoding undoes encoding for any bytes.
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainByteLevelBpe } from '../../../engine/tokenizers/bpe-trainer.ts';
import type { ByteLevelBpeTokenizer } from '../../../engine/tokenizers/byte-level-bpe.ts';
import { goldens } from './goldens.ts';
import { asyncOf, hardText } from './hard-texts.ts';

describe.each(['gpt2', 'gpt4'] as const)('byte-level BPE with the %s pattern', (splitPattern) => {
  let tokenizer: ByteLevelBpeTokenizer;
  let withMoreTokens: ByteLevelBpeTokenizer;
  beforeAll(async () => {
    tokenizer = await trainByteLevelBpe(asyncOf([goldens.text]), { vocabSize: 600, splitPattern });
    withMoreTokens = await trainByteLevelBpe(asyncOf([goldens.text]), {
      vocabSize: 600,
      splitPattern,
      specialTokens: ['<|endoftext|>', '<|pad|>', '<|pad|><|pad|>', ' weaver', '🧶🧶'],
    });
  });

  it('encodes as Python does', () => {
    goldens.strings.forEach((text, index) => {
      expect([...tokenizer.encode(text).ids]).toEqual(goldens[splitPattern].ids[index]);
    });
  });

  it('encodes and decodes as @huggingface/tokenizers does from the saved file', () => {
    for (const ours of [tokenizer, withMoreTokens]) {
      const json = JSON.parse(JSON.stringify(ours.toTokenizerJson())) as object;
      const theirs = new HuggingFaceTokenizer(json, ours.toTokenizerConfig());
      fc.assert(
        fc.property(hardText, (text) => {
          const ids = [...ours.encode(text).ids];
          expect(ids).toEqual(theirs.encode(text).ids);
          expect(ours.decode(ids)).toBe(ids.length > 0 ? theirs.decode(ids) : '');
        }),
        { numRuns: 1000 },
      );
    }
  });

  it('gives any bytes back, also token by token', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), hardText.map(encodeUtf8)), (bytes) => {
        const ids = withMoreTokens.encodeBytes(bytes);
        expect(withMoreTokens.decodeBytes(ids)).toEqual(bytes);
        const decoder = withMoreTokens.decoder();
        const streamed = [...ids].map((id) => decoder.push(id)).join('') + decoder.flush();
        expect(streamed).toBe(withMoreTokens.decode(ids));
      }),
      { numRuns: 1000 },
    );
  });

  it('says which bytes each token covers', () => {
    fc.assert(
      fc.property(hardText, (text) => {
        const bytes = encodeUtf8(text);
        const { ids, offsets } = withMoreTokens.encode(text);
        const spans = offsets();
        expect(spans.length).toBe(ids.length * 2);
        ids.forEach((id, i) => {
          expect(spans[2 * i]).toBe(i === 0 ? 0 : spans[2 * i - 1]);
          expect(withMoreTokens.decodeBytes([id])).toEqual(bytes.slice(spans[2 * i], spans[2 * i + 1]));
        });
        expect(spans.at(-1) ?? 0).toBe(bytes.length);
      }),
    );
  });

  it('encodes long words, which are not cached, and half surrogates as U+FFFD', () => {
    const word = 'abcabcab'.repeat(500);
    expect(tokenizer.decode(tokenizer.encode(word).ids)).toBe(word);
    expect(tokenizer.encode('a\ud83eb').ids).toEqual(tokenizer.encode('a\ufffdb').ids);
  });
});

describe('a byte-level BPE tokenizer', () => {
  let tokenizer: ByteLevelBpeTokenizer;
  beforeAll(async () => {
    tokenizer = await trainByteLevelBpe(asyncOf([goldens.text]), {
      vocabSize: 400,
      specialTokens: ['<|endoftext|>', '<|pad|>'],
    });
  });

  it('encodes more distinct words than its cache holds', () => {
    const letters = (i: number) =>
      i.toString(26).replace(/./g, (digit) => 'abcdefghijklmnopqrstuvwxyz'[parseInt(digit, 26)]!);
    const words = Array.from({ length: 140_000 }, (_, i) => ` ${letters(i)}`);
    const ids = words.map((word) => tokenizer.encode(word).ids);
    const wrong = words.filter((word, i) => tokenizer.decode(ids[i]!) !== word);
    expect(wrong).toEqual([]);
    expect(words.slice(0, 5).map((word) => tokenizer.encode(word).ids)).toEqual(ids.slice(0, 5));
  });

  it('never streams half a character', () => {
    const decoder = tokenizer.decoder();
    const pushed = [...tokenizer.encode('🦔').ids].map((id) => decoder.push(id));
    expect(pushed.length).toBeGreaterThan(1);
    expect(pushed.slice(0, -1).every((part) => part === '')).toBe(true);
    expect(pushed.at(-1)).toBe('🦔');
    decoder.push(tokenizer.encodeBytes(Uint8Array.of(0xf0))[0]!);
    expect(decoder.flush()).toBe('\ufffd');
    expect(decoder.push(tokenizer.encode('a').ids[0]!)).toBe('a');
  });

  it('shows single tokens to people', () => {
    const shown = (text: string) => [...tokenizer.encode(text).ids].map((id) => tokenizer.tokenToString(id));
    expect(shown(' the\n\t<|pad|>')).toEqual(['␣the', '\\n', '\\t', '<|pad|>']);
    expect(tokenizer.tokenToString(tokenizer.encodeBytes(Uint8Array.of(0xe2))[0]!)).toBe('<0xE2>');
  });

  it('knows its special tokens and no unknown text', () => {
    expect([tokenizer.endOfTextTokenId, tokenizer.padTokenId, tokenizer.unknownTokenId]).toEqual([
      0,
      1,
      null,
    ]);
    expect(tokenizer.firstUnknown()).toBeNull();
    expect(tokenizer.toTokenizerConfig()).toEqual({
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      bos_token: '<|endoftext|>',
      eos_token: '<|endoftext|>',
      pad_token: '<|pad|>',
    });
  });

  it.each([-1, 400, 1.5, Number.NaN])('refuses to decode the id %d', (id) => {
    const error = { code: 'token-id-out-of-range' };
    expect(() => tokenizer.decode([id])).toThrow(expect.objectContaining(error));
    expect(() => tokenizer.decoder().push(id)).toThrow(expect.objectContaining(error));
    expect(() => tokenizer.tokenToString(id)).toThrow(expect.objectContaining(error));
  });
});

function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
