// The folder in which PyTorch goes on with a run: what lies in it, whose bytes these are, and what is refused. That
// PyTorch then has Heddle's losses is seen by tests/interop/torchrun.py.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors, type TensorReader } from '../../../engine/index.ts';
import { FileSource } from '../../../main/engine-host/file-source.ts';
import type { EngineResults } from '../../../main/engine-host/messages.ts';
import { openModelSource } from '../../../main/engine-host/model-source.ts';
import { openTrainingToExport } from '../../../main/engine-host/training-to-export.ts';
import { exportForm } from '../../../main/export/registry.ts';
import { onCpuDevice } from '../../engine/on-each-device.ts';
import { tempFolder } from '../temp-folder.ts';
import { SmallRunFolder, smallRuns } from './torchrun-runs.ts';

const { path } = tempFolder();
const { signal } = new AbortController();

const read = (folder: string, name: string): Buffer => readFileSync(join(folder, name));
const settingsIn = (folder: string): Record<string, unknown> =>
  JSON.parse(read(folder, 'training.json').toString()) as Record<string, unknown>;

const sources: FileSource[] = [];
afterAll(() => Promise.all(sources.map((source) => source.close())));

async function tensorsIn(file: string): Promise<TensorReader> {
  const source = await FileSource.open(file);
  sources.push(source);
  return openSafetensors(source);
}

onCpuDevice((makeDevice) => {
  describe('of a run that has trained', () => {
    const folder = path('instruct');
    let run: SmallRunFolder;
    let written: EngineResults['export'];
    beforeAll(async () => {
      run = new SmallRunFolder(path('run'), await makeDevice(), smallRuns['qwen2-instruct-padded']);
      await run.train(null, 2);
      written = await run.export(2, folder);
    });

    it('are the model, the tokens, the settings and the program', async () => {
      const tokens = ['train', 'validation'].flatMap((part) =>
        ['bin', 'flags.bin', 'starts.bin'].map((kind) => `${part}.${kind}`),
      );
      const model =
        'config.json generation_config.json model.safetensors tokenizer.json tokenizer_config.json';
      const rest = 'optimizer.safetensors training.json model.py train.py data.py run.sh README.txt';
      expect(readdirSync(folder).toSorted()).toEqual(
        [...tokens, ...model.split(' '), ...rest.split(' ')].toSorted(),
      );
      const trained = await tensorsIn(join(run.checkpoint(2), 'model.safetensors'));
      // Each tensor and its two moments.
      expect(written.verifiedTensorCount).toBe(3 * trained.tensors.size);
      expect(read(folder, 'model.py').toString()).toContain('class Qwen2(nn.Module)');
      const opened = await openModelSource([folder]);
      expect(opened.model.modelType).toBe('qwen2');
      await opened.close();
    });

    it('tokens are the bytes of the run’s own cache', () => {
      const [key] = readdirSync(run.tokensFolder);
      const cache = join(run.tokensFolder, key!);
      const names = readdirSync(cache).filter((name) => name.endsWith('.bin'));
      expect(names).toHaveLength(6);
      for (const name of names) expect(read(folder, name).equals(read(cache, name))).toBe(true);
    });

    it('what the optimizer remembers has the names of the state dict', async () => {
      const moments = await tensorsIn(join(folder, 'optimizer.safetensors'));
      const own = await tensorsIn(join(run.checkpoint(2), 'optimizer.safetensors'));
      for (const word of ['m', 'v']) {
        const name = `${word}.model.layers.1.self_attn.q_proj.weight`;
        expect(await moments.readF32(name)).toEqual(await own.readF32(name));
      }
      const { tensors } = await tensorsIn(join(folder, 'model.safetensors'));
      expect([...moments.tensors.keys()].toSorted()).toEqual(
        ['m', 'v'].flatMap((word) => [...tensors.keys()].map((name) => `${word}.${name}`)).toSorted(),
      );
    });

    it('settings say where the run is', () => {
      expect(settingsIn(folder)).toMatchObject({
        task: 'instruct',
        step: 2,
        updates: 2,
        sequences_seen: 8,
        length: 72,
        bytes_per_token: 2,
        frozen: [],
        training: { max_steps: 24, lr_scheduler_type: 'linear', learning_rate: 5e-3, seed: 99 },
      });
    });

    it('a changed byte of the tokens is found', async () => {
      const source = await openModelSource([run.checkpoint(2)]);
      const { training, close } = await openTrainingToExport(run.exportRequest(2, folder), source, signal);
      const exported = { ...source, elementType: 'f32' as const, training };
      const check = exportForm('torchrun').check!;
      const copy = path('damaged');
      await run.export(2, copy);
      expect(await check(copy, exported, () => undefined)).toBe((written.verifiedTensorCount * 2) / 3);
      const bytes = read(copy, 'train.bin');
      bytes[5] = bytes[5]! ^ 1;
      writeFileSync(join(copy, 'train.bin'), bytes);
      await expect(check(copy, exported, () => undefined)).rejects.toMatchObject({
        code: 'export-damaged',
        message: expect.stringContaining('train.bin'),
      });
      await close();
      await source.close();
    });

    it('weights alone and rounded weights are refused, and nothing is left', async () => {
      const out = path('refused');
      await expect(run.export(2, out, { tokens: null })).rejects.toMatchObject({
        code: 'export-without-run',
      });
      await expect(run.export(2, out, { elementType: 'bf16' })).rejects.toMatchObject({
        code: 'export-setting-unsupported',
        message: expect.stringContaining('bf16'),
      });
      expect(existsSync(out)).toBe(false);
    });
  });

  it('of a run before its first step has no moments, and names what is never trained', async () => {
    const run = new SmallRunFolder(path('run'), await makeDevice(), smallRuns['gpt2-text']);
    await run.train(null, 0);
    const folder = path('gpt2');
    await run.export(0, folder);
    expect(existsSync(join(folder, 'optimizer.safetensors'))).toBe(false);
    const { frozen, initial } = settingsIn(folder) as {
      frozen: string[];
      initial: Record<string, [string, number]>;
    };
    // GPT-2's class has biases that this model has not.
    expect(frozen).toHaveLength(2 * 6 + 1);
    expect(frozen.every((name) => name.endsWith('.bias'))).toBe(true);
    expect(initial).toMatchObject({
      'transformer.wte.weight': ['normal', 0.02],
      'transformer.h.0.attn.c_proj.weight': ['normal', 0.02 / Math.sqrt(2 * 2)],
      'transformer.ln_f.weight': ['constant', 1],
      'transformer.ln_f.bias': ['constant', 0],
    });
  });

  it('of a run with LoRA is refused by name', async () => {
    const small = { ...smallRuns['llama-text-sgd'], tuning: { method: 'lora' } };
    const run = new SmallRunFolder(path('run'), await makeDevice(), small);
    await run.train(null, 0);
    await expect(run.export(0, path('lora'))).rejects.toMatchObject({
      code: 'export-setting-unsupported',
      message: expect.stringContaining('LoRA'),
    });
  });
});
