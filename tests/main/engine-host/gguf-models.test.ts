// GGUF files that llama.cpp's own package wrote of the golden models: opened, they are the folders that transformers
// wrote, in settings, tokens and every weight. And what is refused of them, by name.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openGguf, writeGguf, type DecoderConfig, type GgufFile } from '../../../engine/index.ts';
import { hfStateDict } from '../../../engine/formats/hf-state-dict.ts';
import { FileSource } from '../../../main/engine-host/file-source.ts';
import { openModelSource, type ModelSource } from '../../../main/engine-host/model-source.ts';
import { tempFolder } from '../temp-folder.ts';
import { goldenFolder, type GoldenName } from './golden-models.ts';

const { path } = tempFolder();
type Keys = GgufFile['keys'];
type Value = NonNullable<ReturnType<Keys['get']>>;

function ggufGolden(name: GoldenName): string {
  return fileURLToPath(new URL(`../../golden/formats/gguf-${name}.gguf`, import.meta.url));
}

const names = ['gpt2', 'llama3', 'smollm2', 'qwen2', 'qwen3'] as const;

describe.each(names)('the GGUF file of %s', (name) => {
  it('is the model of the folder: settings, tokens, every weight', async () => {
    const [folder, file] = [
      await openModelSource([goldenFolder(name)]),
      await openModelSource([ggufGolden(name)]),
    ];
    // What a GGUF file does not say has no bearing on what a model computes.
    const { initializerRange } = folder.model as DecoderConfig;
    expect({ ...file.model, initializerRange }).toEqual(folder.model);
    for (const one of hfStateDict(folder.model).tensors) {
      const [found, expected] = [
        await file.weights.readF32(one.name),
        await folder.weights.readF32(one.name),
      ];
      expect(Buffer.compare(bytesOf(found), bytesOf(expected)), one.name).toBe(0);
    }
    const text = "The weaver's loom hums in 1969,\n\n  it’s 世界 — naïve.<|im_start|><|endoftext|>";
    for (const one of [text, ' ', 'a  b']) {
      expect([...file.tokenizer.encode(one).ids]).toEqual([...folder.tokenizer.encode(one).ids]);
    }
    const ids = (source: ModelSource) => [source.tokenizer.endOfTextTokenId, source.tokenizer.padTokenId];
    expect(ids(file)).toEqual(ids(folder));
    expect(file.tokenizer.vocabSize).toBe(folder.tokenizer.vocabSize);
    await Promise.all([folder.close(), file.close()]);
  });
});

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Writes a golden file anew, with keys changed and tensors left out or renamed. */
async function changed(
  name: GoldenName,
  change: { keys?: Record<string, Value | null>; rename?: (name: string) => string | null },
): Promise<string> {
  const source = await FileSource.open(ggufGolden(name));
  const file = await openGguf(source);
  const keys = new Map(file.keys);
  for (const [key, value] of Object.entries(change.keys ?? {})) {
    if (value === null) keys.delete(key);
    else keys.set(key, value);
  }
  const tensors = [...file.tensors.values()].flatMap((tensor) => {
    const renamed = change.rename ? change.rename(tensor.name) : tensor.name;
    return renamed === null ? [] : [{ ...tensor, name: renamed, read: () => file.readBytes(tensor.name) }];
  });
  const out = path('model.gguf');
  const parts: Uint8Array[] = [];
  for await (const part of writeGguf(keys, tensors)) parts.push(part.slice());
  await source.close();
  writeFileSync(out, Buffer.concat(parts));
  return out;
}

const text = (value: string): Value => ({ kind: 'string', value });
const natural = (value: number): Value => ({ kind: 'u32', value });

