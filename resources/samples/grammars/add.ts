// Add two whole numbers from 0 to 999, written in digits: `27+58` gives `85`.

import { exactRows, type ExactRow } from './exact-row.ts';
import { chanceFrom } from './random.ts';

/** Different sums; numbers of one, two and three digits are equally common, as far as there are enough. */
export function addRows(seed: number, count: number): ExactRow[] {
  const chance = chanceFrom(seed);
  const number = (): number => chance.below(10 ** chance.between(1, 3));
  return exactRows(count, () => {
    const [left, right] = [number(), number()];
    return { input: `${left}+${right}`, output: String(left + right) };
  });
}
