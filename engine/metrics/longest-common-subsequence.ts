// Words that two texts share in the same order, for ROUGE-L. Must not tokenize or score.

/** `table[i][j]`: the length of the longest common subsequence of the first i words of `a` and j of `b`. */
function lengths(a: readonly string[], b: readonly string[]): Uint32Array[] {
  const table = [new Uint32Array(b.length + 1)];
  for (const word of a) {
    const above = table.at(-1)!;
    const row = new Uint32Array(b.length + 1);
    for (let j = 1; j <= b.length; j++)
      row[j] = word === b[j - 1] ? above[j - 1]! + 1 : Math.max(above[j]!, row[j - 1]!);
    table.push(row);
  }
  return table;
}

/** How many words the longest common subsequence has. */
export function commonLength(a: readonly string[], b: readonly string[]): number {
  return lengths(a, b)[a.length]![b.length]!;
}

/** Where in `a` the words of one longest common subsequence stand: of several the one that rouge_score takes. */
export function commonPositions(a: readonly string[], b: readonly string[]): number[] {
  const table = lengths(a, b);
  const positions: number[] = [];
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      positions.push(i - 1);
      i--;
      j--;
    } else if (table[i]![j - 1]! > table[i - 1]![j]!) j--;
    else i--;
  }
  return positions.reverse();
}
