// LoRA against PEFT: logits, every gradient, five AdamW losses, merged weights; which modules get matrices, how they
// start, and that training changes nothing else.

import { describe, expect, it } from 'vitest';
import {
  bertFields,
  defaultsOf,
  t5Fields,
  transformerFields,
  type BertConfig,
  type ModelConfig,
  type TuningConfig,
} from '../../../engine/config.ts';
import type { Device } from '../../../engine/device/device.ts';
import { readPeftConfig } from '../../../engine/formats/peft.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan, type Plan } from '../../../engine/graph/plan.ts';
import { metricIndex } from '../../../engine/graph/scalars.ts';
import type { Arena } from '../../../engine/graph/tensor.ts';
import { recordGeneration } from '../../../engine/generation/plans.ts';
import { initializeParameters, writeConstants } from '../../../engine/models/init.ts';
import { recordLogits, recordLoss } from '../../../engine/models/loss.ts';
import { mergedWeights, type MergeOptions } from '../../../engine/models/merge.ts';
import {
  createModel,
  linearModel,
  modelArenas,
  type DecoderModel,
  type Model,
} from '../../../engine/models/model.ts';
import { peftTuning } from '../../../engine/models/peft-tuning.ts';
import {
  adapterParts,
  inArena,
  loadWeights,
  modelParts,
  trainableParts,
} from '../../../engine/models/weights.ts';
import { createOptimizerState, recordUpdate } from '../../../engine/training/optimizer.ts';
import { tokenPass } from '../../../engine/data/token-pass.ts';
import { casesFor, onCpuAndWebgpu } from '../on-each-device.ts';
import { adaptedConfigs, adapterWeights, goldenTuning, loraGolden, openLoraGolden } from './adapters.ts';
import {
  batch,
  goldenConfigs,
  goldenTokens,
  goldenTraining,
  goldenWeights,
  length,
  openModel,
  relativeError,
} from './golden.ts';
import { readerOf } from './values-reader.ts';

const [gpt2, llama] = [adaptedConfigs[0]!, adaptedConfigs[1]!];
const shape = { batch, length };
const training = { ...goldenTraining, maxSteps: 5 };

/** The model with an adapter that is not zero. */
const open = (
  device: Device,
  model: Model,
  plans: readonly Plan[],
  arenas: readonly Arena[] = [],
): Promise<Executor> =>
  openModel(device, model, plans, arenas, new Map([...goldenWeights(model), ...adapterWeights(model)]));

function inputs(
  config: ModelConfig,
  scalars: Parameters<typeof tokenPass>[3] = {},
): Record<string, Uint32Array> {
  return tokenPass(goldenTokens(), length, config.vocabSize, { lossScale: 1 / (batch * length), ...scalars });
}

function stepInputs(config: ModelConfig, step: number): Record<string, Uint32Array> {
  return inputs(config, {
    learningRate: training.learningRate,
    biasCorrection1: 1 - training.adamBeta1 ** step,
    biasCorrection2: 1 - training.adamBeta2 ** step,
    randomKeyLow: step,
  });
}

async function logitsOf(device: Device, model: DecoderModel, executor?: Executor): Promise<Float32Array> {
  const plan = makePlan(recordLogits(model, shape, { training: false }), device.limits.maxBindingBytes);
  const opened = executor ?? (await open(device, model, [plan]));
  opened.submit(plan, inputs(model.config));
  const logits = new Float32Array(await opened.readOutput(plan, 'logits'));
  opened.destroy();
  return logits;
}

/** The plain model with the golden weights and the golden adapter merged into them, once for each scale. */
async function mergedLogits(
  device: Device,
  config: ModelConfig,
  scales: readonly number[],
): Promise<Float32Array> {
  const adapted = createModel(config, { training: false, tuning: goldenTuning });
  const plain = createModel(config, { training: false }) as DecoderModel;
  const weights = goldenWeights(plain);
  const added = adapterWeights(adapted);
  const own = readerOf(
    modelParts(plain.parameters).map((part) => [part.name, part.shape, weights.get(part.name)!]),
  );
  const adapter = readerOf(
    adapterParts(adapted.parameters).map((part) => [part.name, part.shape, added.get(part.name)!]),
  );
  const layout: MergeOptions['layout'] = config.modelType === 'gpt2' ? 'in-out' : 'out-in';
  const reader = scales.reduce((merged, scale) => mergedWeights(merged, adapter, { scale, layout }), own);
  const plan = makePlan(recordLogits(plain, shape, { training: false }), device.limits.maxBindingBytes);
  const executor = await Executor.create(device, modelArenas(plain), [plan]);
  writeConstants(executor, plain);
  await loadWeights(executor, modelParts(plain.parameters), reader);
  executor.submit(plan, inputs(config));
  const logits = new Float32Array(await executor.readOutput(plan, 'logits'));
  executor.destroy();
  return logits;
}

