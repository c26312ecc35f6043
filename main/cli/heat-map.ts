// A small picture of attention in a terminal: a line for each token that looks, a block for each that is looked at,
// the fuller the more. Exact numbers are --json's.

/** Two columns a token, so that the picture is about as wide as high. */
const blocks = ['  ', '░░', '▒▒', '▓▓', '██'];
/** What a window of usual width holds beside the names. */
const mostTokens = 40;
const longestName = 12;

export interface HeatMap {
  /** Names of the tokens that look, and of those looked at. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** (rows, columns), from 0 to 1. */
  readonly weights: ArrayLike<number>;
}

/** The lines of a picture: numbers of the columns, then a line a row; the full block is the largest weight. */
export function heatMapLines({ rows, columns, weights }: HeatMap): string[] {
  const shownColumns = Math.min(columns.length, mostTokens);
  const shownRows = rows.slice(0, mostTokens);
  const names = shownRows.map((name, row) => `${String(row).padStart(3)} ${cut(name)}`);
  const width = Math.max(...names.map(({ length }) => length));
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, weights[i]!);
  const numbers = Array.from({ length: shownColumns }, (_, column) =>
    column % 5 === 0 ? String(column).padEnd(10) : '',
  ).join('');
  const lines = names.map((name, row) => {
    const cells = Array.from({ length: shownColumns }, (_, column) =>
      blockOf(weights[row * columns.length + column]!, largest),
    );
    return `${name.padEnd(width)} ${cells.join('')}`.trimEnd();
  });
  const hidden = Math.max(rows.length, columns.length) - mostTokens;
  return [
    `${' '.repeat(width)} ${numbers}`.trimEnd(),
    ...lines,
    `${' '.repeat(width)} ${legend(largest)}`,
    ...(hidden > 0 ? [`The first ${mostTokens} tokens are shown; --json has all.`] : []),
  ];
}

function blockOf(weight: number, largest: number): string {
  const share = largest === 0 ? 0 : weight / largest;
  return blocks[Math.min(blocks.length - 1, Math.floor(share * blocks.length))]!;
}

function legend(largest: number): string {
  return blocks
    .map(
      (block, i) =>
        `${block.trim() === '' ? '··' : block} from ${((i * largest) / blocks.length).toFixed(2)}`,
    )
    .join('  ');
}

function cut(name: string): string {
  const characters = Array.from(name);
  return characters.length <= longestName ? name : `${characters.slice(0, longestName - 1).join('')}…`;
}
