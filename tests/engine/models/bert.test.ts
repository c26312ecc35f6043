// The BERT form against transformers' BertForMaskedLM and BertForSequenceClassification on texts of unequal
// length, padded right and left: scores, loss, every gradient, ten AdamW losses, pooled embeddings.

import { describe, expect, it } from 'vitest';
import { bertFields, defaultsOf, type BertConfig } from '../../../engine/config.ts';
import type { Device } from '../../../engine/device/device.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan, type Plan } from '../../../engine/graph/plan.ts';
import { metricIndex, packScalars } from '../../../engine/graph/scalars.ts';
import type { Arena } from '../../../engine/graph/tensor.ts';
import { ignoreIndex } from '../../../engine/ignore-index.ts';
import type { PassShape } from '../../../engine/models/blocks.ts';
import { recordEmbeddings, recordScores } from '../../../engine/models/encoder.ts';
import { recordLoss } from '../../../engine/models/loss.ts';
import { createModel, modelArenas, type Model } from '../../../engine/models/model.ts';
import { modelParts } from '../../../engine/models/weights.ts';
import { sortedOrder } from '../../../engine/ops/embedding/embedding.ts';
import { createOptimizerState, recordUpdate } from '../../../engine/training/optimizer.ts';
import { casesFor, onCpuAndWebgpu, onCpuDevice } from '../on-each-device.ts';
import { goldenTraining, goldenWeights, openGolden, relativeError } from './golden.ts';

const length = 9;
const lengths = [9, 5, 7];
const batch = lengths.length;
const shape = { batch, length, isPadded: true };
const base: BertConfig = {
  modelType: 'bert',
  ...defaultsOf(bertFields),
  vocabSize: 29,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 40,
  maxPositionEmbeddings: 12,
  hiddenDropout: 0,
  attentionDropout: 0,
};
const forms = [
  { golden: 'bert', config: base },
  { golden: 'bert-classifier', config: { ...base, numLabels: 3 } },
];
const sides = ['right', 'left'] as const;
const cases = forms.flatMap((form) => sides.map((side) => ({ ...form, side })));

type Side = (typeof sides)[number];

/** The row of (B*T) at which each text begins. */
const firstRows = (side: Side): number[] =>
  lengths.map((tokens, b) => b * length + (side === 'left' ? length - tokens : 0));

/** Rows of (B*T) that hold tokens, text by text. */
const tokenRows = (side: Side): number[] =>
  firstRows(side).flatMap((first, b) => Array.from({ length: lengths[b]! }, (_, t) => first + t));

/** The batch of tests/golden/make_bert_goldens.py. */
function batchInputs(config: BertConfig, side: Side): { inputs: Record<string, Uint32Array>; count: number } {
  const [ids, positions] = [new Uint32Array(batch * length), new Uint32Array(batch * length)];
  const hidden = new Uint32Array(batch * length).fill(ignoreIndex);
  const firsts = firstRows(side);
  firsts.forEach((first, b) => {
    for (let t = 0; t < lengths[b]!; t++) {
      ids[first + t] = ((t * 7 + b * 11) % 28) + 1;
      positions[first + t] = t;
      if (t % 3 === b % 2) hidden[first + t] = (ids[first + t]! * 5) % 29;
    }
  });
  const targets = config.numLabels > 0 ? Uint32Array.of(2, 0, 1) : hidden;
  return {
    inputs: {
      ids,
      idOrder: sortedOrder(ids, config.vocabSize),
      positions,
      positionOrder: sortedOrder(positions, config.maxPositionEmbeddings),
      validRange: Uint32Array.from(
        firsts.flatMap((first, b) => [first % length, (first % length) + lengths[b]!]),
      ),
      firstRows: Uint32Array.from(firsts),
      targets,
    },
    count: targets.filter((target) => target !== ignoreIndex).length,
  };
}

