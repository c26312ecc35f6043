// Attention and its gradients in float64, as plain loops over every query and key with a mask: what the
// attention tests compare both devices with.

import { randomWord } from './philox.ts';

type Numbers = ArrayLike<number>;

export interface ReferenceForm {
  readonly batch: number;
  readonly queryLength: number;
  readonly keyLength: number;
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  readonly scale: number;
  readonly isCausal: boolean;
  readonly slidingWindow?: number;
  readonly softCap?: number;
  readonly validRange?: Numbers;
  readonly querySegments?: Numbers;
  readonly keySegments?: Numbers;
  readonly table?: Numbers;
  readonly buckets?: Numbers;
  readonly dropout?: { threshold: number; probability: number; stream: number; key: readonly number[] };
}

/** Where one operand lies: its values, features of a row, and the feature at which its first head begins. */
export interface Operand {
  readonly values: Numbers;
  readonly stride: number;
  readonly offset: number;
}

export interface ReferenceResult {
  readonly output: Float64Array;
  readonly weights: Float64Array;
  /** Gradients of whole rows, in the layouts of the operands; packed operands share one array. */
  readonly dQuery: Float64Array;
  readonly dKey: Float64Array;
  readonly dValue: Float64Array;
  readonly dTable: Float64Array;
}

/** y = softmax(logits, over visible keys) v, and the gradients of sum(y dOutput). */
export function referenceAttention(
  query: Operand,
  key: Operand,
  value: Operand,
  dOutput: Numbers,
  form: ReferenceForm,
): ReferenceResult {
  const { batch, queryLength, keyLength, numHeads, numKeyValueHeads, headDim, scale, softCap = 0 } = form;
  const gradients = new Map<Numbers, Float64Array>();
  const gradientOf = ({ values }: Operand): Float64Array => {
    const known = gradients.get(values) ?? new Float64Array(values.length);
    gradients.set(values, known);
    return known;
  };
  const [dQuery, dKey, dValue] = [gradientOf(query), gradientOf(key), gradientOf(value)];
  const output = new Float64Array(batch * queryLength * numHeads * headDim);
  const weights = new Float64Array(batch * numHeads * queryLength * keyLength);
  const dTable = new Float64Array(form.table?.length ?? 0);

  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < numHeads; h++) {
      const head = Math.floor(h / (numHeads / numKeyValueHeads));
      for (let i = 0; i < queryLength; i++) {
        const q = (b * queryLength + i) * query.stride + query.offset + h * headDim;
        const k = (j: number) => (b * keyLength + j) * key.stride + key.offset + head * headDim;
        const v = (j: number) => (b * keyLength + j) * value.stride + value.offset + head * headDim;
        const y = ((b * queryLength + i) * numHeads + h) * headDim;
        const keys = [...Array(keyLength).keys()].filter((j) => isVisible(form, b, i, j));
        const bends: number[] = [];
        const logits = keys.map((j, at) => {
          let product = scale * dot(query.values, q, key.values, k(j), headDim);
          bends[at] = 1;
          if (softCap > 0) {
            const t = Math.tanh(product / softCap);
            product = softCap * t;
            bends[at] = 1 - t * t;
          }
          return product + (form.table ? form.table[bucketOf(form, i, j) * numHeads + h]! : 0);
        });
        const largest = Math.max(...logits);
        const powers = logits.map((logit) => Math.exp(logit - largest));
        const sum = powers.reduce((a, b) => a + b, 0);
        let delta = 0;
        const terms = keys.map((j, at) => {
          const p = powers[at]! / sum;
          const row = (b * numHeads + h) * queryLength + i;
          weights[row * keyLength + j] = p;
          const keep = keepFactor(form, row * keyLength + j);
          const slope = keep * dot(dOutput, y, value.values, v(j), headDim);
          delta += p * slope;
          for (let d = 0; d < headDim; d++) {
            output[y + d]! += p * keep * value.values[v(j) + d]!;
            dValue[v(j) + d]! += p * keep * dOutput[y + d]!;
          }
          return { j, p, slope, bend: bends[at]! };
        });
        for (const { j, p, slope, bend } of terms) {
          const dLogit = p * (slope - delta);
          if (form.table) dTable[bucketOf(form, i, j) * numHeads + h]! += dLogit;
          for (let d = 0; d < headDim; d++) {
            dQuery[q + d]! += dLogit * bend * scale * key.values[k(j) + d]!;
            dKey[k(j) + d]! += dLogit * bend * scale * query.values[q + d]!;
          }
        }
      }
    }
  }
  return { output, weights, dQuery, dKey, dValue, dTable };
}

function isVisible(form: ReferenceForm, b: number, i: number, j: number): boolean {
  const { queryLength, keyLength, validRange, querySegments, keySegments } = form;
  const last = i + keyLength - queryLength;
  if (form.isCausal && j > last) return false;
  if (form.slidingWindow && last - j >= form.slidingWindow) return false;
  if (validRange && (j < validRange[2 * b]! || j >= validRange[2 * b + 1]!)) return false;
  if (!querySegments) return true;
  return querySegments[b * queryLength + i] === (keySegments ?? querySegments)[b * keyLength + j];
}

function bucketOf({ buckets, keyLength }: ReferenceForm, i: number, j: number): number {
  return buckets![i * keyLength + j]!;
}

function keepFactor({ dropout }: ReferenceForm, element: number): number {
  if (!dropout) return 1;
  const { threshold, probability, stream, key } = dropout;
  return randomWord(element, stream, key) >= threshold ? 1 / (1 - probability) : 0;
}

function dot(a: Numbers, aStart: number, b: Numbers, bStart: number, size: number): number {
  let sum = 0;
  for (let d = 0; d < size; d++) sum += a[aStart + d]! * b[bStart + d]!;
  return sum;
}
