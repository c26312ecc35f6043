// Low-rank additions to a weight (LoRA, Hu et al. 2021): y += scale B A dropout(x), beside the product with the
// weight itself, which this file does not know. A weight may be several matrices computed with as one; each part
// that is added to has a B of its own and writes its own columns of y, while their As are one matrix.
// M = rows, K = input size, R = r times the number of parts.

import { scalarsInput } from '../../graph/scalars.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { dropoutAdd } from '../dropout/dropout.ts';
import { fill } from '../fill/fill.ts';
import { matmulCommand } from '../matmul/kernel.ts';
import { scale } from '../scale/scale.ts';

/** One part of a weight that is added to. */
export interface AdapterPart {
  /** (N, r): one row for each of the part's columns of y. */
  readonly b: Tensor;
  /** The part's first column of y. */
  readonly firstColumn: number;
}

/** What is added to the product with a weight. */
export interface Adapter {
  /** (R, K): the parts' As, r rows each. */
  readonly a: Tensor;
  readonly parts: readonly AdapterPart[];
  readonly r: number;
  readonly scale: number;
  /** Probability of setting an element of x to zero while training; the parts of a weight see the same x. */
  readonly dropout: number;
}

/** A weight and what is added to its product, if anything. */
export interface Weight extends Tensor {
  readonly adapter?: Adapter | null;
}

/** Records u = scale dropout(x) A^T, (M, R) f32, with the gradients of A and x. */
export function narrowed(tape: Tape, x: Tensor, adapter: Adapter): Tensor {
  const { a, dropout } = adapter;
  const [n = 0, k = 0] = a.shape;
  if (x.shape.at(-1) !== k) throw new Error(`${a.name} of shape ${a.shape.join('×')} does not fit ${x.name}`);
  const m = sizeOf(x.shape) / k;
  const isDropping = tape.training && dropout > 0;
  const kept = isDropping ? dropoutAdd(tape, x, null, dropout, scalarsInput(tape)) : x;
  const u = tape.activation(`narrowed(${x.name})`, [m, n]);
  matmulCommand(tape, { a: kept, b: a, transB: true, c: u, m, n, k });
  tape.onBackward(() => {
    const du = tape.gradientOf(u);
    if (du === null) return;
    if (tape.wantsGradient(a)) {
      const { gradient, accumulate } = tape.gradientForWriting(a);
      matmulCommand(tape, { a: du, transA: true, b: kept, c: gradient, m: n, n: k, k: m, accumulate });
    }
    if (tape.wantsGradient(kept)) {
      const { gradient, accumulate } = tape.gradientForWriting(kept);
      matmulCommand(tape, { a: du, b: a, c: gradient, m, n: k, k: n, accumulate });
    }
  });
  return adapter.scale === 1 ? u : scale(tape, u, adapter.scale);
}

/**
 * Records y[:, part] (+)= u[:, part] B^T for every part. y (M, N) f32. Without `accumulate` columns that belong to
 * no part become zero. Its gradients are `widenedGradients`.
 */
export function widened(tape: Tape, u: Tensor, adapter: Adapter, y: Tensor, accumulate: boolean): void {
  const [m = 0, columns = 0] = y.shape;
  const covered = adapter.parts.reduce((sum, { b }) => sum + (b.shape[0] ?? 0), 0);
  const startsZero = !accumulate && covered < columns;
  if (startsZero) fill(tape, y, 0);
  forEachPart(adapter, ({ b, n, place, firstColumn }) => {
    const left = { a: u, lda: place.ld, aOffset: place.offset, m, k: adapter.r };
    const result = { c: y, ldc: columns, cOffset: firstColumn, n, accumulate: accumulate || startsZero };
    matmulCommand(tape, { ...left, b, transB: true, ...result });
  });
}

/** Records dB = dy[:, part]^T u[:, part] and du[:, part] = dy[:, part] B for every part. dy (M, N) f32. */
export function widenedGradients(tape: Tape, u: Tensor, adapter: Adapter, dy: Tensor): void {
  const [m = 0, columns = 0] = dy.shape;
  const { r } = adapter;
  const du = tape.wantsGradient(u) ? tape.gradientForWriting(u).gradient : null;
  forEachPart(adapter, ({ b, n, place, firstColumn }) => {
    const upstream = { a: dy, lda: columns, aOffset: firstColumn };
    if (tape.wantsGradient(b)) {
      const { gradient, accumulate } = tape.gradientForWriting(b);
      const right = { b: u, ldb: place.ld, bOffset: place.offset };
      matmulCommand(tape, { ...upstream, transA: true, ...right, c: gradient, m: n, n: r, k: m, accumulate });
    }
    if (du) {
      matmulCommand(tape, { ...upstream, b, c: du, ldc: place.ld, cOffset: place.offset, m, n: r, k: n });
    }
  });
}

/** Calls with each part, its number of columns of y, and where its r columns of u lie. */
function forEachPart(
  { parts, r }: Adapter,
  visit: (part: AdapterPart & { n: number; place: { ld: number; offset: number } }) => void,
): void {
  parts.forEach((part, index) => {
    visit({ ...part, n: part.b.shape[0] ?? 0, place: { ld: parts.length * r, offset: index * r } });
  });
}
