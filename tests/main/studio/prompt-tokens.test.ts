// The tokens of a prompt for opened weights and for a checkpoint, against transformers' own ids.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { goldenFolder, goldenModel } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';
import { importText, tinySettings, trainRun, weaving } from './real-studio.ts';

const { path } = tempFolder();
let studio: OpenStudio;
beforeAll(async () => {
  studio = await openStudio(path('home'), { startQueue: true });
});
afterAll(() => studio.close('pause'));

const count = (checkpoint: string, text: string) =>
  studio.call('generation.countTokens', { checkpoint, text });

describe('generation.countTokens', () => {
  it.each(['gpt2', 'llama'] as const)('counts as transformers does for %s', async (name) => {
    const weights = await studio.call('weights.open', { sources: [goldenFolder(name)] });
    const { prompt, promptIds } = goldenModel(name);
    expect(await count(`weights:${weights.id}`, prompt)).toEqual({
      tokenCount: promptIds.length,
      unknownCharacter: null,
    });
    expect((await count(`weights:${weights.id}`, '')).tokenCount).toBe(0);
  });

  it('names the character that a tokenizer of characters does not know', async () => {
    const datasetId = await importText(studio, path('weaving.txt'), weaving);
    const { id } = await trainRun(studio, { datasetId, settings: tinySettings({ maxSteps: 1 }) });
    expect(await count(id, 'the loom')).toEqual({ tokenCount: 8, unknownCharacter: null });
    expect(await count(`${id}@last`, 'the lööm')).toEqual({
      tokenCount: null,
      unknownCharacter: { character: 'ö', index: 5 },
    });
  });

  it('refuses what is not there', async () => {
    await expect(count('weights:none', 'a')).rejects.toMatchObject({ code: 'weights-unknown' });
    await expect(count('none', 'a')).rejects.toMatchObject({ code: 'run-not-found' });
  });
});
