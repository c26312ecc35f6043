// Linear layers and feed-forward blocks: which matrix products they are, forward and backward.
// M = rows, K = input size, N = output size; dX is the gradient of X. What can happen where a product stores
// its results (bias, activation, its derivative, residual, bias gradient) happens there, in no kernel of its own.

import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import type { Activation } from '../activation/activation.ts';
import { flowThrough } from '../add/add.ts';
import { columnSum } from '../column-sum/column-sum.ts';
import { narrowed, widened, widenedGradients, type Weight } from '../low-rank/low-rank.ts';
import { activationGradient } from './activation-gradient.ts';
import { matmulCommand, type MatmulCommand } from './kernel.ts';

export { matmulCommand, type MatmulCommand } from './kernel.ts';

/** How a weight lies: (K, N) as in GPT-2's Conv1D, or (N, K) as in torch.nn.Linear. */
export type WeightLayout = 'in-out' | 'out-in';

export interface LinearOptions {
  readonly layout: WeightLayout;
  /** (N). */
  readonly bias?: Tensor | null;
  readonly activation?: Activation | null;
  /** (M, N), added last. */
  readonly residual?: Tensor | null;
}

/** A weight with its bias. */
export interface Projection {
  readonly weight: Weight;
  readonly bias?: Tensor | null;
}

export interface FeedForwardOptions {
  readonly layout: WeightLayout;
  readonly activation: Activation;
  readonly up: Projection;
  readonly down: Projection;
  /** (M, N), added last. */
  readonly residual?: Tensor | null;
}

/** One product x W: its sizes and how W lies. */
interface Form {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly layout: WeightLayout;
}

/**
 * y = act(x W + b) + residual. x (M, K), W (K, N) or (N, K) by `layout`, y (M, N), all f32. What the weight's
 * adapter adds to x W comes before the activation. As torch.nn.Linear and transformers' Conv1D.
 * Throws where shapes do not fit.
 */
export function linear(tape: Tape, x: Tensor, weight: Weight, options: LinearOptions): Tensor {
  const { activation = null, residual = null } = options;
  const { adapter = null } = weight;
  const form = formOf(x, weight, options.layout);
  const y = tape.activation(`linear(${weight.name})`, [form.m, form.n]);
  const slope =
    tape.training && activation !== null ? tape.activation(`slope(${weight.name})`, y.shape) : null;
  const u = adapter && narrowed(tape, x, adapter);
  const isWidenedFirst = activation !== null && u !== null;
  if (adapter && u && isWidenedFirst) widened(tape, u, adapter, y, false);
  const epilogue = { activation, slope, residual, accumulate: isWidenedFirst };
  forward(tape, form, x, { weight, bias: options.bias }, y, epilogue);
  if (adapter && u && !isWidenedFirst) widened(tape, u, adapter, y, true);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (dy === null) return;
    let dPre = dy;
    if (slope !== null) {
      dPre = tape.activation(`dPre(${weight.name})`, y.shape);
      activationGradient(tape, { dy, slope, dPre });
    }
    inputGradient(tape, form, weight, dPre, x);
    parameterGradients(tape, form, x, dPre, { weight, bias: options.bias });
    if (adapter && u) widenedGradients(tape, u, adapter, dPre);
    if (residual !== null) flowThrough(tape, y, residual);
  });
  return y;
}

/**
 * y = act(x W_up + b_up) W_down + b_down + residual. x (M, K), hidden (M, H), y (M, N), all f32.
 * The product that gives the hidden values also gives the derivative of their activation, for both share most
 * of the work; the one that gives their gradient multiplies with it: dPre = (dy W_down^T) * act'(pre).
 * As transformers' GPT2MLP. Throws where shapes do not fit.
 */
