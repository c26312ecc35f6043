// Scaled dot-product attention (Vaswani et al. 2017) in one pass over the keys, as in FlashAttention (Dao et
// al. 2022): training keeps the output and one log-sum-exp a row; probabilities are computed again backward.
// B = batch, Tq and Tk = queries and keys a row, NH = heads, NKV = key-value heads, HS = head size.

import { EngineError } from '../../errors.ts';
import type { Tape } from '../../graph/tape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { dropoutThreshold } from '../random/random.ts';
import {
  attentionBackwardBiasKernel,
  attentionBackwardKernel,
  attentionBackwardQueryKernel,
  attentionBiasSumKernel,
  attentionDeltasKernel,
  attentionForwardKernel,
  attentionRowsKernel,
  queryChunkOf,
} from './attention-kernels.ts';

/** Fewer queries than this are not worth packing keys for. */
const minPackedQueries = 4;
/** Storage buffers that every WebGPU adapter lets one shader bind. */
const mostBindings = 8;

export interface AttentionOptions {
  readonly batch: number;
  readonly queryLength: number;
  readonly keyLength: number;
  readonly numHeads: number;
  /** Each key-value head serves NH / NKV query heads. */
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  /** Logits are scale * q·k. */
  readonly scale: number;
  /** Whether query i sees key j only where j <= i + Tk - Tq. */
  readonly isCausal: boolean;
  /** Whether query i sees only this many latest keys, its own included. */
  readonly slidingWindow?: number;
  /** Logits become cap * tanh(logits / cap). */
  readonly softCap?: number;
  /** (B, 2) u32: only keys in [start, end) of each row are seen. */
  readonly validRange?: Tensor | null;
  /** (B, Tq) and (B, Tk) u32: only equal ids see each other. One tensor may serve as both. */
  readonly segments?: { readonly query: Tensor; readonly key: Tensor } | null;
  /** Added to the logits: table (numBuckets, NH) f32 at buckets (Tq, Tk) u32. */
  readonly bias?: { readonly table: Tensor; readonly buckets: Tensor } | null;
  readonly dropout?: { readonly probability: number; readonly scalars: Tensor } | null;
  /** (B, NH, Tq, Tk) f32: receives the weights before dropout. */
  readonly weights?: Tensor | null;
}

/** Queries: head h of a row begins at feature offset + h HS. */
export interface QuerySource {
  readonly tensor: Tensor;
  readonly offset: number;
}

/** Keys and values; `tensor` null means they lie in the rows of the queries. */
export interface KeyValueSource {
  readonly tensor: Tensor | null;
  readonly keyOffset: number;
  readonly valueOffset: number;
}

/**
 * y = softmax(scale q k^T + bias, over the visible keys) v.
 * Queries (B Tq, stride), keys and values (B Tk, stride), result (B Tq, NH HS), all f32.
 * A query that sees no key gives zeros. Keeps the log-sum-exp (B, NH, Tq) for the backward pass.
 * Throws `attention-unsupported` for more options together than a shader can bind.
 */
