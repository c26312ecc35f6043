// A model and a dataset of the Hub, from their names to weights and rows in the home; against a local server that
// speaks its protocol.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { startFakeHub, type FakeHub } from '../hub/fake-hub.ts';
import { tempFolder } from '../temp-folder.ts';
import { hashes } from './real-studio.ts';

const home = tempFolder().path('home');
let studio: OpenStudio;
let hub: FakeHub;
beforeAll(async () => {
  studio = await openStudio(home, { startQueue: false });
});
afterAll(() => studio.close('pause'));
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
});

async function serve(files: Readonly<Record<string, Buffer>>): Promise<void> {
  hub = await startFakeHub(files);
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
}
const downloads = (): string[] => readdirSync(join(home, 'downloads'));

describe('from the Hub', () => {
  it('opens a model under its name, and goes on after a cut', async () => {
    const folder = goldenFolder('gpt2');
    const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
    await serve(Object.fromEntries(files));
    hub.cutAfterBytes = 2_000;
    await expect(studio.call('weights.hub', { hub: 'owner/name' })).rejects.toMatchObject({
      code: 'hub-unreachable',
    });
    expect(await studio.call('weights.list', {})).toEqual([]);
    expect(downloads()).toEqual(['models--owner--name--main']);
    const weights = await studio.call('weights.hub', { hub: 'owner/name' });
    expect(weights).toMatchObject({ name: 'name', sourceName: 'owner/name', modelType: 'gpt2' });
    expect(hashes(join(home, 'weights', weights.id))).toEqual(hashes(folder));
    expect(downloads()).toEqual([]);
  });

  it('imports a dataset', async () => {
    await serve({ 'train.jsonl': Buffer.from('{"text": "warp"}\n{"text": "weft"}\n') });
    const dataset = await studio.call('datasets.hub', { hub: 'owner/name', name: 'cloth' });
    expect(dataset).toMatchObject({ name: 'cloth', rowCount: 2, columns: ['text'] });
    expect(downloads()).toEqual([]);
  });

  it('refuses an address of the other kind before it asks the Hub', async () => {
    await serve({});
    await expect(
      studio.call('weights.hub', { hub: 'https://huggingface.co/datasets/owner/name' }),
    ).rejects.toMatchObject({ code: 'hub-wrong-kind' });
    expect(hub.asked).toEqual([]);
  });
});