onCpuAndWebgpu((makeDevice, kind) => {
  describe.each(casesFor(kind, adaptedConfigs, ({ modelType }) => modelType === 'llama'))(
    '$modelType with an adapter',
    (config) => {
      it('gives the logits of PEFT', async () => {
        const model = createModel(config, { training: false, tuning: goldenTuning }) as DecoderModel;
        const actual = await logitsOf(await makeDevice(), model);
        const golden = await openLoraGolden(`${config.modelType}.safetensors`);
        expect(relativeError(actual, await golden.readF32('logits'))).toBeLessThan(1e-5);
      });

      it('gives the loss and the gradients of PEFT, and none but those', async () => {
        const device = await makeDevice();
        const model = createModel(config, { training: true, tuning: goldenTuning });
        const plan = makePlan(recordLoss(model, shape, { training: true }), device.limits.maxBindingBytes);
        const executor = await open(device, model, [plan]);
        executor.submit(plan, inputs(config));
        const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
        const golden = await openLoraGolden(`${config.modelType}.safetensors`);
        expect(metrics[metricIndex.lossSum]! / (batch * length)).toBeCloseTo(
          (await golden.readF32('loss'))[0]!,
          5,
        );
        const parts = trainableParts(model.parameters);
        const expected = [...golden.tensors.keys()].filter((name) => name.startsWith('grad.'));
        expect(parts.map(({ name }) => `grad.${name}`).sort()).toEqual(expected.sort());
        for (const part of parts) {
          const gradient = inArena(part, model.parameters.gradients!);
          const actual = new Float32Array(await executor.readTensor(gradient));
          const error = relativeError(actual, await golden.readF32(`grad.${part.name}`));
          expect(error, `gradient of ${part.name}`).toBeLessThan(1e-4);
        }
        executor.destroy();
      });

      it('gives the first five losses of AdamW and leaves the weights beside them alone', async () => {
        const device = await makeDevice();
        const model = createModel(config, { training: true, tuning: goldenTuning });
        const state = createOptimizerState(model, training);
        const tape = recordLoss(model, shape, { training: true });
        recordUpdate(tape, model, state, training);
        const plan = makePlan(tape, device.limits.maxBindingBytes);
        const executor = await open(device, model, [plan], [...state.arenas.values()]);
        const losses: number[] = [];
        for (let step = 1; step <= 5; step++) {
          executor.submit(plan, stepInputs(config, step));
          const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
          losses.push(metrics[metricIndex.lossSum]! / (batch * length));
        }
        const golden = await openLoraGolden(`${config.modelType}.safetensors`);
        expect(relativeError(losses, await golden.readF32('losses'))).toBeLessThan(1e-4);
        const weights = goldenWeights(model);
        for (const { name, tensor } of modelParts(model.parameters)) {
          expect(new Float32Array(await executor.readTensor(tensor)), name).toEqual(weights.get(name));
        }
        executor.destroy();
      });

      it('adds the gradients of micro-steps', async () => {
        const device = await makeDevice();
        const model = createModel(config, { training: true, tuning: goldenTuning });
        const [first, second] = [false, true].map((accumulateGradients) =>
          makePlan(
            recordLoss(model, shape, { training: true, accumulateGradients }),
            device.limits.maxBindingBytes,
          ),
        );
        const executor = await open(device, model, [first!, second!]);
        for (const plan of [first!, second!]) executor.submit(plan, inputs(config));
        const golden = await openLoraGolden(`${config.modelType}.safetensors`);
        for (const part of trainableParts(model.parameters)) {
          const actual = new Float32Array(
            await executor.readTensor(inArena(part, model.parameters.gradients!)),
          );
          const once = await golden.readF32(`grad.${part.name}`);
          expect(
            relativeError(
              actual,
              once.map((value) => 2 * value),
            ),
            part.name,
          ).toBeLessThan(1e-4);
        }
        executor.destroy();
      });

      it('computes the same once merged, and what it computed before once taken out', async () => {
        const device = await makeDevice();
        const golden = await openLoraGolden(`${config.modelType}.safetensors`);
        const merged = await mergedLogits(device, config, [2]);
        expect(relativeError(merged, await golden.readF32('logits'))).toBeLessThan(1e-5);
        const plain = await logitsOf(device, createModel(config, { training: false }) as DecoderModel);
        expect(relativeError(merged, plain)).toBeGreaterThan(1e-2);
        expect(relativeError(await mergedLogits(device, config, [2, -2]), plain)).toBeLessThan(1e-5);
      });

      it('decodes token by token what one pass computes', async () => {
        const device = await makeDevice();
        const model = createModel(config, { training: false, tuning: goldenTuning }) as DecoderModel;
        const expected = (await logitsOf(device, model)).subarray(0, length * config.vocabSize);
        const generation = recordGeneration(model, device.limits.maxBindingBytes);
        const executor = await open(device, model, [generation.decode], [generation.cacheArena]);
        const { ids } = goldenTokens();
        const V = config.vocabSize;
        for (let t = 0; t < length; t++) {
          executor.submit(generation.decode, {
            ids: ids.subarray(t, t + 1),
            idOrder: Uint32Array.of(0),
            positions: Uint32Array.of(t),
            positionOrder: Uint32Array.of(0),
            validRange: Uint32Array.of(0, t + 1),
          });
          const actual = new Float32Array(await executor.readOutput(generation.decode, 'logits'));
          expect(relativeError(actual, expected.subarray(t * V, (t + 1) * V)), `position ${t}`).toBeLessThan(
            1e-5,
          );
        }
        executor.destroy();
      });
    },
  );

  it('opens a folder of peft, rank-stabilized and of a few modules, with its logits', async () => {
    const device = await makeDevice();
    const adapter = await openLoraGolden('llama-few/adapter_model.safetensors');
    const said = readPeftConfig(new TextDecoder().decode(await loraGolden('llama-few/adapter_config.json')));
    const tuning = peftTuning(said, adapter, linearModel(llama));
    const model = createModel(llama, { training: false, tuning }) as DecoderModel;
    const plan = makePlan(recordLogits(model, shape, { training: false }), device.limits.maxBindingBytes);
    const executor = await open(device, model, [plan]);
    await loadWeights(executor, adapterParts(model.parameters), adapter);
    executor.submit(plan, inputs(llama));
    const actual = new Float32Array(await executor.readOutput(plan, 'logits'));
    executor.destroy();
    const golden = await openLoraGolden('llama-few.safetensors');
    expect(relativeError(actual, await golden.readF32('logits'))).toBeLessThan(1e-5);
  });

  it('drops other inputs of its matrices in each step, and none outside training', async () => {
    const config = gpt2;
    const device = await makeDevice();
    const tuning = { ...goldenTuning, loraDropout: 0.5 };
    const model = createModel(config, { training: true, tuning });
    const plan = makePlan(recordLoss(model, shape, { training: true }), device.limits.maxBindingBytes);
    const still = makePlan(recordLoss(model, shape, { training: false }), device.limits.maxBindingBytes);
    const executor = await open(device, model, [plan, still]);
    const lossOf = async (used: Plan, step: number): Promise<number> => {
      executor.submit(used, stepInputs(config, step));
      return (
        new Float32Array(await executor.readOutput(used, 'metrics'))[metricIndex.lossSum]! / (batch * length)
      );
    };
    const golden = await openLoraGolden('gpt2.safetensors');
    const [loss] = await golden.readF32('loss');
    const [first, second, again] = [await lossOf(plan, 1), await lossOf(plan, 2), await lossOf(plan, 1)];
    expect(first).toBe(again);
    expect(first).not.toBe(second);
    expect(Math.abs(first - loss!)).toBeGreaterThan(1e-5);
    expect(await lossOf(still, 1)).toBeCloseTo(loss!, 5);
    executor.destroy();
  });
});

