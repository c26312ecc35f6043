// Where a text departs from another, word by word, for showing: what stands in both, and what in one only. Finds
// the longest run of words common to both; of texts too long for that only their common beginning and end.

export interface TextPart {
  readonly text: string;
  /** Whether the other text has it not. */
  readonly isOther: boolean;
}

export interface TextDifferences {
  readonly target: readonly TextPart[];
  readonly output: readonly TextPart[];
}

/** Cells of the table of common words; more would be felt. */
const mostCells = 250_000;

/** Words, each with the spaces before it; punctuation stands by itself. */
const piecesOf = (text: string): string[] => text.match(/\s*(?:[\p{L}\p{N}\p{M}]+|[^\s])|\s+$/gu) ?? [];

/** The parts of both texts. */
export function textDifferences(target: string, output: string): TextDifferences {
  if (target === output) return { target: whole(target), output: whole(output) };
  const [a, b] = [piecesOf(target), piecesOf(output)];
  const [wordsA, wordsB] = [a.map((one) => one.trim()), b.map((one) => one.trim())];
  let start = 0;
  while (start < a.length && start < b.length && wordsA[start] === wordsB[start]) start++;
  let end = 0;
  while (
    end < a.length - start &&
    end < b.length - start &&
    wordsA[a.length - 1 - end] === wordsB[b.length - 1 - end]
  )
    end++;
  const inA = a.map((_, i) => i < start || i >= a.length - end);
  const inB = b.map((_, i) => i < start || i >= b.length - end);
  markCommon(wordsA, wordsB, { start, end, inA, inB });
  return { target: partsOf(a, inA), output: partsOf(b, inB) };
}

function whole(text: string): TextPart[] {
  return text === '' ? [] : [{ text, isOther: false }];
}

/** Marks the longest common run between the equal ends. */
function markCommon(
  a: readonly string[],
  b: readonly string[],
  { start, end, inA, inB }: { start: number; end: number; inA: boolean[]; inB: boolean[] },
): void {
  const [rows, columns] = [a.length - start - end, b.length - start - end];
  if (rows === 0 || columns === 0 || rows * columns > mostCells) return;
  const width = columns + 1;
  // longest[i][j]: common words of what is left of both from i and j on.
  const longest = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const at = i * width + j;
      longest[at] =
        a[start + i] === b[start + j]
          ? longest[at + width + 1]! + 1
          : Math.max(longest[at + width]!, longest[at + 1]!);
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns;) {
    const at = i * width + j;
    if (a[start + i] === b[start + j]) inA[start + i++] = inB[start + j++] = true;
    else if (longest[at + width]! >= longest[at + 1]!) i++;
    else j++;
  }
}

/** Neighbours of one kind together. */
function partsOf(pieces: readonly string[], isCommon: readonly boolean[]): TextPart[] {
  const parts: { text: string; isOther: boolean }[] = [];
  pieces.forEach((text, i) => {
    const isOther = !isCommon[i];
    const last = parts.at(-1);
    if (last?.isOther === isOther) last.text += text;
    else if (isOther && last) {
      // The space between two words belongs to both.
      const word = text.trimStart();
      last.text += text.slice(0, text.length - word.length);
      parts.push({ text: word, isOther });
    } else parts.push({ text, isOther });
  });
  return parts;
}