export function feedForward(tape: Tape, x: Tensor, options: FeedForwardOptions): Tensor {
  const { layout, activation, up, down, residual = null } = options;
  if (up.weight.adapter || down.weight.adapter) {
    // What is added to the hidden values' gradient must come before it is multiplied.
    const hidden = linear(tape, x, up.weight, { layout, activation, bias: up.bias });
    return linear(tape, hidden, down.weight, { layout, bias: down.bias, residual });
  }
  const upForm = formOf(x, up.weight, layout);
  const hidden = tape.activation(`linear(${up.weight.name})`, [upForm.m, upForm.n]);
  const downForm = formOf(hidden, down.weight, layout);
  const slope = tape.training ? tape.activation(`slope(${up.weight.name})`, hidden.shape) : null;
  const y = tape.activation(`linear(${down.weight.name})`, [downForm.m, downForm.n]);
  forward(tape, upForm, x, up, hidden, { activation, slope });
  forward(tape, downForm, hidden, down, y, { residual });
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (dy === null) return;
    parameterGradients(tape, downForm, hidden, dy, down);
    if (tape.wantsGradient(hidden)) {
      const dPre = tape.activation(`dPre(${up.weight.name})`, hidden.shape);
      inputProduct(tape, downForm, down.weight, dy, { c: dPre, gate: slope });
      inputGradient(tape, upForm, up.weight, dPre, x);
      parameterGradients(tape, upForm, x, dPre, up);
    }
    if (residual !== null) flowThrough(tape, y, residual);
  });
  return y;
}

function formOf(x: Tensor, weight: Tensor, layout: WeightLayout): Form {
  const [first = 0, second = 0] = weight.shape;
  const [k, n] = layout === 'in-out' ? [first, second] : [second, first];
  if (weight.shape.length !== 2 || x.shape.at(-1) !== k) {
    throw new Error(
      `${x.name} of shape ${x.shape.join('×')} cannot be multiplied with ${weight.name} of shape ` +
        `${weight.shape.join('×')} (${layout})`,
    );
  }
  return { m: sizeOf(x.shape) / k, n, k, layout };
}

/** y = act(x W + b) + residual, recorded without its gradients. */
function forward(
  tape: Tape,
  { m, n, k, layout }: Form,
  x: Tensor,
  { weight, bias }: Projection,
  y: Tensor,
  epilogue: Pick<MatmulCommand, 'activation' | 'slope' | 'residual' | 'accumulate'>,
): void {
  matmulCommand(tape, { a: x, b: weight, c: y, m, n, k, transB: layout === 'out-in', bias, ...epilogue });
}

/** Adds dy W^T to the gradient of x, where one is wanted; what an adapter adds follows in its own step. */
function inputGradient(tape: Tape, form: Form, weight: Tensor, dy: Tensor, x: Tensor): void {
  if (!tape.wantsGradient(x)) return;
  const { gradient, accumulate } = tape.gradientForWriting(x);
  inputProduct(tape, form, weight, dy, { c: gradient, accumulate });
}

/** C = dy W^T with an epilogue; C (M, K). */
function inputProduct(
  tape: Tape,
  { m, n, k, layout }: Form,
  weight: Tensor,
  dy: Tensor,
  rest: { c: Tensor; accumulate?: boolean; gate?: Tensor | null },
): void {
  matmulCommand(tape, { a: dy, b: weight, m, n: k, k: n, transB: layout === 'in-out', ...rest });
}

/** dW = x^T dy (or its transpose, as W lies) and db = the sums of dy's columns, where they are wanted. */
function parameterGradients(
  tape: Tape,
  { m, n, k, layout }: Form,
  x: Tensor,
  dy: Tensor,
  { weight, bias }: Projection,
): void {
  const wantsWeight = tape.wantsGradient(weight);
  const isInOut = layout === 'in-out';
  let sums: { columnSums?: Tensor; accumulateSums?: boolean } = {};
  if (bias && tape.wantsGradient(bias)) {
    const { gradient, accumulate } = tape.gradientForWriting(bias);
    // The product that reads dy as its right operand sums its columns on the way.
    if (wantsWeight && isInOut) sums = { columnSums: gradient, accumulateSums: accumulate };
    else columnSum(tape, { x: dy, y: gradient, rows: m, columns: n, accumulate });
  }
  if (!wantsWeight) return;
  const { gradient: c, accumulate } = tape.gradientForWriting(weight);
  const operands = isInOut ? { a: x, b: dy, m: k, n } : { a: dy, b: x, m: n, n: k };
  matmulCommand(tape, { ...operands, c, k: m, transA: true, accumulate, ...sums });
}