const sizes = {
  vocabSize: 29,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numDecoderLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 24,
  maxPositionEmbeddings: 12,
};
const { numDecoderLayers: _, ...encoderSizes } = sizes;
const bert: BertConfig = { modelType: 'bert', ...defaultsOf(bertFields), ...encoderSizes, numLabels: 3 };
const everyForm: readonly ModelConfig[] = [
  ...goldenConfigs,
  bert,
  { ...bert, numLabels: 0 },
  { modelType: 't5', ...defaultsOf(t5Fields), ...sizes, headDim: 8 },
  { modelType: 'transformer', ...defaultsOf(transformerFields), ...sizes },
];

function adapterNames(config: ModelConfig, tuning: Partial<TuningConfig>): string[] {
  const model = createModel(config, { training: true, tuning: { ...goldenTuning, ...tuning } });
  return adapterParts(model.parameters).map(({ name }) => name);
}

describe('targets', () => {
  it('are modules by their last words, or by more of their names', () => {
    expect(adapterNames(llama, { loraTargetModules: 'v_proj, q_proj' })).toHaveLength(8);
    expect(adapterNames(gpt2, { loraTargetModules: 'c_proj' })).toHaveLength(8);
    expect(adapterNames(gpt2, { loraTargetModules: 'attn.c_proj' })).toHaveLength(4);
    expect(adapterNames(llama, { loraTargetModules: 'model.layers.1.mlp.up_proj' })).toEqual([
      'base_model.model.model.layers.1.mlp.up_proj.lora_A.weight',
      'base_model.model.model.layers.1.mlp.up_proj.lora_B.weight',
    ]);
  });

  it('that name nothing are refused with what there is', () => {
    expect(() => adapterNames(llama, { loraTargetModules: 'q_proj,c_attn' })).toThrow(
      'No linear module of this model is called "c_attn"; there are q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.',
    );
    for (const word of ['', 'lm_head', 'embed_tokens', 'proj', 'input_layernorm']) {
      expect(() => adapterNames(llama, { loraTargetModules: word }), word).toThrow(`called "${word}"`);
    }
  });

  it.each(everyForm)('all-linear of $modelType are all weights of linear layers but the head', (config) => {
    const model = createModel(config, { training: true, tuning: goldenTuning });
    const tape = recordLoss(model, { ...shape, sourceLength: length }, { training: true });
    const weights = tape.commands
      .filter(({ kernel }) => kernel.name === 'matmul')
      .map(({ kernel, tensors }) => tensors[Object.keys(kernel.bindings).indexOf('b')]!)
      .filter(({ storage }) => storage.kind === 'arena' && storage.arena === model.parameters.frozen)
      .map(({ name }) => name);
    const adapted = trainableParts(model.parameters).filter(({ name }) => name.endsWith('.lora_B.weight'));
    const own = modelParts(model.parameters).map(({ name }) => name);
    for (const { name } of adapted)
      expect(own).toContain(name.replace('base_model.model.', '').replace('.lora_B', ''));
    const keys = [...model.parameters.byKey.keys()].filter((key) => key.endsWith('.lora_A'));
    const expected = new Set(weights.filter((name) => name !== model.headWeight.name));
    expect(keys.map((key) => key.replace(/\.lora_A$/, '')).sort()).toEqual([...expected].sort());
  });

  it('leave a classifier its head, which is new and trained whole', () => {
    const model = createModel(bert, { training: true, tuning: goldenTuning });
    const names = trainableParts(model.parameters).map(({ name }) => name);
    expect(names.filter((name) => !name.includes('.lora_'))).toEqual([
      'classifier.weight',
      'classifier.bias',
    ]);
    expect(names).toContain('base_model.model.bert.pooler.dense.lora_A.weight');
  });
});