export function attention(
  tape: Tape,
  query: QuerySource,
  source: KeyValueSource,
  options: AttentionOptions,
): Tensor {
  const { batch, queryLength, keyLength, numHeads, numKeyValueHeads, headDim, dropout = null } = options;
  const { validRange = null, segments = null, bias = null, weights = null } = options;
  const keyValue = source.tensor;
  if (numHeads % numKeyValueHeads !== 0) {
    throw new Error(`${numHeads} heads cannot share ${numKeyValueHeads} key-value heads evenly`);
  }
  const inputs = {
    query: query.tensor,
    keyValue,
    validRange,
    querySegments: segments?.query ?? null,
    // One range may not be bound twice in a dispatch.
    keySegments: segments && segments.key !== segments.query ? segments.key : null,
    biasTable: bias?.table ?? null,
    biasBuckets: bias?.buckets ?? null,
    scalars: dropout?.scalars ?? null,
  };
  const bindingCount = Object.values(inputs).filter((tensor) => tensor !== null).length;
  requireBindable(tape, options, keyValue !== null, bindingCount);
  const sizes = {
    batch,
    queryLength,
    keyLength,
    numHeads,
    numKeyValueHeads,
    headDim,
    queryStride: query.tensor.shape.at(-1) ?? 0,
    queryOffset: query.offset,
    keyValueStride: (keyValue ?? query.tensor).shape.at(-1) ?? 0,
    keyOffset: source.keyOffset,
    valueOffset: source.valueOffset,
    isCausal: options.isCausal ? 1 : 0,
    slidingWindow: options.slidingWindow ?? 0,
    scale: options.scale,
    softCap: options.softCap ?? 0,
    dropThreshold: dropout ? dropoutThreshold(dropout.probability) : 0,
    keepScale: dropout ? 1 / (1 - dropout.probability) : 1,
    stream: dropout ? tape.nextRandomStream() : 0,
    numBuckets: bias ? (bias.table.shape[0] ?? 0) : 0,
    queryChunk: queryChunkOf(queryLength),
    hasOptions: options.softCap || bias || segments ? 1 : 0,
    hasDropout: dropout ? 1 : 0,
  };
  const output = tape.activation(`attention(${query.tensor.name})`, [
    batch * queryLength,
    numHeads * headDim,
  ]);
  // Log-sum-exps, and behind them the backward pass's deltas.
  const statistics = tape.training ? tape.transient('statistics', [2, batch, numHeads, queryLength]) : null;
  const kernel = queryLength < minPackedQueries ? attentionRowsKernel : attentionForwardKernel;
  tape.run(kernel, { ...inputs, output, statistics, weights }, sizes);

  tape.onBackward(() => {
    const dOutput = tape.gradientOf(output);
    if (!dOutput || !statistics) return;
    const dQuery = tape.wantsGradient(query.tensor) ? tape.gradientForWriting(query.tensor) : null;
    const dKeyValue = keyValue && tape.wantsGradient(keyValue) ? tape.gradientForWriting(keyValue) : null;
    const dTable = bias && tape.wantsGradient(bias.table) ? tape.gradientForWriting(bias.table) : null;
    if (!dQuery && !dKeyValue && !dTable) return;
    // The first writer of a gradient overwrites it, so it must write all of it.
    const queryFeatures = numHeads * headDim;
    const keyValueFeatures = 2 * numKeyValueHeads * headDim;
    if (dQuery) requireWhole(query.tensor, queryFeatures + (keyValue ? 0 : keyValueFeatures));
    if (keyValue && dKeyValue) requireWhole(keyValue, keyValueFeatures);
    const biasPartials = dTable ? tape.transient('bias partials', [batch, numHeads, sizes.numBuckets]) : null;
    const bound = {
      ...inputs,
      output,
      dOutput,
      statistics,
      dQuery: dQuery?.gradient ?? null,
      dKeyValue: dKeyValue?.gradient ?? null,
      biasPartials,
    };
    // The gradient of queries binds three tensors more, and the output where there is room for it.
    const hasDeltas = bindingCount + 4 > mostBindings ? 1 : 0;
    const constants = {
      ...sizes,
      accumulateQuery: dQuery?.accumulate ? 1 : 0,
      // Packed rows have one gradient, which is then added to or not as a whole.
      accumulateKeyValue: (keyValue ? dKeyValue : dQuery)?.accumulate ? 1 : 0,
      hasDeltas,
    };
    if (hasDeltas) {
      tape.run(
        attentionDeltasKernel,
        { output, dOutput, statistics },
        { batch, queryLength, numHeads, headDim },
      );
    }
    tape.run(attentionBackwardQueryKernel, bound, constants);
    tape.run(attentionBackwardKernel, bound, constants);
    if (!dTable || !biasPartials) return;
    tape.run(attentionBackwardBiasKernel, bound, constants);
    tape.run(
      attentionBiasSumKernel,
      { partials: biasPartials, dTable: dTable.gradient },
      { batch, numHeads, numBuckets: sizes.numBuckets, accumulate: dTable.accumulate ? 1 : 0 },
    );
  });
  return output;
}

/** Throws where a shader would bind more than every adapter offers, naming what was asked for together. */
function requireBindable(
  { training }: Tape,
  { validRange, segments, bias, dropout, weights }: AttentionOptions,
  isCross: boolean,
  inputCount: number,
): void {
  // Beside the inputs: the output gradient, statistics and a gradient; or the output, and weights.
  const count = inputCount + (training ? 3 : weights ? 2 : 1);
  if (count <= mostBindings) return;
  const asked = Object.entries({
    'keys and values of their own': isCross,
    padding: validRange,
    segments,
    'a bias': bias,
    dropout,
    'its weights handed out': weights,
  }).filter(([, isAsked]) => Boolean(isAsked));
  throw new EngineError(
    'attention-unsupported',
    `Attention with ${asked.map(([name]) => name).join(', ')} together binds ${count} buffers; shaders have ${mostBindings}.`,
    { hint: 'Leave one of these out; segments do what padding does where each row has segments of its own.' },
  );
}

/** Throws unless the heads fill the rows of a tensor whose gradient attention writes. */
function requireWhole({ name, shape }: Tensor, features: number): void {
  if (shape.at(-1) !== features) {
    throw new Error(`rows of ${name} have ${shape.at(-1)} features, of which attention uses ${features}`);
  }
}
