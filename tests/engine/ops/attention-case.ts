// Records an attention, runs it on a device and compares everything that comes out with float64; the cases
// themselves are in attention.test.ts.

import { packScalars, scalarsInput } from '../../../engine/graph/scalars.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import { attention, type AttentionOptions } from '../../../engine/ops/attention/attention.ts';
import { dropoutThreshold } from '../../../engine/ops/random/random.ts';
import type { MakeDevice } from '../on-each-device.ts';
import { runTape, seedGradient, tapToOutput, testValues, trainableLeaf } from '../run-tape.ts';
import { expectPointwise } from '../tolerances.ts';
import { referenceAttention, type ReferenceForm } from './attention-reference.ts';

const randomKey = [7, 9];

/** What differs from a small causal self-attention that trains. */
export interface AttentionCase {
  batch?: number;
  length?: number;
  /** Cross attention: keys and values in a tensor of their own, of this length. */
  keyLength?: number;
  numHeads?: number;
  numKeyValueHeads?: number;
  headDim?: number;
  isCausal?: boolean;
  slidingWindow?: number;
  softCap?: number;
  scale?: number;
  validRange?: number[];
  /** Ids of queries, and of keys in cross attention. */
  segments?: { query: number[]; key?: number[] };
  numBuckets?: number;
  dropout?: number;
  isTraining?: boolean;
  withWeights?: boolean;
}

/** Runs a case forward and, when training, backward, and compares everything that comes out. */
export async function checkAttention(makeDevice: MakeDevice, wanted: AttentionCase): Promise<void> {
  const { batch = 2, length: Tq = 17, numHeads = 3, headDim = 24, isTraining = true } = wanted;
  const { isCausal = true, slidingWindow, softCap, dropout, numBuckets } = wanted;
  const isCross = wanted.keyLength !== undefined;
  const Tk = wanted.keyLength ?? Tq;
  const NKV = wanted.numKeyValueHeads ?? numHeads;
  const scale = wanted.scale ?? 1 / Math.sqrt(headDim);
  const queryWidth = numHeads * headDim;
  const stride = queryWidth + (isCross ? 0 : 2 * NKV * headDim);
  const keyOffset = isCross ? 0 : queryWidth;

  const tape = new Tape({ training: isTraining });
  tape.nextRandomStream();
  const values: [Tensor, ArrayBufferView][] = [];
  const read: Record<string, Tensor> = {};
  const inputs: Record<string, ArrayBufferView> = {
    scalars: packScalars({ randomKeyLow: 7, randomKeyHigh: 9 }),
  };
  const leaf = (name: string, shape: number[], seed: number): { tensor: Tensor; data: Float32Array } => {
    const { tensor, gradient } = trainableLeaf(tape, name, shape);
    const data = testValues(shape[0]! * shape[1]!, seed, 1.5);
    values.push([tensor, data]);
    if (isTraining) read[`d${name}`] = gradient;
    return { tensor, data };
  };
  const whole = (name: string, shape: number[], data: ArrayLike<number>): Tensor => {
    inputs[name] = Uint32Array.from(data);
    return tape.input(name, shape, 'u32');
  };

  const query = leaf('query', [batch * Tq, stride], 1);
  const keyValue = isCross ? leaf('keyValue', [batch * Tk, 2 * NKV * headDim], 2) : null;
  const table = numBuckets ? leaf('table', [numBuckets, numHeads], 3) : null;
  const buckets = Uint32Array.from({ length: Tq * Tk }, (_, at) => (at * 7 + (at >> 4)) % (numBuckets ?? 1));
  const { segments, validRange } = wanted;
  const querySegments = segments ? whole('querySegments', [batch, Tq], segments.query) : null;
  const keySegments = segments?.key ? whole('keySegments', [batch, Tk], segments.key) : querySegments;
  const withWeights = wanted.withWeights ?? false;

  const options: AttentionOptions = {
    batch,
    queryLength: Tq,
    keyLength: Tk,
    numHeads,
    numKeyValueHeads: NKV,
    headDim,
    scale,
    isCausal,
    slidingWindow,
    softCap,
    validRange: validRange ? whole('validRange', [batch, 2], validRange) : null,
    segments: querySegments && keySegments ? { query: querySegments, key: keySegments } : null,
    bias: table ? { table: table.tensor, buckets: whole('buckets', [Tq, Tk], buckets) } : null,
    dropout: dropout ? { probability: dropout, scalars: scalarsInput(tape) } : null,
    weights: withWeights ? tape.output('weights', [batch, numHeads, Tq, Tk]) : null,
  };
  const source = { tensor: keyValue?.tensor ?? null, keyOffset, valueOffset: keyOffset + NKV * headDim };
  const output = attention(tape, { tensor: query.tensor, offset: 0 }, source, options);
  tapToOutput(tape, output, 'output');
  const dOutput = testValues(batch * Tq * queryWidth, 4);
  if (isTraining) {
    inputs['dOutput'] = dOutput;
    seedGradient(tape, output, 'dOutput');
    tape.backward();
  }
  const result = await runTape(await makeDevice(), tape, inputs, { values, read });

  const form: ReferenceForm = {
    ...options,
    validRange,
    querySegments: segments?.query,
    keySegments: segments?.key,
    table: table?.data,
    buckets,
    dropout: dropout
      ? { threshold: dropoutThreshold(dropout), probability: dropout, stream: 1, key: randomKey }
      : undefined,
  };
  const packed = { values: query.data, stride };
  const other = keyValue ? { values: keyValue.data, stride: 2 * NKV * headDim } : packed;
  const expected = referenceAttention(
    { ...packed, offset: 0 },
    { ...other, offset: keyOffset },
    { ...other, offset: source.valueOffset },
    dOutput,
    form,
  );
  expectPointwise(result['output']!, expected.output);
  if (withWeights) expectPointwise(result['weights']!, expected.weights);
  if (!isTraining) return;
  expectPointwise(result['dquery']!, expected.dQuery);
  if (keyValue) expectPointwise(result['dkeyValue']!, expected.dKey);
  if (table) expectPointwise(result['dtable']!, expected.dTable);
}
