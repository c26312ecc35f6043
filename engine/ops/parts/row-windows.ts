// Cuts a table whose bytes exceed the largest binding into runs of rows that fit.

import { EngineError } from '../../errors.ts';
import { elementBytes, rowsOf, sizeOf, tensorBytes, type Tensor } from '../../graph/tensor.ts';

/** Starts of windows are multiples of this many rows, which keeps any row size aligned for binding. */
const rowStep = 64;

export interface RowWindow {
  readonly start: number;
  readonly rows: number;
  /** The rows as a tensor of their own over the same memory. */
  readonly tensor: Tensor;
}

/**
 * The table itself where it fits one binding, else its rows in windows of at most `maxBindingBytes`.
 * Throws `binding-too-small` where not even 64 rows fit.
 */
export function rowWindows(table: Tensor, maxBindingBytes: number): RowWindow[] {
  const rows = table.shape[0] ?? 1;
  if (tensorBytes(table) <= maxBindingBytes) return [{ start: 0, rows, tensor: table }];
  const rowBytes = sizeOf(table.shape.slice(1)) * elementBytes[table.elementType];
  const most = Math.floor(maxBindingBytes / rowBytes / rowStep) * rowStep;
  if (most === 0) {
    throw new EngineError(
      'binding-too-small',
      `${table.name} has rows of ${rowBytes} bytes; the device binds at most ${maxBindingBytes} bytes, ` +
        `and ${rowStep} rows must fit.`,
      { hint: 'Choose a smaller hidden size, or another device.' },
    );
  }
  const windows: RowWindow[] = [];
  for (let start = 0; start < rows; start += most) {
    const end = Math.min(start + most, rows);
    windows.push({ start, rows: end - start, tensor: rowsOf(table, start, end) });
  }
  return windows;
}