async function open(
  device: Device,
  model: Model,
  plan: Plan,
  arenas: readonly Arena[] = [],
): Promise<Executor> {
  const executor = await Executor.create(device, [...modelArenas(model), ...arenas], [plan]);
  const weights = goldenWeights(model);
  for (const { name, tensor } of modelParts(model.parameters)) {
    executor.writeTensor(tensor, weights.get(name)!);
  }
  return executor;
}

async function outputOf(
  device: Device,
  model: Model,
  plan: Plan,
  inputs: Record<string, Uint32Array>,
  name: string,
): Promise<Float32Array> {
  const executor = await open(device, model, plan);
  executor.submit(plan, inputs);
  const values = new Float32Array(await executor.readOutput(plan, name));
  executor.destroy();
  return values;
}

/** Rows of a matrix one after another. */
const pick = (values: Float32Array, columns: number, rows: readonly number[]): number[] =>
  rows.flatMap((row) => Array.from(values.subarray(row * columns, (row + 1) * columns)));

/** Whether a pass of a shape gives the loss of PyTorch and the gradient of every parameter. */
async function expectGradients(
  device: Device,
  name: string,
  config: BertConfig,
  pass: PassShape,
  { inputs, count }: ReturnType<typeof batchInputs>,
): Promise<void> {
  const model = createModel(config, { training: true });
  const plan = makePlan(recordLoss(model, pass, { training: true }), device.limits.maxBindingBytes);
  const executor = await open(device, model, plan);
  executor.submit(plan, { ...inputs, scalars: packScalars({ lossScale: 1 / count }) });
  const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
  const golden = await openGolden(name);
  const [loss] = await golden.readF32('loss');
  expect(metrics[metricIndex.lossSum]! / count).toBeCloseTo(loss!, 5);
  const { gradients } = model.parameters;
  const keyBiases: number[] = [];
  for (const { name: part, tensor } of modelParts(model.parameters)) {
    const { storage } = tensor;
    if (storage.kind !== 'arena' || !gradients) throw new Error('parameters live in arenas');
    const gradient = { ...tensor, storage: { ...storage, arena: gradients } };
    const actual = new Float32Array(await executor.readTensor(gradient));
    if (part.endsWith('key.bias')) {
      keyBiases.push(...actual);
      continue;
    }
    const expected = await golden.readF32(`grad.${part}`);
    expect(relativeError(actual, expected), `gradient of ${part}`).toBeLessThan(1e-4);
  }
  // Attention does not change when all keys move alike: what their biases get is rounding alone.
  expect(Math.max(...keyBiases.map(Math.abs))).toBeLessThan(1e-6);
  executor.destroy();
}

