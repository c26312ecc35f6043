// However a text is cut into chunks, its stream of ids is that of the whole text.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainByteLevelBpe } from '../../../engine/tokenizers/bpe-trainer.ts';
import { trainCharacters } from '../../../engine/tokenizers/characters-trainer.ts';
import { MAX_PIECE_BYTES } from '../../../engine/tokenizers/split-patterns.ts';
import { encodeStream } from '../../../engine/tokenizers/stream.ts';
import type { Tokenizer } from '../../../engine/tokenizers/tokenizer.ts';
import { loadTokenizerJson } from '../../../engine/tokenizers/tokenizer-json.ts';
import { goldens } from './goldens.ts';
import { asyncOf, chunked, chunkSizes, hardText } from './hard-texts.ts';
import { wordPieceJson } from './foreign-tokenizers.ts';

const specialTokens = ['<|endoftext|>', '<|pad|>', '<|pad|><|pad|>'];
const tokenizers: [string, () => Promise<Tokenizer>][] = [
  ['characters', () => trainCharacters(asyncOf([goldens.text]), { specialTokens })],
  ...(['gpt2', 'gpt4'] as const).map((splitPattern): [string, () => Promise<Tokenizer>] => [
    splitPattern,
    () => trainByteLevelBpe(asyncOf([goldens.text]), { vocabSize: 500, splitPattern, specialTokens }),
  ]),
  ['wrapped WordPiece', async () => loadTokenizerJson(wordPieceJson())],
];

async function streamed(tokenizer: Tokenizer, chunks: Iterable<string>): Promise<number[]> {
  const ids: number[] = [];
  for await (const part of encodeStream(tokenizer, asyncOf(chunks))) for (const id of part) ids.push(id);
  return ids;
}

describe.each(tokenizers)('streaming %s', (_, make) => {
  it('gives the ids of the whole text for any chunks of 1 to 64 characters', async () => {
    const tokenizer = await make();
    await fc.assert(
      fc.asyncProperty(hardText, chunkSizes, async (text, sizes) => {
        expect(await streamed(tokenizer, chunked(text, sizes))).toEqual([...tokenizer.encode(text).ids]);
      }),
      { numRuns: 300 },
    );
  });

  it('does so for a text of many buffers, where bytes are held back again and again', async () => {
    const tokenizer = await make();
    const text = (goldens.text + goldens.strings.join('')).repeat(60);
    const whole = await streamed(tokenizer, [text]);
    for (const size of [63, 65_537]) {
      const parts = await streamed(tokenizer, chunked(text, [size]));
      // One comparison: a diff of a million ids would drown the report.
      expect(parts.length === whole.length && parts.every((id, i) => id === whole[i])).toBe(true);
    }
    expect(whole.length).toBe(tokenizer.encode(text).ids.length);
  });
});

describe('encodeStream', () => {
  it('keeps memory bounded where a text never ends a word, and still agrees with the whole', async () => {
    const tokenizer = await trainByteLevelBpe(asyncOf(['abababab']), { vocabSize: 260 });
    const text = `${'ab'.repeat(MAX_PIECE_BYTES * 0.625)}\n${'\n '.repeat(MAX_PIECE_BYTES * 0.625)}c`;
    const { ids } = tokenizer.encode(text);
    const parts: number[] = [];
    let largest = 0;
    for await (const part of encodeStream(tokenizer, asyncOf(chunked(text, [50_000])))) {
      for (const id of part) parts.push(id);
      largest = Math.max(largest, part.length);
    }
    expect(parts.length).toBe(ids.length);
    expect(parts.every((id, i) => id === ids[i])).toBe(true);
    expect(largest).toBeLessThanOrEqual(MAX_PIECE_BYTES);
    expect(tokenizer.decode(parts)).toBe(text);
  });

  it('stops when asked', async () => {
    const tokenizer = await trainCharacters(asyncOf(['ab']));
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(encodeStream(tokenizer, asyncOf(['ab']), controller.signal).next()).rejects.toThrow(
      'enough',
    );
  });
});
