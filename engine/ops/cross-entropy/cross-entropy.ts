// The loss of a language model from its last hidden states, and its logits. Logits never exist for all rows
// at once: for each chunk of rows they are computed, turned into their own gradient in place and multiplied
// into the gradients of hidden states and weight, before the next chunk takes their memory.
// M = rows, C = hidden size, V = vocabulary size.

import { alignUp } from '../../align.ts';
import { metricsOutput } from '../../graph/scalars.ts';
import type { Tape } from '../../graph/tape.ts';
import { rowsOf, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { columnSum } from '../column-sum/column-sum.ts';
import { matmulCommand } from '../matmul/matmul.ts';
import { rowWindows, type RowWindow } from '../parts/row-windows.ts';
import { targetRank } from '../target-rank/target-rank.ts';
import { crossEntropyKernel, lossSumKernel, rowsPerTile } from './kernels.ts';

const defaultChunkBytes = 32 * 2 ** 20;
/** Chunks are multiples of this many rows where they can be, for the matrix products' sake. */
const rowStep = 16;
const logitBytes = 4;

export interface LossOptions {
  /** (M) u32; a row whose target is not below V, such as 0xFFFFFFFF, is ignored. */
  readonly targets: Tensor;
  /** (V) f32: added to the logits. */
  readonly bias?: Tensor | null;
  /** (M) f32: what each row's loss counts; 1 unless given. */
  readonly tokenWeights?: Tensor | null;
  /** Share of the target probability that is spread evenly over the vocabulary. */
  readonly labelSmoothing: number;
  /** (8) u32; lossScale multiplies all gradients. */
  readonly scalars: Tensor;
  /** The most that the logits of one chunk may take. */
  readonly chunkBytes?: number;
  /** (M) f32: receives each row's loss before weighting, 0 for ignored rows. */
  readonly tokenLoss?: Tensor | null;
  /** (M) u32: receives how many tokens are likelier than each row's target; see `targetRank`. */
  readonly tokenRank?: Tensor | null;
}

/** What turns hidden states into logits. */
interface Head {
  /** (V, C). */
  readonly weight: Tensor;
  /** (V). */
  readonly bias: Tensor | null;
}

/** Where a chunk of rows stands, and the logits it works in. */
interface Chunk {
  readonly logits: Tensor;
  /** Elements from one row of logits to the next. */
  readonly rowStride: number;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * metrics[lossSum] = sum over rows of weight * loss with logits = hidden weight^T + bias and
 * loss = (1 - s) (-log p_target) + s mean_v(-log p_v), s the label smoothing; in training also the gradients
 * of lossScale * lossSum, recorded on the spot. hidden (M, C), weight (V, C), bias (V), all f32.
 * As torch.nn.functional.cross_entropy with ignore_index, label_smoothing and reduction "sum".
 */
export function languageModelLoss(tape: Tape, hidden: Tensor, weight: Tensor, options: LossOptions): void {
  const { targets, tokenWeights = null, labelSmoothing, scalars, tokenLoss = null, tokenRank } = options;
  const head: Head = { weight, bias: options.bias ?? null };
  const [vocabSize, columns] = headSizes(hidden, head);
  const rows = sizeOf(hidden.shape) / columns;
  const windows = headWindows(head, tape.maxBindingBytes);
  const rowStride = alignUp(vocabSize, 4);
  const chunkBytes = Math.min(options.chunkBytes ?? defaultChunkBytes, tape.maxBindingBytes);
  const chunkRows = rowsPerChunk(rows, rowStride * logitBytes, chunkBytes);
  const logits = tape.transient('logits chunk', [chunkRows, rowStride]);
  const losses = tape.transient('losses', [rows]);
  const gradients = gradientTargets(tape, hidden, head);
  for (let firstRow = 0; firstRow < rows; firstRow += chunkRows) {
    const chunk = { logits, rowStride, firstRow, rows: Math.min(chunkRows, rows - firstRow) };
    recordLogits(tape, hidden, columns, windows, chunk);
    const chunkShape = {
      rows: chunk.rows,
      firstRow,
      vocabSize,
      rowStride,
      rowsPerTile: rowsPerTile(vocabSize),
    };
    if (tokenRank) targetRank(tape, { logits, targets, ranks: tokenRank }, chunkShape);
    tape.run(
      crossEntropyKernel,
      { logits, targets, tokenWeights, scalars, losses, tokenLosses: tokenLoss },
      { ...chunkShape, isTraining: tape.training ? 1 : 0, labelSmoothing },
    );
    if (tape.training) recordGradients(tape, hidden, columns, windows, chunk, gradients);
  }
  tape.run(lossSumKernel, { losses, metrics: metricsOutput(tape) }, { count: rows });
}

/**
 * The tape's output "logits" = hidden weight^T + bias, without gradients.
 * hidden (M, C), weight (V, C), bias (V), logits (M, V), all f32.
 */
export function logits(tape: Tape, hidden: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const head: Head = { weight, bias };
  const [vocabSize, columns] = headSizes(hidden, head);
  const rows = sizeOf(hidden.shape) / columns;
  const output = tape.output('logits', [rows, vocabSize]);
  const chunk = { logits: output, rowStride: vocabSize, firstRow: 0, rows };
  recordLogits(tape, hidden, columns, headWindows(head, tape.maxBindingBytes), chunk);
  return output;
}

/** A run of the head's rows, and the part of the bias that belongs to them. */
interface HeadWindow extends RowWindow {
  readonly bias: Tensor | null;
}

function headWindows({ weight, bias }: Head, maxBindingBytes: number): HeadWindow[] {
  return rowWindows(weight, maxBindingBytes).map((window) => {
    const isWhole = window.tensor === weight;
    const part = bias === null || isWhole ? bias : rowsOf(bias, window.start, window.start + window.rows);
    return { ...window, bias: part };
  });
}

function headSizes(hidden: Tensor, { weight, bias }: Head): [vocabSize: number, columns: number] {
  const [vocabSize = 0, columns = 0] = weight.shape;
  if (weight.shape.length !== 2 || hidden.shape.at(-1) !== columns) {
    throw new Error(
      `${hidden.name} of shape ${hidden.shape.join('×')} does not fit the head ${weight.name} of shape ` +
        weight.shape.join('×'),
    );
  }
  if (bias !== null && sizeOf(bias.shape) !== vocabSize) {
    throw new Error(`${bias.name} of shape ${bias.shape.join('×')} is no bias of ${vocabSize} logits`);
  }
  return [vocabSize, columns];
}

/** Chunks of nearly equal size, each within `chunkBytes` (though never less than one row). */
function rowsPerChunk(rows: number, rowBytes: number, chunkBytes: number): number {
  const fitting = Math.max(1, Math.floor(chunkBytes / rowBytes));
  if (fitting >= rows) return rows;
  const most = fitting >= rowStep ? Math.floor(fitting / rowStep) * rowStep : fitting;
  const even = Math.ceil(rows / Math.ceil(rows / most));
  return Math.min(most, alignUp(even, rowStep));
}

/** Records the chunk's logits: one product for each window of the vocabulary. */
function recordLogits(
  tape: Tape,
  hidden: Tensor,
  columns: number,
  windows: readonly HeadWindow[],
  { logits, rowStride, firstRow, rows }: Chunk,
): void {
  for (const window of windows) {
    matmulCommand(tape, {
      a: hidden,
      aOffset: firstRow * columns,
      b: window.tensor,
      transB: true,
      c: logits,
      cOffset: window.start,
      ldc: rowStride,
      bias: window.bias,
      m: rows,
      n: window.rows,
      k: columns,
    });
  }
}

/** A gradient to add to: the tensor, and whether something stands there before the first chunk. */
interface GradientTarget {
  readonly tensor: Tensor;
  readonly accumulate: boolean;
}

interface GradientTargets {
  readonly hidden: GradientTarget | null;
  /** One for each window of the vocabulary. */
  readonly weight: readonly GradientTarget[] | null;
  readonly bias: GradientTarget | null;
}

function gradientTargets(tape: Tape, hidden: Tensor, { weight, bias }: Head): GradientTargets {
  const targetOf = (tensor: Tensor): GradientTarget | null => {
    if (!tape.wantsGradient(tensor)) return null;
    const { gradient, accumulate } = tape.gradientForWriting(tensor);
    return { tensor: gradient, accumulate };
  };
  const whole = targetOf(weight);
  return {
    hidden: targetOf(hidden),
    weight:
      whole &&
      rowWindows(whole.tensor, tape.maxBindingBytes).map(({ tensor }) => ({
        tensor,
        accumulate: whole.accumulate,
      })),
    bias: bias && targetOf(bias),
  };
}

/** Records dHidden (+)= dLogits W for the chunk's rows, dW (+)= dLogits^T hidden, db (+)= the columns' sums. */
function recordGradients(
  tape: Tape,
  hidden: Tensor,
  columns: number,
  windows: readonly RowWindow[],
  { logits, rowStride, firstRow, rows }: Chunk,
  gradients: GradientTargets,
): void {
  if (gradients.bias) {
    const { tensor, accumulate } = gradients.bias;
    const isAdded = firstRow > 0 || accumulate;
    const columns = sizeOf(tensor.shape);
    columnSum(tape, { x: logits, y: tensor, rows, columns, rowStride, accumulate: isAdded });
  }
  windows.forEach((window, index) => {
    const dLogits = { a: logits, aOffset: window.start, lda: rowStride };
    if (gradients.hidden) {
      matmulCommand(tape, {
        ...dLogits,
        b: window.tensor,
        c: gradients.hidden.tensor,
        cOffset: firstRow * columns,
        m: rows,
        n: columns,
        k: window.rows,
        accumulate: index > 0 || gradients.hidden.accumulate,
      });
    }
    const dWeight = gradients.weight?.[index];
    if (dWeight) {
      matmulCommand(tape, {
        ...dLogits,
        transA: true,
        b: hidden,
        bOffset: firstRow * columns,
        c: dWeight.tensor,
        m: window.rows,
        n: columns,
        k: rows,
        accumulate: firstRow > 0 || dWeight.accumulate,
      });
    }
  });
}
