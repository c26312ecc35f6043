// The order and the selection of a table's rows. Nothing of Vue.

export type CellValue = string | number | boolean | null | undefined;

export interface TableSort {
  readonly id: string;
  readonly isDescending: boolean;
}

/** Rows in order of a value; what has none comes last either way, equals keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => CellValue,
  isDescending: boolean,
): Row[] {
  const direction = isDescending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .sort((a, b) => {
      const isMissing = Number(isNothing(a.value)) - Number(isNothing(b.value));
      if (isMissing !== 0 || isNothing(a.value)) return isMissing;
      return direction * compare(a.value, b.value as NonNullable<CellValue>);
    })
    .map(({ row }) => row);
}

function isNothing(value: CellValue): value is null | undefined {
  return value === null || value === undefined || Number.isNaN(value);
}

function compare(a: NonNullable<CellValue>, b: NonNullable<CellValue>): number {
  if (typeof a === 'string' && typeof b === 'string')
    return a.localeCompare(b, undefined, { numeric: true, sensitivity: 'base' });
  return Number(a) - Number(b);
}

/** The sort after a press on a column's head: first the way that suits it, then the other, then none. */
export function nextSort(sort: TableSort | null, id: string, isFirstDescending: boolean): TableSort | null {
  if (sort?.id !== id) return { id, isDescending: isFirstDescending };
  return sort.isDescending === isFirstDescending ? { id, isDescending: !isFirstDescending } : null;
}

/** The selection with one row changed over. */
export function toggleKey(selection: readonly string[], key: string): string[] {
  return selection.includes(key) ? selection.filter((one) => one !== key) : [...selection, key];
}

/** The selection with every row between two of them added, in the order shown. */
export function addRange(
  selection: readonly string[],
  keys: readonly string[],
  from: string,
  to: string,
): string[] {
  const [start, end] = [keys.indexOf(from), keys.indexOf(to)].sort((a, b) => a - b);
  if (start === undefined || start < 0) return toggleKey(selection, to);
  return [...new Set([...selection, ...keys.slice(start, end! + 1)])];
}
