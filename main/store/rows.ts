// Turns rows of tables into the objects of the contract and back: snake case to camel case, JSON columns to
// values. Must not know any table.

/** How a table's columns differ from plain values. */
export interface RowShape {
  /** Columns that hold JSON. */
  readonly json?: readonly string[];
  /** Columns that hold 0 or 1. */
  readonly booleans?: readonly string[];
}

/** The column of a field: `createdAtMs` is `created_at_ms`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The field of a column: `created_at_ms` is `createdAtMs`. */
export function fieldOf(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** An object with camel-case fields from a row. */
export function fromRow<T>(row: unknown, { json = [], booleans = [] }: RowShape = {}): T {
  const entries = Object.entries(row as Record<string, unknown>).map(([column, value]) => {
    if (json.includes(column)) return [fieldOf(column), value === null ? null : JSON.parse(value as string)];
    return [fieldOf(column), booleans.includes(column) ? value === 1 : value];
  });
  return Object.fromEntries(entries) as T;
}

/** Values by column, ready to be bound, from an object with camel-case fields. */
export function toRow(object: object, { json = [] }: RowShape = {}): Record<string, unknown> {
  const entries = Object.entries(object).map(([field, value]: [string, unknown]) => {
    const column = columnOf(field);
    if (json.includes(column)) return [column, value === null ? null : JSON.stringify(value)];
    return [column, typeof value === 'boolean' ? Number(value) : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** `(a, b) VALUES (:a, :b)` for the columns of a row. */
export function insertValues(row: Record<string, unknown>): string {
  const columns = Object.keys(row);
  return `(${columns.join(', ')}) VALUES (${columns.map((column) => `:${column}`).join(', ')})`;
}
