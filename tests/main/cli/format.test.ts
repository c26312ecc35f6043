// Numbers and texts as a terminal shows them.

import { describe, expect, it } from 'vitest';
import { bytes, duration, epochs, loss, perplexity, short, table } from '../../../main/cli/format.ts';
import { printable } from '../../../main/cli/output.ts';

describe('figures', () => {
  it('have units that suit their size', () => {
    expect([short(950), short(12_345), short(804_096), short(1.5e6), short(124.4e6)]).toEqual([
      '950',
      '12.3 k',
      '804.1 k',
      '1.50 M',
      '124.4 M',
    ]);
    expect([bytes(512), bytes(1536), bytes(3 * 2 ** 30)]).toEqual(['512 B', '1.5 KiB', '3.0 GiB']);
    expect([duration(0), duration(42_400), duration(725_000), duration(11_229_000)]).toEqual([
      '0:00',
      '0:42',
      '12:05',
      '3:07:09',
    ]);
    expect([loss(null), loss(1.88123), perplexity(6.8), perplexity(65.24), perplexity(1203.4)]).toEqual([
      '–',
      '1.8812',
      '6.80',
      '65.2',
      '1,203',
    ]);
    expect([epochs(3), epochs(8.36)]).toEqual(['3', '8.4']);
  });

  it('stand in columns', () => {
    expect(
      table(
        [
          ['a', '1'],
          ['long', '22'],
        ],
        [1],
      ),
    ).toEqual(['a      1', 'long  22']);
  });
});

it('foreign text cannot command the terminal', () => {
  expect(printable('a\u001b[31mb\u0007\u009b2Jc\td\n')).toBe('a\ufffd[31mb\ufffd\ufffd2Jc\td\n');
});
