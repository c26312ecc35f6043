// Encoder-decoders leave in the forms that can hold them and come back the same; others are refused by name.

import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TransformerConfig } from '../../../engine/index.ts';
import { openModelSource, type ModelSource } from '../../../main/engine-host/model-source.ts';
import { exportForm } from '../../../main/export/registry.ts';
import { writeExport, type ModelToExport } from '../../../main/export/target.ts';
import { verifyExport } from '../../../main/export/verify.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';

const { path } = tempFolder();
const marianFolder = fileURLToPath(new URL('../../golden/huggingface/marian', import.meta.url));
let source: ModelSource;
beforeAll(async () => {
  source = await openModelSource([marianFolder]);
});
afterAll(() => source.close());

async function write(format: string, exported: ModelToExport): Promise<{ folder: string; count: number }> {
  const form = exportForm(format);
  const folder = path(format);
  let count = 0;
  await writeExport(folder, form.files(exported), {
    signal: new AbortController().signal,
    onBytes: () => undefined,
    check: async (staged) => {
      count = await verifyExport(staged, form, exported);
    },
  });
  return { folder, count };
}

describe('an encoder-decoder', () => {
  // Marian: 16 and 26 tensors a layer, a table, a zero bias of the logits. PyTorch: queries, keys and values in one,
  // so 12 and 18, and the table; a .pth has its two other names too.
  it.each([
    ['marian', 60],
    ['safetensors', 43],
    ['pth', 45],
  ])('exported as %s is opened again with the same settings and weights', async (format, tensors) => {
    const { folder, count } = await write(format, { ...source, elementType: 'f32' });
    expect(count).toBe(tensors);
    const again = await openModelSource([folder]);
    expect(again.model).toEqual(source.model);
    expect([...again.weights.tensors.keys()].sort()).toEqual([...source.weights.tensors.keys()].sort());
    for (const name of source.weights.tensors.keys()) {
      expect(await again.weights.readF32(name), name).toEqual(await source.weights.readF32(name));
    }
    await again.close();
  });

  it('begins its targets behind what its settings say, and the files say so', async () => {
    const { endOfTextTokenId, padTokenId } = source.tokenizer;
    expect(padTokenId).not.toBe(endOfTextTokenId);
    // The folder that it came from says padding; models of our own say the token that ends a text.
    for (const [decoderStart, id] of [
      ['padding', padTokenId],
      ['end', endOfTextTokenId],
    ] as const) {
      const model: TransformerConfig = { ...(source.model as TransformerConfig), decoderStart };
      const { folder } = await write('marian', { ...source, model, elementType: 'bf16' });
      for (const file of ['config.json', 'generation_config.json']) {
        const json = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
        expect(json, file).toMatchObject({ decoder_start_token_id: id });
      }
      const again = await openModelSource([folder]);
      expect(again.model).toMatchObject({ decoderStart });
      await again.close();
    }
  });

  it('with a bias of its logits keeps it in every form that it leaves in', async () => {
    const folder = path('biased');
    cpSync(marianFolder, folder, { recursive: true });
    cpSync(`${marianFolder}-biased.safetensors`, join(folder, 'model.safetensors'));
    const biased = await openModelSource([folder]);
    const bias = await biased.weights.readF32('final_logits_bias');
    expect(bias.some((value) => value !== 0)).toBe(true);
    for (const format of ['marian', 'safetensors', 'pth']) {
      const written = await write(format, { ...biased, elementType: 'f32' });
      const again = await openModelSource([written.folder]);
      expect(again.model, format).toEqual(biased.model);
      expect(await again.weights.readF32('final_logits_bias'), format).toEqual(bias);
      await again.close();
    }
    await biased.close();
  });

  it('is refused by name where a form cannot hold it', async () => {
    const code = 'export-setting-unsupported';
    const exported = { ...source, elementType: 'f32' as const };
    const files = (format: string, model: ModelToExport): (() => unknown) => {
      return () => exportForm(format).files(model);
    };
    expect(files('huggingface', exported)).toThrow(expect.objectContaining({ code }));
    const model: TransformerConfig = { ...(source.model as TransformerConfig), normFirst: true };
    expect(files('marian', { ...exported, model })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/normFirst true/) }),
    );
    const gpt2 = await openModelSource([goldenFolder('gpt2')]);
    expect(files('marian', { ...gpt2, elementType: 'f32' })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/gpt2/) }),
    );
    await gpt2.close();
  });
});
