// Writes small random encoder-decoders as Heddle exports them, with the logits that it computes on a CPU, for
// encoder_decoders.py to open: node write-encoder-decoders.ts FOLDER

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultsOf, transformerFields, type TransformerConfig } from '../../engine/config.ts';
import { hfConfigJson, hfGenerationConfigJson } from '../../engine/formats/hf-config.ts';
import { hfTensorsToWrite } from '../../engine/formats/hf-state-dict.ts';
import { modelPy } from '../../engine/formats/model-py.ts';
import { writeSafetensors } from '../../engine/formats/safetensors.ts';
import { writeTorchStateDict } from '../../engine/formats/torch-pickle.ts';
import { Executor } from '../../engine/graph/executor.ts';
import { makePlan } from '../../engine/graph/plan.ts';
import { sizeOf } from '../../engine/graph/tensor.ts';
import { recordLogits } from '../../engine/models/loss.ts';
import { writeConstants } from '../../engine/models/init.ts';
import { createModel, modelArenas } from '../../engine/models/model.ts';
import { modelParts } from '../../engine/models/weights.ts';
import { sortedOrder } from '../../engine/ops/embedding/embedding.ts';
import { makeCpuDevice } from '../engine/on-each-device.ts';
import { testValues } from '../engine/run-tape.ts';

const base: TransformerConfig = {
  modelType: 'transformer',
  ...defaultsOf(transformerFields),
  vocabSize: 37,
  hiddenSize: 24,
  numHiddenLayers: 2,
  numDecoderLayers: 3,
  numAttentionHeads: 3,
  intermediateSize: 40,
  maxPositionEmbeddings: 16,
};
const marian = { finalNorm: false, positionEmbeddingType: 'sinusoidal-halves' } as const;
const models: Record<string, TransformerConfig> = {
  'pth-original': base,
  'pth-norm-first-learned-untied': {
    ...base,
    normFirst: true,
    positionEmbeddingType: 'learned',
    hiddenAct: 'gelu',
    shareEncoderDecoderEmbeddings: false,
    tieWordEmbeddings: false,
  },
  'pth-unshared-tied-silu-no-final-norm': {
    ...base,
    ...marian,
    hiddenAct: 'silu',
    shareEncoderDecoderEmbeddings: false,
    layerNormEpsilon: 1e-3,
  },
  'pth-shared-untied-gelu-new': {
    ...base,
    hiddenAct: 'gelu_new',
    tieWordEmbeddings: false,
    scaleEmbedding: false,
    hiddenSize: 15,
  },
  'marian-relu': { ...base, ...marian },
  'marian-silu-unscaled': { ...base, ...marian, hiddenAct: 'silu', scaleEmbedding: false },
};

const [batch, length, sourceLength] = [2, 6, 7];
const sourceLengths = [7, 4];
const ids = Uint32Array.from({ length: batch * length }, (_, i) => 2 + ((i * 7) % 30));
const sourceIds = Uint32Array.from({ length: batch * sourceLength }, (_, i) => 2 + ((i * 5) % 30));

const [, , out] = process.argv;
if (out === undefined) throw new Error('usage: node write-encoder-decoders.ts FOLDER');
const device = await makeCpuDevice(2);
for (const [name, config] of Object.entries(models)) await writeModel(join(out, name), config);
await device.destroy();

async function writeModel(folder: string, config: TransformerConfig): Promise<void> {
  mkdirSync(folder);
  const model = createModel(config, { training: false });
  const parts = modelParts(model.parameters);
  const weights = new Map(
    parts.map(({ name, shape }, i) => [name, testValues(sizeOf(shape), i + 1, shape.length === 1 ? 1 : 0.6)]),
  );
  const read = (name: string): Float32Array => weights.get(name)!;
  const tokens = { bosTokenId: null, eosTokenId: 0, padTokenId: 1, decoderStartTokenId: 0 };
  if (folder.includes('marian-')) {
    const { tensors } = hfTensorsToWrite(config, read, 'f32', 'marian');
    await save(join(folder, 'model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
    writeFileSync(join(folder, 'config.json'), hfConfigJson(config, tokens, 'f32', 'marian'));
    writeFileSync(join(folder, 'generation_config.json'), hfGenerationConfigJson(tokens));
  } else {
    const { tensors, aliases } = hfTensorsToWrite(config, read);
    await save(join(folder, 'model.pth'), writeTorchStateDict(tensors, aliases));
    writeFileSync(join(folder, 'model.py'), modelPy(config));
  }

  const plan = makePlan(
    recordLogits(model, { batch, length, sourceLength }, { training: false }),
    device.limits.maxBindingBytes,
  );
  const executor = await Executor.create(device, modelArenas(model), [plan]);
  writeConstants(executor, model);
  for (const { name, tensor } of parts) executor.writeTensor(tensor, read(name));
  const positions = ids.map((_, i) => i % length);
  const sourcePositions = sourceIds.map((_, i) => i % sourceLength);
  executor.submit(plan, {
    ids,
    idOrder: sortedOrder(ids, config.vocabSize),
    positions,
    positionOrder: sortedOrder(positions, length),
    sourceIds,
    sourceIdOrder: sortedOrder(sourceIds, config.vocabSize),
    sourcePositions,
    sourcePositionOrder: sortedOrder(sourcePositions, sourceLength),
    sourceRange: Uint32Array.from(sourceLengths.flatMap((count) => [0, count])),
  });
  const logits = [...new Float32Array(await executor.readOutput(plan, 'logits'))];
  executor.destroy();
  const expected = { ids: [...ids], sourceIds: [...sourceIds], sourceLengths, logits };
  writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected));
}

async function save(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  writeFileSync(path, Buffer.concat(parts));
}
