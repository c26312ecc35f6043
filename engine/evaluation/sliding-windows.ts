// A text cut into overlapping windows, in each of which only the tokens count that no window before it counted:
// what transformers' documentation calls perplexity of fixed-length models. Must not compute anything.

import { requireWindow, type WindowBatch, type TokenSource } from '../data/windows.ts';
import { EngineError } from '../errors.ts';
import { ignoreIndex } from '../ignore-index.ts';

export interface WindowShape {
  readonly batchSize: number;
  /** Tokens that the model sees in one window. */
  readonly length: number;
  /** Tokens from one window's start to the next; `length` where none overlap. */
  readonly stride: number;
}

/** Refuses a stride by which tokens would be left out, with code `stride-out-of-range`. */
export function requireStride({ length, stride }: Pick<WindowShape, 'length' | 'stride'>): void {
  if (Number.isInteger(stride) && stride >= 1 && stride <= length) return;
  throw new EngineError(
    'stride-out-of-range',
    `The stride is ${stride}; it must be a whole number from 1 to ${length}, the length of a window.`,
    { hint: 'A smaller stride gives each token more context and takes longer.' },
  );
}

/** Windows that a text needs: each token but the first is predicted once. */
export function windowCount({ tokenCount }: TokenSource, { length, stride }: WindowShape): number {
  return 1 + Math.ceil(Math.max(0, tokenCount - 1 - length) / stride);
}

/**
 * The batches of all windows, in the order of the text. Of the first window all tokens count, of each other its
 * last `stride`, each behind at least `length - stride` tokens; of the last window only those that are left.
 * What lies behind the text is padding: id 0, never a target.
 */
export async function* slidingWindows(source: TokenSource, shape: WindowShape): AsyncGenerator<WindowBatch> {
  requireStride(shape);
  requireWindow(source, 1, 'held-out');
  const { batchSize, length, stride } = shape;
  const windows = windowCount(source, shape);
  for (let first = 0; first < windows; first += batchSize) {
    const ids = new Uint32Array(batchSize * length);
    const targets = new Uint32Array(ids.length).fill(ignoreIndex);
    let targetCount = 0;
    for (let row = 0; row < Math.min(batchSize, windows - first); row++) {
      const start = (first + row) * stride;
      const count = Math.min(length, source.tokenCount - 1 - start);
      const tokens = await source.read(start, count + 1);
      const isTrainedOn = await source.readTrainedOn?.(start + 1, count);
      ids.set(tokens.subarray(0, count), row * length);
      for (let i = start === 0 ? 0 : length - stride; i < count; i++) {
        if (isTrainedOn && isTrainedOn[i] !== 1) continue;
        targets[row * length + i] = tokens[i + 1]!;
        targetCount++;
      }
    }
    yield { ids, targets, targetCount };
  }
}
