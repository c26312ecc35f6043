// Heddle's GGUF files by llama.cpp itself: the same tokens of a text, and the same greedy continuation of 64 tokens with
// a cache in F32, for each form, with a LoRA merged, and from half precision and q8_0 as Heddle reads the same file.
// Needs the package of this folder (npm install --prefix tests/interop); skipped where it is not installed.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  defaultsOf,
  generationFields,
  InferenceSession,
  mergedWeights,
  type DecoderConfig,
  type Device,
  type TensorReader,
  type Tokenizer,
} from '../../engine/index.ts';
import { elementCount } from '../../engine/formats/bytes.ts';
import { hfStateDict } from '../../engine/formats/hf-state-dict.ts';
import { openModelSource } from '../../main/engine-host/model-source.ts';
import { gguf } from '../../main/export/gguf.ts';
import { writeExport, type ModelToExport } from '../../main/export/target.ts';
import { verifyExport } from '../../main/export/verify.ts';
import { openDevice } from '../bench/heddle-device.ts';
import { readerOf } from '../engine/models/values-reader.ts';
import { goldenFolder } from '../main/engine-host/golden-models.ts';
import { tempFolder } from '../main/temp-folder.ts';

const isInstalled = existsSync(new URL('node_modules/node-llama-cpp', import.meta.url));
if (!isInstalled)
  process.stderr.write('llama.cpp is not installed (npm install --prefix tests/interop): skipped.\n');

const count = 64;
const prompts = ['The weaver threads', "  the loom's hum\n\nin 1969, 世界 naïve"];
const { path } = tempFolder();

let state = 7;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32 - 0.5;
}

/** Weights large enough for a continuation that is no single token again and again. */
function randomWeights(model: DecoderConfig, spreadOfMatrices: number): TensorReader {
  const tensors = hfStateDict(model).tensors.map(({ name, shape, isZeros }) => {
    const isNorm = /(?:norm|ln_[12f])\.weight$/.test(name);
    const spread = shape.length === 1 ? 0.2 : spreadOfMatrices;
    const value = (): number => (isZeros ? 0 : Number(isNorm) + spread * random());
    return [name, shape, Float32Array.from({ length: elementCount(shape) }, value)] as const;
  });
  return readerOf(tensors);
}

interface Case extends Pick<ModelToExport, 'model' | 'tokenizer' | 'weights' | 'elementType'> {
  readonly name: string;
}

/** Writes a model and reads it back; gives the path of the file. */
async function write(exported: Case): Promise<string> {
  const folder = path('model');
  await writeExport(folder, gguf.files(exported), {
    signal: new AbortController().signal,
    onBytes: () => undefined,
    check: async (staged) => {
      await verifyExport(staged, gguf, exported);
      await gguf.check?.(staged, exported, () => undefined);
    },
  });
  return join(folder, 'model.gguf');
}

interface Answer {
  readonly promptIds: number[];
  readonly ids: number[];
}

