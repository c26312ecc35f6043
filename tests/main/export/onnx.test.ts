// ONNX exports: read back tensor by tensor, a byte that the disk changed is found, what has no graph is refused by
// name, and weights too large for a protocol buffer lie beside. That ONNX Runtime computes the same logits is checked
// by tests/interop.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isOnnxDataBeside,
  openOnnxData,
  presets,
  writeOnnx,
  writeOnnxData,
  type DecoderConfig,
} from '../../../engine/index.ts';
import type { TensorToWrite } from '../../../engine/formats/bytes.ts';
import { hfStateDict } from '../../../engine/formats/hf-state-dict.ts';
import { openModelSource } from '../../../main/engine-host/model-source.ts';
import { exportForm } from '../../../main/export/registry.ts';
import { writeExport, type ModelToExport } from '../../../main/export/target.ts';
import { verifyExport } from '../../../main/export/verify.ts';
import { collect, hex, sourceOf } from '../../engine/formats/in-memory.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';

const { path } = tempFolder();
const form = exportForm('onnx');

async function write(exported: ModelToExport): Promise<string> {
  const folder = path('onnx');
  await writeExport(folder, form.files(exported), {
    signal: new AbortController().signal,
    onBytes: () => undefined,
    check: async (staged) => void (await verifyExport(staged, form, exported)),
  });
  return folder;
}

describe('a model exported as onnx', () => {
  it.each(['gpt2', 'llama3', 'qwen2', 'qwen3'] as const)('like %s is read back', async (name) => {
    const source = await openModelSource([goldenFolder(name)]);
    const folder = await write({ ...source, elementType: 'f16' });
    expect(readdirSync(folder)).toContain('model.onnx');
    const { tensors } = hfStateDict(source.model);
    expect(await verifyExport(folder, form, { ...source, elementType: 'f16' })).toBe(tensors.length);
    await source.close();
  });

  it('with a changed weight is found to be damaged', async () => {
    const source = await openModelSource([goldenFolder('gpt2')]);
    const exported = { ...source, elementType: 'f32' } as const;
    const file = join(await write(exported), 'model.onnx');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    await expect(verifyExport(join(file, '..'), form, exported)).rejects.toMatchObject({
      code: 'export-damaged',
    });
    await source.close();
  });

  it.each([
    ['bert', 'f32', 'export-form-unsupported'],
    ['gpt2', 'bf16', 'export-element-unsupported'],
  ] as const)('is refused for %s in %s', async (name, elementType, code) => {
    const source = await openModelSource([join(goldenFolder('gpt2'), '..', name)]);
    expect(() => form.files({ ...source, elementType })).toThrow(expect.objectContaining({ code }));
    await source.close();
  });
});

describe('weights of more than 2 GB', () => {
  it('are named by the graph and lie beside it', async () => {
    const { model } = presets.find(({ name }) => name === 'gpt2-124m')!.settings;
    const config = { ...model, numHiddenLayers: 60 } as DecoderConfig;
    const tensors = hfStateDict(config).tensors.map(({ name, shape }) => ({
      name,
      shape,
      elementType: 'f32' as const,
      read: () => Promise.reject(new Error('It is not to be read for the graph.')),
    }));
    expect(isOnnxDataBeside(tensors)).toBe(false);
    const more = { ...config, numHiddenLayers: 80 };
    const large = hfStateDict(more).tensors.map(({ name, shape }) => ({ ...tensors[0]!, name, shape }));
    expect(isOnnxDataBeside(large)).toBe(true);
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeOnnx(more, large)) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('latin1');
    expect(text.length).toBeLessThan(4e6);
    const first = 4 * 50_257 * 768;
    expect(text).toContain(`length\x12\x09${first}`);
    expect(text).toContain(`offset\x12\x09${first}`);
  });

  it('are read back from there, and are missed where the file ends before them', async () => {
    const source = await openModelSource([goldenFolder('gpt2')]);
    const expected = form.tensors({ ...source, elementType: 'f16' }).tensors as TensorToWrite[];
    const bytes = await collect(writeOnnxData(expected));
    const written = openOnnxData(sourceOf(bytes), expected);
    for (const { name, read } of expected) {
      expect(hex(await written.readBytes(name))).toBe(hex(await read()));
    }
    const short = openOnnxData(sourceOf(bytes.subarray(0, -1)), expected);
    expect(short.tensors.size).toBe(expected.length - 1);
    await source.close();
  });
});
