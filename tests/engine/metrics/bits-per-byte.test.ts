// Bytes of text behind tokens, as UTF-8 counts them.

import { describe, expect, it } from 'vitest';
import { bitsPerByte, ByteCounter } from '../../../engine/metrics/bits-per-byte.ts';
import { trainByteLevelBpe } from '../../../engine/tokenizers/bpe-trainer.ts';
import { asyncOf } from '../tokenizers/hard-texts.ts';

describe('ByteCounter', () => {
  it('counts the bytes of the text whatever its characters, and none for special tokens', async () => {
    const text = 'Häuser für 12 € — 雪 and 🧵🧵 threads.\n';
    expect(Buffer.byteLength(text)).toBe(50);
    const tokenizer = await trainByteLevelBpe(asyncOf([text]), { vocabSize: 270 });
    const counter = new ByteCounter(tokenizer);
    const { ids } = tokenizer.encode(`${text}<|endoftext|>${text}`);
    expect([...ids]).toContain(tokenizer.endOfTextTokenId);
    // One at a time: a character may be cut between two calls.
    for (const id of ids) counter.push([id]);
    expect(counter.finish()).toBe(2 * 50);
  });
});

describe('bitsPerByte', () => {
  it('is 8 for a byte of which nothing is known, and nothing without bytes', () => {
    expect(bitsPerByte(3 * Math.log(256), 3)).toBeCloseTo(8, 12);
    expect(bitsPerByte(1, 0)).toBeNull();
  });
});