describe('what is refused, by name', () => {
  it.each<[string, GoldenName, Record<string, Value | null>, string, RegExp]>([
    [
      'an architecture',
      'qwen3',
      { 'general.architecture': text('gemma3') },
      'gguf-architecture-unsupported',
      /gemma3.*gpt2, llama, qwen2, qwen3/,
    ],
    [
      'no architecture',
      'qwen3',
      { 'general.architecture': null },
      'gguf-key-missing',
      /general\.architecture/,
    ],
    [
      'experts',
      'qwen3',
      { 'qwen3.expert_count': natural(8) },
      'gguf-setting-unsupported',
      /qwen3\.expert_count to 8/,
    ],
    [
      'a part of a split model',
      'qwen3',
      { 'split.count': { kind: 'u16', value: 3 } },
      'gguf-split',
      /one of 3/,
    ],
    [
      'a sliding window',
      'qwen3',
      { 'qwen3.attention.sliding_window': natural(16) },
      'gguf-setting-unsupported',
      /sliding_window/,
    ],
    [
      'heads that are rotated in part',
      'qwen3',
      { 'qwen3.rope.dimension_count': natural(4) },
      'gguf-setting-unsupported',
      /dimension_count to 4/,
    ],
    [
      'positions stretched by YaRN',
      'qwen3',
      { 'qwen3.rope.scaling.type': text('yarn') },
      'hf-rope-unsupported',
      /yarn/,
    ],
    [
      'unknown factors of positions',
      'llama3',
      { 'llama.rope.freq_base': { kind: 'f32', value: 10 } },
      'gguf-rope-unsupported',
      /rope_freqs\.weight/,
    ],
    [
      'a number where a text belongs',
      'qwen3',
      { 'tokenizer.ggml.pre': natural(1) },
      'gguf-key',
      /tokenizer\.ggml\.pre is of kind u32/,
    ],
    [
      'a size per layer',
      'qwen3',
      { 'qwen3.feed_forward_length': { kind: 'array', of: 'i32', value: Int32Array.of(1, 2) } },
      'gguf-key',
      /feed_forward_length/,
    ],
    [
      'a kind of vocabulary',
      'qwen3',
      { 'tokenizer.ggml.model': text('t5') },
      'gguf-tokenizer-unsupported',
      /"t5"/,
    ],
    [
      'a way to cut text',
      'qwen3',
      { 'tokenizer.ggml.pre': text('tekken') },
      'gguf-tokenizer-unsupported',
      /"tekken".*qwen2/,
    ],
    ['no tokens', 'qwen3', { 'tokenizer.ggml.tokens': null }, 'gguf-key-missing', /tokenizer\.ggml\.tokens/],
    [
      'types of fewer tokens',
      'qwen3',
      { 'tokenizer.ggml.token_type': { kind: 'array', of: 'i32', value: Int32Array.of(1) } },
      'gguf-key',
      /types of 1/,
    ],
    [
      'an end beyond the tokens',
      'qwen3',
      { 'tokenizer.ggml.eos_token_id': natural(9999) },
      'gguf-key',
      /eos_token_id is 9999/,
    ],
    [
      'a width of 2^31',
      'qwen3',
      { 'qwen3.embedding_length': natural(2 ** 31) },
      'hf-config-invalid',
      /hiddenSize/,
    ],
  ])('%s', async (_, name, keys, code, words) => {
    const file = await changed(name, { keys });
    await expect(openModelSource([file])).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
  });

  it('tensors that are missing or that the model would not use, in words of their own', async () => {
    const missing = await changed('qwen3', {
      rename: (one) => (one === 'blk.1.ffn_up.weight' ? null : one),
    });
    await expect(openModelSource([missing])).rejects.toMatchObject({
      code: 'weights-tensor-missing',
      message: expect.stringMatching(/model\.layers\.1\.mlp\.up_proj/),
    });
    const unknown = await changed('qwen3', {
      rename: (one) => (one === 'blk.1.attn_q_norm.weight' ? 'blk.1.attn_sinks.weight' : one),
    });
    await expect(openModelSource([unknown])).rejects.toMatchObject({
      code: expect.stringMatching(/^weights-/),
    });
    const tableless = await changed('qwen3', { rename: (one) => (one === 'token_embd.weight' ? null : one) });
    await expect(openModelSource([tableless])).rejects.toMatchObject({ code: 'gguf-tensor-missing' });
  });

  it('several GGUF files of one folder', async () => {
    const folder = path('several');
    mkdirSync(folder);
    for (const name of ['a.gguf', 'b.gguf'])
      writeFileSync(join(folder, name), readFileSync(ggufGolden('qwen3')));
    await expect(openModelSource([folder])).rejects.toMatchObject({
      code: 'weights-not-found',
      message: expect.stringMatching(/"a\.gguf" and "b\.gguf"/),
    });
  });
});

it('a GGUF file is opened by what it says itself, whatever lies beside it', async () => {
  const folder = path('beside');
  mkdirSync(folder);
  writeFileSync(join(folder, 'Model-BF16.GGUF'), readFileSync(ggufGolden('qwen3')));
  writeFileSync(join(folder, 'config.json'), '{"model_type": "llama"}');
  const source = await openModelSource([folder]);
  expect(source.model.modelType).toBe('qwen3');
  expect(source.files.map(({ name }) => name).sort()).toEqual([
    'Model-BF16.GGUF',
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  await source.close();
});
