// Writes small random models of every form as this project exports them, for formats.py to open with the
// Python libraries: node write-formats.ts FOLDER. With a second argument, a .pth of more than 4 GiB instead.
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bertFields, defaultsOf, gpt2Fields, llamaFields, type ModelConfig } from '../../engine/config.ts';
import { elementCount, writeAll, type TensorToWrite } from '../../engine/formats/bytes.ts';
import { hfConfigJson, hfGenerationConfigJson } from '../../engine/formats/hf-config.ts';
import { hfTensorsToWrite } from '../../engine/formats/hf-state-dict.ts';
import { modelPy } from '../../engine/formats/model-py.ts';
import { writeSafetensors } from '../../engine/formats/safetensors.ts';
import { writeTorchStateDict } from '../../engine/formats/torch-pickle.ts';

const gpt2: ModelConfig = {
  ...defaultsOf(gpt2Fields),
  modelType: 'gpt2',
  vocabSize: 61,
  hiddenSize: 24,
  numHiddenLayers: 2,
  numAttentionHeads: 3,
  intermediateSize: 40,
  maxPositionEmbeddings: 32,
  useBias: true,
};
const rotary = {
  ...defaultsOf(llamaFields),
  vocabSize: 61,
  hiddenSize: 24,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 10,
  intermediateSize: 36,
  maxPositionEmbeddings: 32,
  ropeTheta: 500,
};
const llama: ModelConfig = { modelType: 'llama', ...rotary };
const qwen2: ModelConfig = { modelType: 'qwen2', ...rotary, rmsNormEps: 1e-6 };
// Neither do its heads divide its width, nor do they fill it.
const qwen3: ModelConfig = { modelType: 'qwen3', ...rotary, hiddenSize: 22 };
const llama3Scaling = {
  ropeType: 'llama3',
  ropeFactor: 4,
  ropeLowFreqFactor: 1.5,
  ropeHighFreqFactor: 3,
  originalMaxPositionEmbeddings: 16,
} as const;
const bert: ModelConfig = {
  modelType: 'bert',
  ...defaultsOf(bertFields),
  vocabSize: 61,
  hiddenSize: 24,
  numHiddenLayers: 2,
  numAttentionHeads: 3,
  intermediateSize: 40,
  maxPositionEmbeddings: 32,
};
const models: Record<string, ModelConfig> = {
  'gpt2-tied': gpt2,
  'gpt2-untied-gelu': { ...gpt2, tieWordEmbeddings: false, hiddenAct: 'gelu', layerNormEpsilon: 1e-3 },
  'gpt2-no-bias-relu': { ...gpt2, useBias: false, hiddenAct: 'relu' },
  'gpt2-silu': { ...gpt2, hiddenAct: 'silu', embdPdrop: 0.1, residPdrop: 0.1, attnPdrop: 0.1 },
  'llama-tied': llama,
  'llama-untied': { ...llama, tieWordEmbeddings: false, rmsNormEps: 1e-2 },
  'llama-one-kv-head-gelu': { ...llama, numKeyValueHeads: 1, hiddenAct: 'gelu', attentionDropout: 0.1 },
  'llama-all-kv-heads': {
    ...llama,
    numKeyValueHeads: 4,
    headDim: 6,
    hiddenAct: 'gelu_new',
    ropeTheta: 10_000,
  },
  'llama-linear': { ...llama, ropeType: 'linear', ropeFactor: 2.5 },
  'llama-llama3': { ...llama, ...llama3Scaling },
  'qwen2-tied': qwen2,
  'qwen2-untied-linear': { ...qwen2, tieWordEmbeddings: false, ropeType: 'linear', ropeFactor: 4 },
  'qwen3-tied-llama3': { ...qwen3, ...llama3Scaling },
  'qwen3-untied-relu': { ...qwen3, tieWordEmbeddings: false, hiddenAct: 'relu' },
  'bert-tied': bert,
  'bert-untied-gelu-new': { ...bert, tieWordEmbeddings: false, hiddenAct: 'gelu_new' },
  'bert-classifier': { ...bert, numLabels: 3 },
};

let state = 1;
function random(length: number): Float32Array {
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 1.2;
  });
}

async function save(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w');
  await writeAll(chunks, {
    write: async (chunk) => {
      for (let at = 0; at < chunk.byteLength;) at += (await file.write(chunk, at)).bytesWritten;
    },
  });
  await file.close();
}

async function writeModel(folder: string, config: ModelConfig): Promise<void> {
  await mkdir(folder, { recursive: true });
  const parameters = new Map<string, Float32Array>();
  const { tensors, aliases } = hfTensorsToWrite(config, (name) => {
    const { shape } = tensors.find((tensor) => tensor.name === name)!;
    if (!parameters.has(name)) parameters.set(name, random(elementCount(shape)));
    return parameters.get(name)!;
  });
  await save(join(folder, 'model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
  await save(join(folder, 'model.pth'), writeTorchStateDict(tensors, aliases));
  await writeFile(join(folder, 'model.py'), modelPy(config));
  const ids = { bosTokenId: null, eosTokenId: 60, padTokenId: null };
  const generation = { maxNewTokens: 5, temperature: 0.8, topK: 0, topP: 1, repetitionPenalty: 1, seed: 1 };
  await writeFile(join(folder, 'config.json'), hfConfigJson(config, ids));
  await writeFile(
    join(folder, 'generation_config.json'),
    hfGenerationConfigJson(ids, { ...generation, stopStrings: [] }),
  );
}

async function writeLarge(path: string): Promise<void> {
  const length = 1_200_000_000;
  const large: TensorToWrite = {
    name: 'large',
    elementType: 'f32',
    shape: [length],
    read: () => new Float32Array(length).fill(0.5).fill(7, length - 1),
  };
  const last: TensorToWrite = {
    name: 'last',
    elementType: 'f32',
    shape: [2],
    read: () => Float32Array.of(1, 2),
  };
  await save(path, writeTorchStateDict([large, last]));
}

const [, , folder, large] = process.argv;
if (folder === undefined) throw new Error('usage: node write-formats.ts FOLDER [large]');
if (large === undefined) {
  for (const [name, config] of Object.entries(models)) await writeModel(join(folder, name), config);
} else {
  await writeLarge(join(folder, 'large.pth'));
}
