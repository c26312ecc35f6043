// GGUF exports: opened again they are the model that was written; a byte that the disk changed is found, in the weights
// and in the keys; what llama.cpp could not use is refused by name; the Modelfile lays out conversations as Heddle does.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  chatTemplates,
  trainCharacters,
  withChatTemplate,
  type DecoderConfig,
  type ModelConfig,
} from '../../../engine/index.ts';
import { hfStateDict } from '../../../engine/formats/hf-state-dict.ts';
import { openModelSource, type ModelSource } from '../../../main/engine-host/model-source.ts';
import { exportForm } from '../../../main/export/registry.ts';
import { writeExport, type ModelToExport } from '../../../main/export/target.ts';
import { verifyExport } from '../../../main/export/verify.ts';
import { goldenFolder, type GoldenName } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';

const { path } = tempFolder();
const form = exportForm('gguf');

async function open(name: GoldenName): Promise<ModelSource> {
  return openModelSource([goldenFolder(name)]);
}

async function write(exported: ModelToExport): Promise<string> {
  const folder = path('gguf');
  await writeExport(folder, form.files(exported), {
    signal: new AbortController().signal,
    onBytes: () => undefined,
    check: async (staged) => {
      await verifyExport(staged, form, exported);
      expect(await form.check!(staged, exported, () => undefined)).toBe(0);
    },
  });
  return folder;
}

describe('a model exported as gguf', () => {
  it.each(['gpt2', 'llama3', 'smollm2', 'qwen2', 'qwen3'] as const)(
    'like %s is the same when it is opened again',
    async (name) => {
      const source = await open(name);
      const folder = await write({ ...source, elementType: 'f32' });
      expect(readdirSync(folder).sort()).toEqual(['Modelfile', 'README.md', 'model.gguf']);
      const again = await openModelSource([folder]);
      const { initializerRange } = source.model as DecoderConfig;
      expect({ ...again.model, initializerRange }).toEqual(source.model);
      for (const { name: tensor } of hfStateDict(source.model).tensors) {
        expect(await again.weights.readF32(tensor), tensor).toEqual(await source.weights.readF32(tensor));
      }
      const text = 'The loom hums in 1969: <|im_start|> naïve\n\n ';
      expect(again.tokenizer.encode(text).ids).toEqual(source.tokenizer.encode(text).ids);
      expect(again.tokenizer.endOfTextTokenId).toBe(source.tokenizer.endOfTextTokenId);
      await Promise.all([source.close(), again.close()]);
    },
  );

  it.each(['f16', 'q8_0'] as const)(
    'in %s is close, and found damaged by one changed byte',
    async (elementType) => {
      const source = await open('gpt2');
      const exported = { ...source, elementType };
      const folder = await write(exported);
      const again = await openModelSource([folder]);
      const name = 'transformer.h.0.mlp.c_proj.weight';
      const [found, expected] = [await again.weights.readF32(name), await source.weights.readF32(name)];
      const largest = Math.max(...expected.map(Math.abs));
      expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(
        largest / 127,
      );
      expect(found).not.toEqual(expected);
      await again.close();

      const file = join(folder, 'model.gguf');
      const bytes = readFileSync(file);
      bytes[bytes.length - 40]! ^= 1;
      writeFileSync(file, bytes);
      await expect(verifyExport(folder, form, exported)).rejects.toMatchObject({
        code: 'export-damaged',
        message: expect.stringMatching(/"[a-z_.\d]+" has other values/),
      });
      bytes[bytes.length - 40]! ^= 1;
      bytes[bytes.indexOf('gpt2.block_count') + 'gpt2.block_count'.length + 4]! ^= 1;
      writeFileSync(file, bytes);
      await expect(verifyExport(folder, form, exported)).resolves.toBeGreaterThan(0);
      await expect(form.check!(folder, exported, () => undefined)).rejects.toMatchObject({
        code: 'export-damaged',
        message: expect.stringMatching(/keys/),
      });
      await source.close();
    },
  );

  it('keeps room for tokens that the tokenizer does not have, and the chat template', async () => {
    const source = await open('qwen3');
    expect(source.model.vocabSize).toBeGreaterThan(source.tokenizer.vocabSize);
    const tokenizer = withChatTemplate(source.tokenizer, { text: chatTemplates.chatml.text });
    const again = await openModelSource([await write({ ...source, tokenizer, elementType: 'f32' })]);
    expect(again.model.vocabSize).toBe(source.model.vocabSize);
    expect(again.tokenizer.vocabSize).toBe(source.tokenizer.vocabSize);
    expect(again.tokenizer.chatTemplate).toBe(chatTemplates.chatml.text);
    await Promise.all([source.close(), again.close()]);
  });
});

