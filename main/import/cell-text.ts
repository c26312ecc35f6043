// How a cell is shown and written as text: text as it is, nothing as nothing, everything else as JSON.

import type { Row } from './kind.ts';

/** The text of one column of a row. */
export function cellText(row: Row, column: string): string {
  const value = Object.hasOwn(row, column) ? row[column] : undefined;
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** The text of a cell that may be trained on: a text as it is, a conversation as JSON; null for all others. */
export function trainableText(cell: unknown): string | null {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : null;
}

/** A text cut to a number of UTF-16 units, never within a character. */
export function cutText(text: string, mostUnits: number): string {
  if (text.length <= mostUnits) return text;
  const isWithinPair = (text.charCodeAt(mostUnits - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isWithinPair ? mostUnits - 1 : mostUnits);
}