describe('initial values', () => {
  it('are those of PEFT: A within 1 / sqrt(in), B zero; the model itself starts as it does without', async () => {
    const values = async (tuning?: TuningConfig): Promise<Map<string, Float32Array>> => {
      const model = createModel(llama, { training: true, tuning });
      const written = new Map<string, Float32Array>();
      const writeTensor = ({ name }: { name: string }, data: Float32Array): unknown =>
        written.set(name, data);
      await initializeParameters({ writeTensor } as unknown as Executor, model, 7);
      return written;
    };
    const plain = await values();
    const tuned = await values(goldenTuning);
    for (const [name, data] of plain) expect(tuned.get(name), name).toEqual(data);
    const added = [...tuned].filter(([name]) => !plain.has(name));
    expect(added).toHaveLength(28);
    const as = added.filter(([name]) => name.endsWith('lora_A.weight'));
    for (const [name, data] of as) {
      const bound = 1 / Math.sqrt(data.length / goldenTuning.loraR);
      expect(Math.max(...data), name).toBeLessThan(bound);
      expect(Math.min(...data), name).toBeGreaterThan(-bound);
      expect(Math.max(...data) - Math.min(...data), name).toBeGreaterThan(1.5 * bound);
    }
    expect(new Set(as.map(([, data]) => data[0])).size).toBe(as.length);
    const bs = added.filter(([name]) => name.endsWith('lora_B.weight'));
    for (const [name, data] of bs) expect(data.some(Boolean), name).toBe(false);
  });
});
