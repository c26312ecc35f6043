// The encoder-decoder form with the weights and settings of a MarianMTModel that save_pretrained wrote, with and
// without a bias of its logits: logits, loss and gradients, training that leaves the bias alone, and what is written.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EncoderDecoderConfig, TransformerConfig } from '../../../engine/config.ts';
import { taskTokens } from '../../../engine/data/task-tokens.ts';
import type { Device } from '../../../engine/device/device.ts';
import type { TensorReader } from '../../../engine/formats/bytes.ts';
import type { HfConfig } from '../../../engine/formats/hf-config.ts';
import { hfWeights } from '../../../engine/formats/hf-weights.ts';
import { allTargetPlans, recordTargetWriting } from '../../../engine/generation/target-plans.ts';
import { writeTargets } from '../../../engine/generation/write-targets.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan, type Plan } from '../../../engine/graph/plan.ts';
import { metricIndex, packScalars } from '../../../engine/graph/scalars.ts';
import type { Arena } from '../../../engine/graph/tensor.ts';
import { ignoreIndex } from '../../../engine/ignore-index.ts';
import { recordLogits, recordLoss } from '../../../engine/models/loss.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import {
  createModel,
  modelArenas,
  type EncoderDecoderModel,
  type Model,
} from '../../../engine/models/model.ts';
import { inArena, loadWeights, modelParts } from '../../../engine/models/weights.ts';
import { sortedOrder } from '../../../engine/ops/embedding/embedding.ts';
import { loadTokenizerJson } from '../../../engine/tokenizers/tokenizer-json.ts';
import { createOptimizerState, recordUpdate } from '../../../engine/training/optimizer.ts';
import { onCpuAndWebgpu, onCpuDevice } from '../on-each-device.ts';
import { goldenTraining, relativeError } from './golden.ts';
import { openBiasedMarian, openMarian, type MarianGolden } from './golden-transformer.ts';

/** A folder's model with its weights on a device. */
async function open(
  device: Device,
  model: Model,
  { config, reader }: { readonly config: HfConfig; readonly reader: TensorReader },
  plans: readonly Plan[],
  arenas: readonly Arena[] = [],
): Promise<Executor> {
  const executor = await Executor.create(device, [...modelArenas(model), ...arenas], plans);
  writeConstants(executor, model);
  const weights = await hfWeights(config.model, reader, config.form);
  await loadWeights(executor, modelParts(model.parameters), weights);
  return executor;
}

const sizeOfAll = (values: Float32Array): number =>
  values.reduce((total, value) => total + Math.abs(value), 0);

const shapeOf = (golden: MarianGolden) => ({
  batch: golden.ids.length,
  length: golden.ids[0]!.length,
  sourceLength: golden.sourceIds[0]!.length,
});

function inputsOf(golden: MarianGolden, vocabSize: number): Record<string, Uint32Array> {
  const { length, sourceLength } = shapeOf(golden);
  const ids = Uint32Array.from(golden.ids.flat());
  const sourceIds = Uint32Array.from(golden.sourceIds.flat());
  const places = (count: number, of: number): Uint32Array =>
    Uint32Array.from({ length: count }, (_, i) => i % of);
  const positions = places(ids.length, length);
  const sourcePositions = places(sourceIds.length, sourceLength);
  return {
    ids,
    idOrder: sortedOrder(ids, vocabSize),
    positions,
    positionOrder: sortedOrder(positions, length),
    sourceIds,
    sourceIdOrder: sortedOrder(sourceIds, vocabSize),
    sourcePositions,
    sourcePositionOrder: sortedOrder(sourcePositions, sourceLength),
    sourceRange: Uint32Array.from(golden.sourceLengths.flatMap((count) => [0, count])),
  };
}

/** The logits of the last position of each row, and of all. */
async function logitsOf(
  device: Device,
  folder: { readonly config: HfConfig; readonly reader: TensorReader; readonly golden: MarianGolden },
): Promise<{ last: Float32Array[]; all: Float32Array }> {
  const { config, golden } = folder;
  const model = createModel(config.model, { training: false });
  const { length } = shapeOf(golden);
  const V = config.model.vocabSize;
  const tape = recordLogits(model, shapeOf(golden), { training: false });
  const plan = makePlan(tape, device.limits.maxBindingBytes);
  const executor = await open(device, model, folder, [plan]);
  executor.submit(plan, inputsOf(golden, V));
  const all = new Float32Array(await executor.readOutput(plan, 'logits'));
  executor.destroy();
  const last = golden.ids.map((_, row) => all.subarray(((row + 1) * length - 1) * V, (row + 1) * length * V));
  return { last, all };
}

