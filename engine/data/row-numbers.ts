// Rows that share a trouble, for messages: all counted, the first of them by number.

const mostNamed = 10;

export class RowNumbers {
  count = 0;
  readonly first: number[] = [];

  /** Rows are numbered from 1. */
  add(row: number): void {
    this.count++;
    if (this.first.length < mostNamed) this.first.push(row);
  }

  /** "row 3", or "rows 1, 2, 5 and 7 more". */
  get words(): string {
    const rest = this.count - this.first.length;
    const numbers = this.first.join(', ');
    return `${this.count === 1 ? 'row' : 'rows'} ${numbers}${rest > 0 ? ` and ${rest} more` : ''}`;
  }
}
