// The language model loss and its gradients against PyTorch's cross_entropy and against float64, in one
// piece, in chunks of rows, in windows of the vocabulary.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricIndex, packScalars, scalarsInput } from '../../../engine/graph/scalars.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import { addInto } from '../../../engine/ops/add/add.ts';
import { languageModelLoss, logits } from '../../../engine/ops/cross-entropy/cross-entropy.ts';
import { onEachDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape, testValues, trainableLeaf } from '../run-tape.ts';
import {
  expectPointwise,
  expectRelativeNorm,
  expectWithin,
  modelGradient,
  norm,
  productBound,
} from '../tolerances.ts';

const ignored = 0xffffffff;

interface Golden {
  logits: number[];
  targets: number[];
  tokenWeights: number[] | null;
  labelSmoothing: number;
  losses: number[];
  lossSum: number;
  dLogits: number[];
}

const { crossEntropy: goldens } = JSON.parse(
  readFileSync(new URL('../../golden/ops/goldens.json', import.meta.url), 'utf8'),
) as { crossEntropy: Golden[] };

/** logits = hidden weight^T in float64. */
function product(hidden: Float32Array, weight: Float32Array, columns: number): Float64Array[] {
  return Array.from({ length: hidden.length / columns }, (_, row) =>
    Float64Array.from({ length: weight.length / columns }, (_, token) => {
      let sum = 0;
      for (let i = 0; i < columns; i++) sum += hidden[row * columns + i]! * weight[token * columns + i]!;
      return sum;
    }),
  );
}

/** One row's loss and its gradient in float64: torch's definition of label smoothing. */
function rowLoss(row: Float64Array, target: number, smoothing: number) {
  if (target >= row.length) return { loss: 0, gradient: new Float64Array(row.length) };
  const largest = Math.max(...row);
  const logSum = largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
  const share = (token: number): number => (token === target ? 1 - smoothing : 0) + smoothing / row.length;
  return {
    loss: row.reduce((sum, x, token) => sum + share(token) * (logSum - x), 0),
    gradient: row.map((x, token) => Math.exp(x - logSum) - share(token)),
  };
}

interface Case {
  name: string;
  rows: number;
  columns: number;
  vocabSize: number;
  labelSmoothing?: number;
  isWeighted?: boolean;
  isAdding?: boolean;
  hasBias?: boolean;
  maxBindingBytes?: number;
  chunkBytes?: number;
}

const cases: Case[] = [
  { name: 'one row', rows: 1, columns: 24, vocabSize: 5 },
  { name: 'an odd vocabulary', rows: 65, columns: 24, vocabSize: 67, isWeighted: true },
  {
    name: 'chunks of rows',
    rows: 65,
    columns: 80,
    vocabSize: 130,
    labelSmoothing: 0.1,
    chunkBytes: 132 * 4 * 17,
  },
  { name: 'a bias', rows: 65, columns: 24, vocabSize: 67, isWeighted: true, hasBias: true },
  {
    name: 'a bias and chunks',
    rows: 65,
    columns: 80,
    vocabSize: 130,
    chunkBytes: 132 * 4 * 17,
    hasBias: true,
  },
  { name: 'chunks of one row', rows: 5, columns: 24, vocabSize: 67, chunkBytes: 1 },
  {
    name: 'windows of the vocabulary',
    rows: 33,
    columns: 24,
    vocabSize: 201,
    isWeighted: true,
    labelSmoothing: 0.2,
    maxBindingBytes: 64 * 24 * 4,
  },
  {
    name: 'windows added to what is there',
    rows: 17,
    columns: 130,
    vocabSize: 133,
    isAdding: true,
    maxBindingBytes: 70 * 130 * 4,
  },
  {
    name: 'a bias in windows and chunks, added to what is there',
    rows: 33,
    columns: 24,
    vocabSize: 201,
    isAdding: true,
    hasBias: true,
    maxBindingBytes: 64 * 24 * 4,
    chunkBytes: 204 * 4 * 7,
  },
];