describe('what is refused, by name', () => {
  const refusal = (code: string, words: RegExp): object =>
    expect.objectContaining({ code, message: expect.stringMatching(words) });

  it('models that go on with no text, and settings that llama.cpp computes otherwise', async () => {
    const bert = await openModelSource([
      fileURLToPath(new URL('../../golden/huggingface/bert', import.meta.url)),
    ]);
    expect(() => form.files({ ...bert, elementType: 'f32' })).toThrow(
      refusal('export-model-unsupported', /bert/),
    );
    await bert.close();
    const marian = await openModelSource([
      fileURLToPath(new URL('../../golden/huggingface/marian', import.meta.url)),
    ]);
    expect(() => form.files({ ...marian, elementType: 'f32' })).toThrow(
      refusal('export-model-unsupported', /transformer/),
    );
    await marian.close();
    const gpt2 = await open('gpt2');
    const qwen = await open('qwen3');
    const changed: [ModelSource, Partial<DecoderConfig>, RegExp][] = [
      [gpt2, { hiddenAct: 'gelu' }, /gelu_new; this one has gelu/],
      [qwen, { hiddenAct: 'relu' }, /silu; this one has relu/],
      [qwen, { ropeType: 'llama3' }, /rotary positions of a qwen3/],
    ];
    for (const [source, change, words] of changed) {
      const model = { ...source.model, ...change } as ModelConfig;
      expect(() => form.files({ ...source, model, elementType: 'f32' })).toThrow(
        refusal('export-setting-unsupported', words),
      );
    }
    await Promise.all([gpt2.close(), qwen.close()]);
  });

  it('tokenizers that llama.cpp cannot work with', async () => {
    const gpt2 = await open('gpt2');
    const tokenizer = await trainCharacters(Readable.from(['abc']));
    const code = 'export-tokenizer-unsupported';
    expect(() => form.files({ ...gpt2, tokenizer, elementType: 'f32' })).toThrow(refusal(code, /characters/));
    // Its tokenizer is of the kind Unigram.
    const llama = await open('llama');
    expect(() => form.files({ ...llama, elementType: 'f32' })).toThrow(refusal(code, /Unigram/));
    await Promise.all([gpt2.close(), llama.close()]);
  });

  it('number formats that a form does not hold', async () => {
    const gpt2 = await open('gpt2');
    const code = 'export-element-unsupported';
    expect(() => form.files({ ...gpt2, elementType: 'bf16' })).toThrow(refusal(code, /f32, f16 or q8_0/));
    for (const format of ['huggingface', 'safetensors', 'pth']) {
      expect(() => exportForm(format).files({ ...gpt2, elementType: 'q8_0' })).toThrow(refusal(code, /GGUF/));
    }
    await gpt2.close();
  });
});

describe('beside the file', () => {
  const textOf = async (exported: ModelToExport, file: string): Promise<string> =>
    String(form.files(exported)[file]!());

  it('a Modelfile says where a text ends, how far it may reach and how a conversation is laid out', async () => {
    const source = await open('qwen3');
    const plain = await textOf({ ...source, elementType: 'f32' }, 'Modelfile');
    expect(plain.split('\n')).toEqual([
      'FROM ./model.gguf',
      'TEMPLATE """{{ .Prompt }}"""',
      'PARAMETER num_ctx 40960',
      'PARAMETER stop "<|im_end|>"',
      '',
    ]);
    const chat = withChatTemplate(source.tokenizer, { text: chatTemplates.chatml.text });
    const laidOut = await textOf({ ...source, tokenizer: chat, elementType: 'f32' }, 'Modelfile');
    expect(laidOut).toContain('<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n');
    const own = withChatTemplate(source.tokenizer, { text: '{{ messages }}' });
    const left = await textOf({ ...source, tokenizer: own, elementType: 'f32' }, 'Modelfile');
    expect(left).not.toContain('TEMPLATE """');
    expect(left).toContain('# The chat template is in the file');
    await source.close();
  });

  it('a model card with the form, the size and the number format', async () => {
    const source = await open('llama3');
    const card = await textOf({ ...source, elementType: 'q8_0' }, 'README.md');
    expect(card).toMatch(/^---\nlibrary_name: gguf\n/);
    for (const words of ['| Form | llama |', '131,072 tokens', 'q8_0, 8 bits', 'Heddle did not train']) {
      expect(card).toContain(words);
    }
    await source.close();
  });
});
