// The scanners against the regular expressions they stand for, run by JavaScript's engine with \s read
// as Unicode's White_Space (what the regex engine of Hugging Face's tokenizers means by it).
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NeedsMore } from '../../../engine/tokenizers/character-classes.ts';
import {
  CL100K_PATTERN,
  GPT2_PATTERN,
  GPT4_PATTERN,
  MAX_PIECE_BYTES,
  pieceEnd,
  type SplitPattern,
} from '../../../engine/tokenizers/split-patterns.ts';
import { hardText } from './hard-texts.ts';

function scan(pattern: SplitPattern, text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = pieceEnd(pattern, bytes, start, bytes.length, true);
    expect(end).toBeGreaterThan(start);
    pieces.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end)));
    start = end;
  }
  return pieces;
}

function regexPieces(pattern: SplitPattern, text: string): string[] {
  const source = pattern.regex
    .replaceAll('[^\\s', '[^\\p{White_Space}')
    .replaceAll('\\s', '\\p{White_Space}')
    .replaceAll('\\S', '\\P{White_Space}');
  return text.match(new RegExp(source, 'gu')) ?? [];
}

describe.each([GPT2_PATTERN, GPT4_PATTERN])('the $name pattern', (pattern) => {
  it('cuts any text where its regular expression does', () => {
    fc.assert(
      fc.property(hardText, (text) => {
        expect(scan(pattern, text)).toEqual(regexPieces(pattern, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('decides early only what no continuation can change', () => {
    fc.assert(
      fc.property(hardText, fc.nat(), (text, cut) => {
        const whole = new TextEncoder().encode(text);
        const known = whole.subarray(0, cut % (whole.length + 1));
        for (let start = 0; start < known.length;) {
          const early = pieceEnd(pattern, known, start, known.length, false);
          const end = pieceEnd(pattern, whole, start, whole.length, true);
          expect([NeedsMore, end]).toContain(early);
          start = end;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes any bytes, each stray one as a symbol', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        let start = 0;
        while (start < bytes.length) {
          const end = pieceEnd(pattern, bytes, start, bytes.length, true);
          expect(end > start && end <= bytes.length).toBe(true);
          start = end;
        }
      }),
    );
  });

  it('cuts an endless piece at its limit, between characters', () => {
    const bytes = new TextEncoder().encode('ä'.repeat(MAX_PIECE_BYTES / 2) + 'xä'.repeat(9));
    expect(pieceEnd(pattern, bytes, 0, bytes.length, true)).toBe(MAX_PIECE_BYTES);
    // Four bytes each after one: the limit falls within a character.
    const shifted = new TextEncoder().encode('!' + '🧶'.repeat(MAX_PIECE_BYTES / 4));
    expect(pieceEnd(pattern, shifted, 0, shifted.length, true)).toBe(MAX_PIECE_BYTES - 3);
  });
});

describe('contractions of GPT-4', () => {
  // Pieces of `(?i:'s|…)` as Split gives them in Python, tokenizers 0.23.3.
  it('reads a long s as s only in files that write (?i:…)', () => {
    expect(scan(CL100K_PATTERN, "'ſoon it'Ssx")).toEqual(["'ſ", 'oon', ' it', "'S", 'sx']);
    expect(scan(GPT4_PATTERN, "'ſoon it'Ssx")).toEqual(["'ſoon", ' it', "'S", 'sx']);
  });
});
