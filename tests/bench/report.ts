// What the benchmarks say: one row a figure, as a table for people or as JSON lines for programs.
// `ratio` is how many times better Heddle's own figure is than the peer's: above 1 Heddle wins.

/** One figure; `peer` is null where it is Heddle's own. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer: string | null;
  readonly ratio: number | null;
}

export class Report {
  private readonly isJson: boolean;

  constructor(isJson: boolean) {
    this.isJson = isJson;
  }

  /** Rows of one measure under a heading. */
  rows(heading: string, rows: readonly Row[]): void {
    if (this.isJson) {
      for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
      return;
    }
    const cells = rows.map(({ name, value, unit, peer, ratio }) => [
      name,
      peer ?? 'Heddle',
      `${rounded(value)} ${unit}`,
      ratio === null ? '' : `${rounded(ratio)}×`,
    ]);
    const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
    const lines = cells.map(
      (row) =>
        `  ${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}`,
    );
    process.stdout.write(`\n${heading}\n${lines.join('\n')}\n`);
  }

  /** Something a reader must know to judge the figures; goes to stderr, out of the way of programs. */
  note(text: string): void {
    process.stderr.write(`bench: ${text}\n`);
  }
}

/** Four figures, or the whole number. */
function rounded(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toString();
  return Number(value.toPrecision(4)).toString();
}