onEachDevice((makeDevice) => {
  describe('languageModelLoss', () => {
    it.each(goldens)('gives what PyTorch gives, label smoothing $labelSmoothing', async (golden) => {
      const rows = golden.targets.length;
      const vocabSize = golden.logits.length / rows;
      const tape = new Tape({ training: true });
      const hidden = trainableLeaf(tape, 'hidden', [rows, vocabSize]);
      const identity = frozenLeaf('identity', [vocabSize, vocabSize]);
      languageModelLoss(tape, hidden.tensor, identity, {
        targets: tape.input('targets', [rows], 'u32'),
        tokenWeights: golden.tokenWeights && tape.input('tokenWeights', [rows], 'f32'),
        labelSmoothing: golden.labelSmoothing,
        scalars: scalarsInput(tape),
        tokenLoss: tape.output('tokenLoss', [rows]),
      });
      tape.backward();
      const result = await runTape(
        await makeDevice(),
        tape,
        {
          targets: Uint32Array.from(golden.targets, (target) => target >>> 0),
          scalars: packScalars({ lossScale: 1 }),
          ...(golden.tokenWeights && { tokenWeights: Float32Array.from(golden.tokenWeights) }),
        },
        {
          values: [
            [hidden.tensor, Float32Array.from(golden.logits)],
            [
              identity,
              Float32Array.from({ length: vocabSize ** 2 }, (_, i) => (i % (vocabSize + 1) === 0 ? 1 : 0)),
            ],
          ],
          read: { dLogits: hidden.gradient },
        },
      );
      expectPointwise(result['tokenLoss']!, golden.losses);
      expectPointwise(result['dLogits']!, golden.dLogits);
      expectPointwise([result['metrics']![metricIndex.lossSum]!], [golden.lossSum]);
    });

    it.each(cases)('matches float64 with $name', async (options) => {
      const { rows, columns, vocabSize, labelSmoothing = 0, maxBindingBytes, chunkBytes } = options;
      const lossScale = 1 / rows;
      const accumulateGradients = options.isAdding ?? false;
      const tape = new Tape({ training: true, accumulateGradients, maxBindingBytes });
      const hidden = trainableLeaf(tape, 'hidden', [rows, columns]);
      const weight = trainableLeaf(tape, 'weight', [vocabSize, columns]);
      const bias = trainableLeaf(tape, 'bias', [vocabSize]);
      languageModelLoss(tape, hidden.tensor, weight.tensor, {
        targets: tape.input('targets', [rows], 'u32'),
        bias: options.hasBias ? bias.tensor : null,
        tokenWeights: options.isWeighted ? tape.input('tokenWeights', [rows], 'f32') : null,
        labelSmoothing,
        scalars: scalarsInput(tape),
        chunkBytes,
      });
      tape.backward();
      const h = testValues(rows * columns, 1);
      const w = testValues(vocabSize * columns, 2);
      const targets = Uint32Array.from(testValues(rows, 3), (value) => ((value + 1) / 2) * vocabSize);
      if (rows > 2) targets.set([ignored, vocabSize - 1, vocabSize], 0);
      const tokenWeights = options.isWeighted ? testValues(rows, 4).map(Math.abs) : null;
      const b = options.hasBias ? testValues(vocabSize, 7) : new Float32Array(vocabSize);
      const keptBias = testValues(vocabSize, 8, 1e-2);
      const keptHidden = testValues(h.length, 5, 1e-2);
      const keptWeight = testValues(w.length, 6, 1e-2);
      const result = await runTape(
        await makeDevice(),
        tape,
        { targets, scalars: packScalars({ lossScale }), ...(tokenWeights && { tokenWeights }) },
        {
          values: [
            [hidden.tensor, h],
            [weight.tensor, w],
            [bias.tensor, b],
            [bias.gradient, keptBias],
            [hidden.gradient, keptHidden],
            [weight.gradient, keptWeight],
          ],
          read: { dHidden: hidden.gradient, dWeight: weight.gradient, dBias: bias.gradient },
        },
      );

      const dHidden = accumulateGradients ? Float64Array.from(keptHidden) : new Float64Array(h.length);
      const dWeight = accumulateGradients ? Float64Array.from(keptWeight) : new Float64Array(w.length);
      const dBias = accumulateGradients ? Float64Array.from(keptBias) : new Float64Array(vocabSize);
      let lossSum = 0;
      product(h, w, columns).forEach((scores, m) => {
        const row = scores.map((score, token) => score + b[token]!);
        const { loss, gradient } = rowLoss(row, targets[m]!, labelSmoothing);
        const tokenWeight = tokenWeights?.[m] ?? 1;
        lossSum += tokenWeight * loss;
        gradient.forEach((value, token) => {
          const scaled = value * tokenWeight * lossScale;
          dBias[token]! += scaled;
          for (let i = 0; i < columns; i++) {
            dHidden[m * columns + i]! += scaled * w[token * columns + i]!;
            dWeight[token * columns + i]! += scaled * h[m * columns + i]!;
          }
        });
      });
      expectPointwise([result['metrics']![metricIndex.lossSum]!], [lossSum]);
      expectRelativeNorm(result['dHidden']!, dHidden, modelGradient);
      expectRelativeNorm(result['dWeight']!, dWeight, modelGradient);
      // Without a bias in the loss nothing may have written its gradient.
      expectRelativeNorm(result['dBias']!, options.hasBias ? dBias : keptBias, modelGradient);
    });

    it('gives the loss alone outside training', async () => {
      const [rows, columns, vocabSize] = [20, 24, 201];
      const tape = new Tape({ training: false, maxBindingBytes: 64 * columns * 4 });
      const hidden = tape.input('hidden', [rows, columns], 'f32');
      const weight = frozenLeaf('weight', [vocabSize, columns]);
      languageModelLoss(tape, hidden, weight, {
        targets: tape.input('targets', [rows], 'u32'),
        labelSmoothing: 0,
        scalars: scalarsInput(tape),
      });
      const h = testValues(rows * columns, 1);
      const w = testValues(vocabSize * columns, 2);
      const targets = Uint32Array.from({ length: rows }, (_, i) => (i * 37) % vocabSize);
      const result = await runTape(
        await makeDevice(),
        tape,
        { hidden: h, targets, scalars: packScalars({}) },
        { values: [[weight, w]] },
      );
      const expected = product(h, w, columns).reduce(
        (sum, row, m) => sum + rowLoss(row, targets[m]!, 0).loss,
        0,
      );
      expectPointwise([result['metrics']![metricIndex.lossSum]!], [expected]);
    });

    it('shows a hidden state that is not a number in the loss', async () => {
      const tape = new Tape({ training: true });
      const hidden = trainableLeaf(tape, 'hidden', [3, 4]);
      const weight = trainableLeaf(tape, 'weight', [9, 4]);
      languageModelLoss(tape, hidden.tensor, weight.tensor, {
        targets: tape.input('targets', [3], 'u32'),
        labelSmoothing: 0,
        scalars: scalarsInput(tape),
      });
      tape.backward();
      const values = testValues(12, 1);
      values[5] = Number.NaN;
      const result = await runTape(
        await makeDevice(),
        tape,
        { targets: Uint32Array.of(1, 2, 3), scalars: packScalars({ lossScale: 1 }) },
        {
          values: [
            [hidden.tensor, values],
            [weight.tensor, testValues(36, 2)],
          ],
        },
      );
      expect(Number.isFinite(result['metrics']![metricIndex.lossSum]!)).toBe(false);
    });
  });

  describe('logits', () => {
    it.each([undefined, 64 * 24 * 4])(
      'multiplies all rows and adds the bias, largest binding %s',
      async (maxBindingBytes) => {
        const [rows, columns, vocabSize] = [3, 24, 133];
        const tape = new Tape({ training: false, maxBindingBytes });
        const hidden = tape.transient('hidden', [rows, columns]);
        addInto(tape, tape.input('values', [rows, columns], 'f32'), hidden, false);
        const weight = frozenLeaf('weight', [vocabSize, columns]);
        const bias = frozenLeaf('bias', [vocabSize]);
        logits(tape, hidden, weight, bias);
        const h = testValues(rows * columns, 1);
        const w = testValues(vocabSize * columns, 2);
        const b = testValues(vocabSize, 3);
        const result = await runTape(
          await makeDevice(),
          tape,
          { values: h },
          {
            values: [
              [weight, w],
              [bias, b],
            ],
          },
        );
        const expected = product(h, w, columns).flatMap((row) =>
          Array.from(row, (score, i) => score + b[i]!),
        );
        const bound = productBound(columns, norm(h.subarray(0, columns)) * 2, Math.sqrt(columns));
        expectWithin(result['logits']!, expected, bound);
      },
    );
  });
});
