// A stream of pieces against a scan of the whole, with a scan at every chunk, however small.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddedTokenMatcher } from '../../../engine/tokenizers/added-token-matcher.ts';
import { characterEnd } from '../../../engine/tokenizers/character-classes.ts';
import {
  type PieceEnd,
  PieceScanner,
  type PieceSink,
  PieceStream,
} from '../../../engine/tokenizers/piece-scanner.ts';
import { GPT2_PATTERN, GPT4_PATTERN, pieceEnd } from '../../../engine/tokenizers/split-patterns.ts';
import { chunked, chunkSizes, hardText } from './hard-texts.ts';

const matcher = new AddedTokenMatcher(
  ['<|endoftext|>', '<|pad|>', '<|pad|><|pad|>', 'text|>', ' the', '🧶'].map((content, id) => ({
    id,
    content,
    isSpecial: true,
  })),
);
const kinds: [string, PieceEnd][] = [
  ['characters', characterEnd],
  ['gpt2', (bytes, start, end, isFinal) => pieceEnd(GPT2_PATTERN, bytes, start, end, isFinal)],
  ['gpt4', (bytes, start, end, isFinal) => pieceEnd(GPT4_PATTERN, bytes, start, end, isFinal)],
];

/** A sink that writes down what it gets. */
function recorder(): PieceSink & { found: string[] } {
  const found: string[] = [];
  return {
    found,
    piece: (bytes, start, end) => found.push(Array.from(bytes.subarray(start, end)).join()),
    added: (id) => found.push(`token ${id}`),
  };
}

describe.each(kinds)('a stream of %s', (_, end) => {
  const scanner = new PieceScanner(end, matcher);
  const scanned = (bytes: Uint8Array): string[] => {
    const sink = recorder();
    expect(scanner.scan(bytes, 0, bytes.length, true, sink)).toBe(bytes.length);
    return sink.found;
  };

  it('has the pieces and added tokens of the whole text', () => {
    fc.assert(
      fc.property(hardText, chunkSizes, (text, sizes) => {
        const sink = recorder();
        const stream = new PieceStream(scanner, sink, 1);
        for (const chunk of chunked(text, sizes)) stream.push(chunk);
        stream.finish();
        expect(sink.found).toEqual(scanned(new TextEncoder().encode(text)));
      }),
      { numRuns: 2000 },
    );
  });

  it('has those of any bytes, cut within characters too', () => {
    const soup = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        hardText.map((text) => new TextEncoder().encode(text)),
      ),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(soup, fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
        const sink = recorder();
        const stream = new PieceStream(scanner, sink, 1);
        for (let i = 0; i < bytes.length; i += size) stream.push(bytes.subarray(i, i + size));
        stream.finish();
        expect(sink.found).toEqual(scanned(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('puts surrogate pairs together and takes a stray half for U+FFFD', () => {
    const sink = recorder();
    const stream = new PieceStream(scanner, sink, 1);
    for (const chunk of ['𝕏'.slice(0, 1), '𝕏'.slice(1), '\n', '𝕏'.slice(0, 1), '', '\n', '𝕏'.slice(0, 1)])
      stream.push(chunk);
    stream.finish();
    expect(sink.found).toEqual(scanned(new TextEncoder().encode('𝕏\n\ufffd\n\ufffd')));
  });
});
