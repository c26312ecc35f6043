// State dicts of PyTorch as models: in a folder with config.json, split with an index, named alone with their config
// beside them, and as Heddle exports them.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeTorchStateDict, type TensorReader } from '../../../engine/index.ts';
import { openModelSource, type ModelSource } from '../../../main/engine-host/model-source.ts';
import { exportForm } from '../../../main/export/registry.ts';
import { writeExport } from '../../../main/export/target.ts';
import { tempFolder } from '../temp-folder.ts';
import { copyGolden, goldenFolder, sameTensors } from './golden-models.ts';

const { path } = tempFolder();

/** The golden Llama model with its weights in state dicts, by the names of the files. */
async function withStateDicts(names: readonly string[]): Promise<string> {
  const source = await openModelSource([goldenFolder('llama')]);
  const folder = copyGolden('llama', path('model'), ['model.safetensors']);
  const tensors = sameTensors(source.weights);
  const each = Math.ceil(tensors.length / names.length);
  for (const [at, name] of names.entries()) {
    const parts: Uint8Array[] = [];
    const own = tensors.slice(at * each, (at + 1) * each);
    for await (const part of writeTorchStateDict(own)) parts.push(part.slice());
    writeFileSync(join(folder, name), Buffer.concat(parts));
  }
  if (names.length > 1) {
    const weightMap = Object.fromEntries(tensors.map(({ name }, at) => [name, names[Math.floor(at / each)]]));
    writeFileSync(join(folder, 'pytorch_model.bin.index.json'), JSON.stringify({ weight_map: weightMap }));
  }
  await source.close();
  return folder;
}

async function expectSame(sources: readonly string[]): Promise<ModelSource> {
  const [found, expected] = [await openModelSource(sources), await openModelSource([goldenFolder('llama')])];
  expect(found.model).toEqual(expected.model);
  for (const name of expected.weights.tensors.keys()) {
    expect(await found.weights.readF32(name), name).toEqual(await expected.weights.readF32(name));
  }
  await Promise.all([found.close(), expected.close()]);
  return found;
}

describe('a model in state dicts of PyTorch', () => {
  it.each(['pytorch_model.bin', 'consolidated.00.pth', 'weights.pt'])('is opened from %s', async (name) => {
    const folder = await withStateDicts([name]);
    // What a trainer saves beside the weights is none of them.
    for (const other of ['training_args.bin', 'optimizer.pt', 'scheduler.pt', 'rng_state.pth']) {
      writeFileSync(join(folder, other), 'other');
    }
    const source = await expectSame([folder]);
    expect(source.files.map((file) => file.name)).toContain(name);
    expect(source.files.map((file) => file.name)).not.toContain('optimizer.pt');
    // Named alone it brings config.json and the tokenizer that lie beside it.
    await expectSame([join(folder, name)]);
  });

  it('is opened from several with an index', async () => {
    const names = ['pytorch_model-00001-of-00002.bin', 'pytorch_model-00002-of-00002.bin'];
    const source = await expectSame([await withStateDicts(names)]);
    expect(source.files.map((file) => file.name)).toEqual(
      expect.arrayContaining([...names, 'pytorch_model.bin.index.json']),
    );
  });

  it('is asked for where there are several, and refused without its config', async () => {
    const folder = await withStateDicts(['a.pth']);
    writeFileSync(join(folder, 'b.pth'), 'other');
    await expect(openModelSource([folder])).rejects.toMatchObject({
      code: 'weights-not-found',
      message: expect.stringMatching(/"a\.pth" and "b\.pth"/),
    });
    await expectSame([join(folder, 'a.pth')]);
    const bare = path('bare');
    mkdirSync(bare);
    const [alone] = readdirSync(folder).filter((name) => name === 'a.pth');
    const parts: Uint8Array[] = [];
    for await (const part of writeTorchStateDict([])) parts.push(part.slice());
    writeFileSync(join(bare, alone!), Buffer.concat(parts));
    await expect(openModelSource([join(bare, alone!)])).rejects.toMatchObject({
      code: 'model-config-missing',
    });
  });

  it.each(['gpt2', 'qwen3'] as const)('is the same when Heddle exported %s as pth', async (name) => {
    const source = await openModelSource([goldenFolder(name)]);
    const form = exportForm('pth');
    const folder = path('pth');
    await writeExport(folder, form.files({ ...source, elementType: 'f32' }), {
      signal: new AbortController().signal,
      onBytes: () => undefined,
      check: () => Promise.resolve(),
    });
    const again = await openModelSource([join(folder, 'model.pth')]);
    expect(again.model).toEqual(source.model);
    expect(again.tokenizer.toTokenizerJson()).toEqual(source.tokenizer.toTokenizerJson());
    const read = (weights: TensorReader) => weights.readF32([...source.weights.tensors.keys()][0]!);
    expect(await read(again.weights)).toEqual(await read(source.weights));
    await Promise.all([source.close(), again.close()]);
  });
});
