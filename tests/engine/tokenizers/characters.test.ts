// Character tokenizers against nanoGPT's rule, Python's `tokenizers` (golden ids) and
// @huggingface/tokenizers on the saved file.
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainCharacters } from '../../../engine/tokenizers/characters-trainer.ts';
import { goldens } from './goldens.ts';
import { asyncOf, chunked, chunkSizes, hardText } from './hard-texts.ts';

const fromText = (text: string, options = {}) => trainCharacters(asyncOf([text]), options);

describe('a character tokenizer', () => {
  it('numbers the sorted code points and puts the unknown token last', async () => {
    const tokenizer = await fromText('hello\nworld 🧶 \uffee');
    // By code point, as Python sorts; by UTF-16 unit the emoji would come before U+FFEE.
    const expected = [...'\n dehlorw\uffee🧶'];
    expect(tokenizer.vocabSize).toBe(expected.length + 1);
    expect(expected.map((character) => tokenizer.encode(character).ids[0])).toEqual([...expected.keys()]);
    expect(tokenizer.unknownTokenId).toBe(expected.length);
    expect([...tokenizer.specialTokens]).toEqual([['<|unk|>', expected.length]]);
  });

  it('encodes as Python does', async () => {
    const tokenizer = await fromText(goldens.text);
    expect(tokenizer.vocabSize).toBe(goldens.characters.vocabSize);
    goldens.strings.forEach((text, index) => {
      expect([...tokenizer.encode(text).ids]).toEqual(goldens.characters.ids[index]);
    });
  });

  it('encodes and decodes as @huggingface/tokenizers does from the saved file', async () => {
    const tokenizer = await fromText(goldens.text, {
      specialTokens: ['<|endoftext|>', '<|pad|>', '<|pad|><|pad|>'],
    });
    const json = JSON.parse(JSON.stringify(tokenizer.toTokenizerJson())) as object;
    const theirs = new HuggingFaceTokenizer(json, tokenizer.toTokenizerConfig());
    fc.assert(
      fc.property(hardText, (text) => {
        const ids = [...tokenizer.encode(text).ids];
        expect(ids).toEqual(theirs.encode(text).ids);
        expect(tokenizer.decode(ids)).toBe(ids.length > 0 ? theirs.decode(ids) : '');
      }),
      { numRuns: 500 },
    );
  });

  it('gives its own text back, spaces and line breaks included, also one token at a time', async () => {
    const tokenizer = await fromText(goldens.text);
    const { ids } = tokenizer.encode(goldens.text);
    expect(tokenizer.decode(ids)).toBe(goldens.text);
    const decoder = tokenizer.decoder();
    expect([...ids].map((id) => decoder.push(id)).join('') + decoder.flush()).toBe(goldens.text);
  });

  it('says which bytes each token covers, unknown ones included', async () => {
    const tokenizer = await fromText('abé');
    const { ids, offsets } = tokenizer.encode('aé🧶<|unk|>b');
    expect([...ids]).toEqual([0, 2, 3, 3, 1]);
    expect([...offsets()]).toEqual([0, 1, 1, 3, 3, 7, 7, 14, 14, 15]);
  });

  it('names the first unknown character and where it is', async () => {
    const tokenizer = await fromText('ab🧶');
    expect(tokenizer.firstUnknown('abba🧶')).toBeNull();
    expect(tokenizer.firstUnknown('a🧶b🧵c')).toEqual({ character: '🧵', index: 4 });
    expect(tokenizer.firstUnknown('\ufeffa')).toEqual({ character: '\ufeff', index: 0 });
    expect(tokenizer.firstUnknown('a<|unk|>')).toBeNull();
  });

  it('refuses unknown characters when it has no token for them', async () => {
    const tokenizer = await fromText('ab', { unknownToken: null });
    expect([tokenizer.vocabSize, tokenizer.unknownTokenId]).toEqual([2, null]);
    expect(() => tokenizer.encode('abc')).toThrow(
      expect.objectContaining({
        code: 'unknown-character',
        message: expect.stringContaining('"c" (U+0063)'),
      }),
    );
  });

  it('shows single tokens to people', async () => {
    const tokenizer = await fromText('\n x\u0001');
    expect(Array.from({ length: 5 }, (_, id) => tokenizer.tokenToString(id))).toEqual([
      '\\u{1}',
      '\\n',
      '␣',
      'x',
      '<|unk|>',
    ]);
    expect(() => tokenizer.decode([5])).toThrow(expect.objectContaining({ code: 'token-id-out-of-range' }));
  });

  it('does not depend on how the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(hardText, chunkSizes, async (text, sizes) => {
        const whole = (await fromText(`x${text}`)).toTokenizerJson();
        const cut = await trainCharacters(asyncOf(chunked(`x${text}`, sizes)));
        expect(cut.toTokenizerJson()).toEqual(whole);
      }),
    );
  });

  it('counts half a surrogate pair as U+FFFD, in training and in encoding', async () => {
    const tokenizer = await trainCharacters(asyncOf(['a\ud83e', 'b\ud83e']));
    expect([...tokenizer.encode('ab\udd94').ids]).toEqual([0, 1, 2]);
    expect(tokenizer.decode([2])).toBe('\ufffd');
  });

  it('refuses an empty text and special tokens that hide characters', async () => {
    await expect(fromText('')).rejects.toMatchObject({ code: 'tokenizer-empty-text' });
    await expect(fromText('a', { unknownToken: '?' })).rejects.toMatchObject({
      code: 'special-token-invalid',
    });
  });
});
