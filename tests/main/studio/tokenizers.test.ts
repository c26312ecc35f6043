// The calls of tokenizers on a whole studio: made, kept, used, removed, and cancelled without a trace.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTokenizerJson } from '../../../engine/index.ts';
import { hostileName, studioWithFiles } from './studio-with-files.ts';

const { home, call, listen, said, progressOf, onDisk, importText } = studioWithFiles();
const sentence = 'the loom and the thread and the weaver\n';

/** Words that hardly ever come twice. */
function someWords(length: number): string {
  let state = 1;
  return Array.from({ length }, () => (state = Math.imul(state, 48_271) >>> 1).toString(36)).join(' ');
}

describe('a tokenizer', () => {
  it('is made from a dataset, kept, used and removed', async () => {
    const { id: datasetId } = await importText('tok.txt', sentence.repeat(50));
    const made = await call('tokenizers.train', {
      datasetId,
      kind: 'byte-level-bpe',
      vocabSize: 280,
      name: hostileName,
      operationId: 'train',
    });
    expect(made).toMatchObject({ name: hostileName, kind: 'byte-level-bpe', datasetId });
    expect(await call('tokenizers.list', {})).toEqual([made]);
    expect(said('tokenizer.updated')).toEqual([made]);
    expect(progressOf('train').length).toBeGreaterThan(0);

    const file = join(home, 'tokenizers', made.id, 'tokenizer.json');
    const tokenizer = loadTokenizerJson(readFileSync(file, 'utf8'));
    const { ids } = tokenizer.encode(sentence.repeat(50));
    expect(tokenizer.vocabSize).toBe(made.vocabSize);
    expect(made.bytesPerToken).toBe((sentence.length * 50) / ids.length);

    const choice = { tokenizerId: made.id };
    const { tokens } = await call('tokenizers.encode', { tokenizer: choice, text: sentence });
    expect(tokens.map(({ id }) => id)).toEqual([...tokenizer.encode(sentence).ids]);
    expect(tokens.map(({ text }) => text).join('')).toBe(sentence.replaceAll(' ', '␣').replace('\n', '\\n'));
    const counted = await call('datasets.statistics', { datasetId, tokenizer: choice });
    expect(counted).toMatchObject({ vocabSize: made.vocabSize, tokenCount: ids.length });

    expect(await call('tokenizers.remove', choice)).toEqual({});
    expect(existsSync(file)).toBe(false);
    expect(said('tokenizer.removed')).toEqual([choice]);
    const again = call('tokenizers.encode', { tokenizer: choice, text: 'x' });
    await expect(again).rejects.toMatchObject({ code: 'tokenizer-not-found' });
  });

  it('made twice alike is kept once', async () => {
    const { id: datasetId } = await importText('twice.txt', sentence);
    const one = await call('tokenizers.train', { datasetId, kind: 'characters' });
    expect(await call('tokenizers.train', { datasetId, kind: 'characters' })).toEqual(one);
    expect(onDisk('tokenizers')).toEqual([one.id]);
  });

  it('of the moment is made from a dataset, or from the text itself', async () => {
    const { id: datasetId } = await importText('moment.txt', 'abc');
    const tokenizer = { kind: 'characters' as const };
    expect(await call('tokenizers.encode', { tokenizer, datasetId, text: 'abz' })).toEqual({
      tokens: [
        { id: 0, text: 'a' },
        { id: 1, text: 'b' },
        { id: 3, text: '<|unk|>' },
      ],
      vocabSize: 4,
    });
    const own = await call('tokenizers.encode', { tokenizer, text: 'z😀' });
    expect(own.tokens.map(({ text }) => text)).toEqual(['z', '😀']);
    expect((await call('tokenizers.encode', { tokenizer, text: '' })).tokens).toEqual([]);
    expect(onDisk('tokenizers')).toHaveLength(1);
  });

  it('whose making is cancelled leaves nothing', async () => {
    const { id: datasetId } = await importText('words.txt', someWords(400_000));
    const before = onDisk('tokenizers');
    const stop = listen('progress', ({ operationId }) => {
      if (operationId === 'long') void call('operations.cancel', { operationId });
    });
    const training = call('tokenizers.train', {
      datasetId,
      kind: 'byte-level-bpe',
      vocabSize: 100_000,
      operationId: 'long',
    });
    await expect(training).rejects.toMatchObject({ code: 'operation-cancelled' });
    stop();
    expect(onDisk('tokenizers')).toEqual(before);
  });

  it('of the moment tells how far it is; who cancels leaves the others waiting', async () => {
    const { id: datasetId } = await importText('shared.txt', someWords(300_000));
    const tokenizer = { kind: 'byte-level-bpe' as const, vocabSize: 600 };
    const encode = (operationId: string) =>
      call('tokenizers.encode', { tokenizer, datasetId, text: 'abc', operationId });
    const stop = listen('progress', ({ operationId }) => {
      if (operationId === 'leaves') void call('operations.cancel', { operationId });
    });
    const [left, stayed] = await Promise.allSettled([encode('leaves'), encode('stays')]);
    stop();
    expect(left).toMatchObject({ status: 'rejected', reason: { code: 'operation-cancelled' } });
    expect(stayed).toMatchObject({ status: 'fulfilled', value: { vocabSize: 600 } });
    expect(progressOf('stays').length).toBeGreaterThan(0);
  });

  it('of the moment that all have left ends, and is made anew for the next', async () => {
    const { id: datasetId } = await importText('left.txt', someWords(400_000));
    const choose = (vocabSize: number) => ({ kind: 'byte-level-bpe' as const, vocabSize });
    const input = { tokenizer: choose(100_000), datasetId, text: 'abc', operationId: 'alone' };
    const stop = listen('progress', ({ operationId }) => {
      if (operationId === 'alone') void call('operations.cancel', { operationId });
    });
    for (const _ of [1, 2])
      await expect(call('tokenizers.encode', input)).rejects.toMatchObject({ code: 'operation-cancelled' });
    stop();
    const small = call('tokenizers.encode', { ...input, tokenizer: choose(257), operationId: 'small' });
    expect((await small).vocabSize).toBe(257);
  });

  it('of a dataset that is not there is refused', async () => {
    await expect(call('tokenizers.train', { datasetId: 'x', kind: 'characters' })).rejects.toMatchObject({
      code: 'dataset-not-found',
    });
  });
});