onCpuAndWebgpu((makeDevice) => {
  describe('a Marian model', () => {
    it('gives the logits of transformers', async () => {
      const folder = await openMarian();
      const { golden } = folder;
      expect(golden.sourceLengths[1]).toBeLessThan(golden.sourceIds[0]!.length);
      const { last, all } = await logitsOf(await makeDevice(), folder);
      golden.lastLogits.forEach((expected, row) => {
        expect(relativeError(last[row]!, expected), `row ${row}`).toBeLessThan(1e-5);
      });
      expect(Math.abs(sizeOfAll(all) / golden.logitsSum - 1)).toBeLessThan(1e-5);
    });
  });
});

onCpuDevice((makeDevice) => {
  describe('a Marian model with a bias of its logits', () => {
    it('gives the logits of transformers', async () => {
      const folder = await openBiasedMarian();
      const { last } = await logitsOf(await makeDevice(), folder);
      folder.biased.lastLogits.forEach((expected, row) => {
        expect(relativeError(last[row]!, expected), `row ${row}`).toBeLessThan(1e-5);
      });
    });

    it('gives the loss and gradient of PyTorch, and is trained but for the bias', async () => {
      const device = await makeDevice();
      const folder = await openBiasedMarian();
      const { config, golden, biased, reader } = folder;
      const dry = { ...(config.model as TransformerConfig), dropout: 0 };
      const model = createModel(dry, { training: true });
      const state = createOptimizerState(model, goldenTraining);
      const tape = recordLoss(model, shapeOf(golden), { training: true });
      recordUpdate(tape, model, state, { ...goldenTraining, maxGradNorm: 0 });
      const plan = makePlan(tape, device.limits.maxBindingBytes);
      const executor = await open(device, model, folder, [plan], [...state.arenas.values()]);
      const targets = Uint32Array.from(biased.labels.flat(), (label) => (label < 0 ? ignoreIndex : label));
      const count = targets.filter((target) => target !== ignoreIndex).length;
      const scalars = packScalars({
        lossScale: 1 / count,
        learningRate: 0.01,
        biasCorrection1: 1 - goldenTraining.adamBeta1,
        biasCorrection2: 1 - goldenTraining.adamBeta2,
      });
      executor.submit(plan, { ...inputsOf(golden, config.model.vocabSize), targets, scalars });
      const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
      expect(metrics[metricIndex.lossSum]! / count).toBeCloseTo(biased.loss, 5);
      const parts = new Map(modelParts(model.parameters).map((part) => [part.name, part]));
      const table = parts.get('src_tok_emb.weight')!;
      const gradient = await executor.readTensor(inArena(table, model.parameters.gradients!));
      // PyTorch keeps the row of padding, id 1, from learning where it is looked up.
      const width = table.shape[1]!;
      const learned = new Float32Array(gradient).fill(0, width, 2 * width);
      expect(sizeOfAll(learned) / biased.embeddingGradientSum).toBeCloseTo(1, 4);
      const valuesOf = async (name: string): Promise<Float32Array> =>
        new Float32Array(await executor.readTensor(parts.get(name)!.tensor));
      expect(await valuesOf('final_logits_bias')).toEqual(await reader.readF32('final_logits_bias'));
      expect(await valuesOf(table.name)).not.toEqual(await reader.readF32('model.shared.weight'));
      executor.destroy();
    });

    it('writes what transformers writes behind padding, greedily and with beams', async () => {
      const device = await makeDevice();
      const folder = await openBiasedMarian();
      const { config, golden, biased } = folder;
      const text = (name: string): string =>
        readFileSync(new URL(`../../golden/huggingface/marian/${name}`, import.meta.url), 'utf8');
      const tokenizer = loadTokenizerJson(text('tokenizer.json'), text('tokenizer_config.json'));
      const { startTokenId, endTokenId } = taskTokens('translate', config.model, tokenizer);
      expect(startTokenId).toBe(golden.ids[0]![0]);
      const model = createModel(config.model as EncoderDecoderConfig, { training: false });
      const plans = recordTargetWriting(
        model as EncoderDecoderModel,
        { rows: 6 },
        device.limits.maxBindingBytes,
      );
      const executor = await open(device, model, folder, allTargetPlans(plans), [plans.cacheArena]);
      for (const numBeams of [1, 3] as const) {
        const written = await writeTargets({
          executor,
          plans,
          sources: golden.sourceIds.map((ids, row) => ids.slice(0, golden.sourceLengths[row])),
          startTokenId,
          endTokenId,
          knownTokens: config.model.vocabSize,
          neverWritten: [],
          numBeams,
          maxNewTokens: 12,
        });
        expect(written, `${numBeams} beams`).toEqual(
          biased.written[numBeams].map((ids) => ids.slice(1).filter((id) => id !== endTokenId)),
        );
      }
      executor.destroy();
    });
  });
});
