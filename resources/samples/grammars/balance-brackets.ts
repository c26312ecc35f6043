// Close what is open: the beginning of a bracketed text gives the brackets that end it, `([]{` gives `})`.

import { exactRows, type ExactRow } from './exact-row.ts';
import { chanceFrom } from './random.ts';

const PAIRS = ['()', '[]', '{}'];
const LONGEST = 12;

/** Different beginnings of two to thirteen brackets with one to six left open. */
export function balanceBracketsRows(seed: number, count: number): ExactRow[] {
  const chance = chanceFrom(seed);
  return exactRows(count, () => {
    const length = chance.between(2, LONGEST);
    const open: string[] = [];
    let input = '';
    while (input.length < length || open.length === 0) {
      const closes = open.length > 0 && (open.length >= LONGEST / 2 || chance.happens(0.45));
      const pair = closes ? '' : chance.pick(PAIRS);
      if (closes) input += open.pop();
      else {
        input += pair[0];
        open.push(pair[1] ?? '');
      }
    }
    return { input, output: open.reverse().join('') };
  });
}