/** What llama.cpp makes of both prompts, for every file; its process starts once. */
function continueWithLlama(files: readonly string[]): Answer[][] {
  const tasks = files.flatMap((file) => prompts.map((prompt) => ({ file, prompt, count })));
  const script = fileURLToPath(new URL('llama-cpp.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [script], { input: JSON.stringify(tasks), encoding: 'utf8' });
  const answers = JSON.parse(output) as Answer[];
  return files.map((_, at) => answers.slice(at * prompts.length, (at + 1) * prompts.length));
}

/** A golden model's form and tokenizer, with room for 64 tokens more and weights of its own. */
async function enlarged(
  golden: 'gpt2' | 'llama3' | 'smollm2' | 'qwen2' | 'qwen3',
  change: Partial<DecoderConfig> = {},
  spreadOfMatrices = 0.5,
): Promise<{ model: DecoderConfig; tokenizer: Tokenizer; weights: TensorReader }> {
  const { model, tokenizer, close } = await openModelSource([goldenFolder(golden)]);
  await close();
  // Heddle never writes what its tokenizer does not have; llama.cpp would.
  const { vocabSize } = tokenizer;
  const larger = { ...model, vocabSize, maxPositionEmbeddings: 128, ...change } as DecoderConfig;
  return { model: larger, tokenizer, weights: randomWeights(larger, spreadOfMatrices) };
}

async function cases(): Promise<Case[]> {
  const all: Case[] = [];
  for (const name of ['gpt2', 'llama3', 'smollm2', 'qwen2', 'qwen3'] as const) {
    all.push({ name, ...(await enlarged(name)), elementType: 'f32' });
  }
  const untied = { tieWordEmbeddings: false, hiddenSize: 32 };
  all.push({ name: 'gpt2 without a tie', ...(await enlarged('gpt2', untied)), elementType: 'f32' });
  const linear = { ropeType: 'linear', ropeFactor: 4, tieWordEmbeddings: false, headDim: 6 } as const;
  all.push({
    name: 'llama with other positions',
    ...(await enlarged('smollm2', linear)),
    elementType: 'f32',
  });
  const wide = { hiddenSize: 64, intermediateSize: 96 };
  all.push({ name: 'qwen3 in f16', ...(await enlarged('qwen3', wide)), elementType: 'f16' });
  all.push({ name: 'qwen3 in q8_0', ...(await enlarged('qwen3', wide, 0.2)), elementType: 'q8_0' });
  all.push({ name: 'llama with a LoRA', ...(await withLora('llama3')), elementType: 'f32' });
  return all;
}

/** As `enlarged`, with an adapter of random matrices merged in. */
async function withLora(golden: 'llama3'): ReturnType<typeof enlarged> {
  const { model, tokenizer, weights } = await enlarged(golden);
  const matrix = (...shape: number[]): [number[], Float32Array] => [
    shape,
    Float32Array.from({ length: elementCount(shape) }, random),
  ];
  const projections = hfStateDict(model).tensors.filter(({ name }) => name.includes('_proj'));
  const low = projections.flatMap(({ name, shape: [rows = 1, columns = 1] }) => {
    const module = `base_model.model.${name.replace(/\.weight$/, '')}`;
    return [
      [`${module}.lora_A.weight`, ...matrix(2, columns)] as const,
      [`${module}.lora_B.weight`, ...matrix(rows, 2)] as const,
    ];
  });
  return {
    model,
    tokenizer,
    weights: mergedWeights(weights, readerOf(low), { scale: 0.5, layout: 'out-in' }),
  };
}

describe.skipIf(!isInstalled)('llama.cpp', () => {
  let all: { one: Case; file: string; answers: Answer[] }[] = [];
  let device: Device;
  beforeAll(async () => {
    device = await openDevice('cpu', 1);
    const made = await cases();
    const files: string[] = [];
    for (const one of made) files.push(await write(one));
    const answers = continueWithLlama(files);
    all = made.map((one, at) => ({ one, file: files[at]!, answers: answers[at]! }));
  });
  afterAll(() => device.destroy());

  it('cuts texts into the same tokens', () => {
    for (const { one, answers } of all) {
      const expected = prompts.map((prompt) => [...one.tokenizer.encode(prompt).ids]);
      expect(
        answers.map(({ promptIds }) => promptIds),
        one.name,
      ).toEqual(expected);
    }
  });

  it('goes on for 64 tokens as Heddle does with the same file', async () => {
    for (const { one, file, answers } of all) {
      const source = await openModelSource([file]);
      const { model, tokenizer, weights } = source;
      const shape = { batchSize: 1, length: model.maxPositionEmbeddings };
      const session = await InferenceSession.open(device, model, weights, shape);
      for (const [at, prompt] of prompts.entries()) {
        const config = { ...defaultsOf(generationFields), stopStrings: [], temperature: 0 };
        // Where weights are rounded, llama.cpp rounds what they are multiplied with too: that shows after a while.
        const maxNewTokens = one.elementType === 'f32' ? count : 8;
        const { text } = await session.generate({ tokenizer, prompt, config: { ...config, maxNewTokens } });
        const ids = answers[at]!.ids.slice(0, maxNewTokens);
        const end = ids.indexOf(tokenizer.endOfTextTokenId ?? -1);
        expect(text, one.name).toBe(tokenizer.decode(end < 0 ? ids : ids.slice(0, end)));
        expect(end < 0 || end > 4, `${one.name} ends at ${end}`).toBe(true);
      }
      session.destroy();
      await source.close();
    }
  });
});
