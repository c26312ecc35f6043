// Whether the first line of a table names its columns, judged from the first lines. Pure.

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell));
const usualNames =
  /^(text|sentence|content|document|label|labels|target|source|prompt|response|question|answer|title|id|idx|index|name|date|category|class|input|output|instruction|completion|review|summary|score)\d*$/i;

/**
 * True when the first line looks like names: no cell empty, none a number, none twice, and either a usual
 * name among them, or a column of numbers below a word, or names far shorter than the cells below them.
 */
export function guessHeader(records: readonly (readonly string[])[]): boolean {
  const [names, ...rows] = records;
  if (!names || rows.length === 0) return false;
  const cells = names.map((cell) => cell.trim());
  if (cells.some((cell) => cell === '' || isNumber(cell) || cell.length > 60)) return false;
  if (new Set(cells).size < cells.length) return false;
  if (cells.some((cell) => usualNames.test(cell))) return true;
  return cells.some((cell, column) => {
    const below = rows.map((row) => row[column] ?? '');
    if (below.every(isNumber)) return true;
    const meanLength = below.reduce((sum, text) => sum + text.length, 0) / below.length;
    return meanLength > 3 * cell.length && !/\s/.test(cell);
  });
}

/**
 * The column that most likely holds the text: a usual name for text, else the one with the longest cells; where no
 * cell is a text, one that holds lists, such as the messages of conversations.
 */
export function guessTextColumn(
  columns: readonly string[],
  rows: readonly Record<string, unknown>[],
): string | null {
  const lengths = columns.map((column) => {
    const texts = rows.map((row) => row[column]).filter((cell) => typeof cell === 'string');
    return texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, rows.length);
  });
  const usual = columns.findIndex(
    (column, i) => /^(text|content|document|sentence|story)$/i.test(column) && lengths[i]! > 0,
  );
  if (usual >= 0) return columns[usual]!;
  const longest = lengths.indexOf(Math.max(...lengths));
  if (lengths[longest]! > 0) return columns[longest]!;
  return columns.find((column) => rows.some((row) => Array.isArray(row[column]))) ?? null;
}
