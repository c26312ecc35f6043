// Loading from the Hub, against a local server that speaks its protocol: ranges, redirects, hashes, refusals.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { downloadFromHub } from '../../../main/hub/download.ts';
import { looksLikeHubName, readHubName } from '../../../main/hub/hub-name.ts';
import { tempFolder } from '../temp-folder.ts';
import { startFakeHub, type FakeHub } from './fake-hub.ts';

const files = {
  'config.json': Buffer.from('{"model_type": "gpt2"}'),
  'model.safetensors': Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251)),
  'pytorch_model.bin': Buffer.alloc(2_000, 7),
  'README.md': Buffer.from('# a card'),
  'onnx/model.onnx': Buffer.alloc(5_000),
};
const model = { kind: 'model', name: 'owner/name', revision: 'main' } as const;
const signal = new AbortController().signal;

let hub: FakeHub;
const temporary = tempFolder();
let folder: string;
beforeEach(async () => {
  folder = temporary.path('hub');
  hub = await startFakeHub(files, { token: 'secret' });
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  vi.stubEnv('HF_TOKEN', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
});

const load = (onProgress: (share: number) => void = () => undefined, what = model): Promise<string[]> =>
  downloadFromHub(what, folder, { signal, onProgress });
const there = async (): Promise<string[]> => (await readdir(folder).catch(() => [])).sort();

describe('loading a model', () => {
  it('takes settings and the safest weights, follows redirects without the token, says how far it is', async () => {
    const shares: number[] = [];
    const paths = await load((share) => shares.push(share));
    expect(paths).toEqual([join(folder, 'config.json'), join(folder, 'model.safetensors')]);
    expect(await there()).toEqual(['config.json', 'model.safetensors']);
    expect(await readFile(paths[1]!)).toEqual(files['model.safetensors']);
    expect(hub.storageTokens).toEqual([undefined]);
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });

  it('goes on after a cut where it was cut, and loads nothing twice', async () => {
    hub.cutAfterBytes = 100_000;
    await expect(load()).rejects.toMatchObject({ code: 'hub-unreachable' });
    expect(await there()).toEqual(['config.json', 'model.safetensors.part']);
    const begun = (await readFile(join(folder, 'model.safetensors.part'))).length;
    expect(begun).toBeGreaterThan(0);
    hub.asked.length = 0;
    await load();
    expect(hub.asked).toEqual([`model.safetensors ${begun}`]);
    expect(await readFile(join(folder, 'model.safetensors'))).toEqual(files['model.safetensors']);
    hub.asked.length = 0;
    await load();
    expect(hub.asked).toEqual([]);
  });

  it.each(['hash', 'larger'] as const)('keeps nothing of a file that lies about its %s', async (lies) => {
    hub.lies = lies;
    await expect(load()).rejects.toMatchObject({ code: 'hub-file-damaged' });
    expect(await there()).toEqual([]);
  });

  it('says what to do where it may not, and where there is nothing', async () => {
    vi.stubEnv('HF_TOKEN', 'another');
    await expect(load()).rejects.toMatchObject({
      code: 'hub-unauthorized',
      hint: expect.stringContaining('HF_TOKEN'),
    });
    vi.stubEnv('HF_TOKEN', 'secret');
    await expect(load(undefined, { ...model, name: 'owner/other' } as never)).rejects.toMatchObject({
      code: 'hub-not-found',
    });
    await hub.close();
    await expect(load()).rejects.toMatchObject({ code: 'hub-unreachable' });
    expect(await there()).toEqual([]);
  });

  it('stops when it is told to, and keeps what is there for the next time', async () => {
    const stopping = new AbortController();
    const loading = downloadFromHub(model, folder, {
      signal: stopping.signal,
      onProgress: (share) => share > 0.3 && stopping.abort(),
    });
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
    expect(await there()).not.toContain('model.safetensors');
  });
});

describe('loading a dataset', () => {
  it('takes the training part', async () => {
    await hub.close();
    hub = await startFakeHub({
      'data/train-00000.parquet': Buffer.alloc(3_000, 1),
      'data/test-00000.parquet': Buffer.alloc(3_000, 2),
      'README.md': Buffer.from('# a card'),
    });
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    const dataset = { ...model, kind: 'dataset' } as never;
    expect(await load(undefined, dataset)).toEqual([join(folder, 'data', 'train-00000.parquet')]);
  });
});

describe('names', () => {
  it('are read plain, with a revision, and as addresses', () => {
    expect(readHubName('HuggingFaceTB/SmolLM2-135M', 'model')).toEqual({
      kind: 'model',
      name: 'HuggingFaceTB/SmolLM2-135M',
      revision: 'main',
    });
    expect(readHubName('owner/name@v1.0', 'dataset')).toMatchObject({ kind: 'dataset', revision: 'v1.0' });
    expect(readHubName('https://huggingface.co/datasets/owner/name/tree/dev', 'model')).toEqual({
      kind: 'dataset',
      name: 'owner/name',
      revision: 'dev',
    });
  });

  it.each(['name', '../name', 'owner/../name', 'a/b/c', 'owner/na me', ''])('refuse %j', (text) => {
    expect(looksLikeHubName(text)).toBe(false);
    expect(() => readHubName(text, 'model')).toThrow(expect.objectContaining({ code: 'hub-name-invalid' }));
  });
});