onCpuAndWebgpu((makeDevice, kind) => {
  describe.each(casesFor(kind, cases, ({ side }) => side === 'right'))(
    '$golden, padded $side',
    ({ golden: name, config, side }) => {
      const { inputs, count } = batchInputs(config, side);

      it('gives the scores of transformers', async () => {
        const device = await makeDevice();
        const model = createModel(config, { training: false });
        const plan = makePlan(recordScores(model, shape, { training: false }), device.limits.maxBindingBytes);
        const actual = await outputOf(device, model, plan, inputs, 'logits');
        const expected = await (await openGolden(name)).readF32('logits');
        // Of tokens, only those that are no padding.
        const columns = config.numLabels || config.vocabSize;
        const rowsOf = (one: Side): number[] => (config.numLabels > 0 ? [0, 1, 2] : tokenRows(one));
        const wanted = pick(expected, columns, rowsOf('right'));
        expect(actual).toHaveLength(expected.length);
        expect(relativeError(pick(actual, columns, rowsOf(side)), wanted)).toBeLessThan(1e-5);
      });

      it('gives the loss and every gradient of PyTorch', async () => {
        await expectGradients(await makeDevice(), name, config, shape, { inputs, count });
      });

      it('gives the first ten losses of AdamW', async () => {
        const device = await makeDevice();
        const model = createModel(config, { training: true });
        const state = createOptimizerState(model, goldenTraining);
        const tape = recordLoss(model, shape, { training: true });
        recordUpdate(tape, model, state, goldenTraining);
        const plan = makePlan(tape, device.limits.maxBindingBytes);
        const executor = await open(device, model, plan, [...state.arenas.values()]);
        const losses: number[] = [];
        for (let step = 1; step <= 10; step++) {
          const scalars = packScalars({
            lossScale: 1 / count,
            learningRate: goldenTraining.learningRate,
            biasCorrection1: 1 - goldenTraining.adamBeta1 ** step,
            biasCorrection2: 1 - goldenTraining.adamBeta2 ** step,
          });
          executor.submit(plan, { ...inputs, scalars });
          const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
          losses.push(metrics[metricIndex.lossSum]! / count);
        }
        executor.destroy();
        const golden = await openGolden(name);
        expect(relativeError(losses, await golden.readF32('losses'))).toBeLessThan(1e-4);
      });

      it('gives the mean of the last hidden states', async () => {
        const device = await makeDevice();
        const model = createModel(config, { training: false });
        const tape = recordEmbeddings(model, { batch, length }, { training: false });
        const plan = makePlan(tape, device.limits.maxBindingBytes);
        const actual = await outputOf(device, model, plan, inputs, 'embeddings');
        const expected = await (await openGolden(name)).readF32('embeddings');
        expect(relativeError(actual, expected)).toBeLessThan(1e-5);
      });
    },
  );

  it('scores chosen rows alone', async () => {
    const device = await makeDevice();
    const model = createModel(base, { training: false });
    const tape = recordScores(model, shape, { training: false, scoredRows: 2 });
    const plan = makePlan(tape, device.limits.maxBindingBytes);
    const { inputs } = batchInputs(base, 'right');
    const scoredRows = [4, 9];
    const given = { ...inputs, scoredRows: Uint32Array.from(scoredRows) };
    const actual = await outputOf(device, model, plan, given, 'logits');
    const expected = await (await openGolden('bert')).readF32('logits');
    expect(relativeError(actual, pick(expected, base.vocabSize, scoredRows))).toBeLessThan(1e-5);
  });

  it('drops values of embeddings, parts and weights while goldenTraining, the same for the same key', async () => {
    const device = await makeDevice();
    const { inputs, count } = batchInputs(base, 'right');
    const lossOf = async (rates: Partial<BertConfig>, randomKeyLow: number): Promise<number> => {
      const model = createModel({ ...base, ...rates }, { training: true });
      const plan = makePlan(recordLoss(model, shape, { training: true }), device.limits.maxBindingBytes);
      const scalars = packScalars({ lossScale: 1 / count, randomKeyLow });
      const metrics = await outputOf(device, model, plan, { ...inputs, scalars }, 'metrics');
      return metrics[metricIndex.lossSum]!;
    };
    const dry = await lossOf({}, 1);
    for (const rates of [{ hiddenDropout: 0.3 }, { attentionDropout: 0.3 }]) {
      const loss = await lossOf(rates, 1);
      expect(Number.isFinite(loss)).toBe(true);
      expect(loss).not.toBe(dry);
      expect(await lossOf(rates, 1)).toBe(loss);
      expect(await lossOf(rates, 2)).not.toBe(loss);
    }
  });
});

onCpuDevice((makeDevice) => {
  describe('a pass that scores only the rows with something hidden', () => {
    it.each(sides)('gives the loss and every gradient of PyTorch, padded %s', async (side) => {
      const { inputs, count } = batchInputs(base, side);
      const rows = [...inputs.targets!.keys()].filter((row) => inputs.targets![row] !== ignoreIndex);
      // Two places more than there are hidden tokens: they name no row and count nothing.
      const scored = (values: readonly number[]): Uint32Array =>
        Uint32Array.of(...values, ignoreIndex, ignoreIndex);
      await expectGradients(
        await makeDevice(),
        'bert',
        base,
        { ...shape, scoredRows: rows.length + 2 },
        {
          inputs: {
            ...inputs,
            scoredRows: scored(rows),
            targets: scored(rows.map((row) => inputs.targets![row]!)),
          },
          count,
        },
      );
    });
  });
});
