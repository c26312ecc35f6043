// The table of tokenizers by what is put in and comes out.

import { mkdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TokenizerRecord } from '../../../preload/contract.ts';
import { openStore, type Store } from '../../../main/store/store.ts';
import { tempFolder } from '../temp-folder.ts';
import { newDataset } from './records.ts';

const temp = tempFolder();
let store: Store;

beforeEach(() => {
  const home = temp.path('home');
  mkdirSync(home);
  store = openStore(home);
  store.datasets.insert(newDataset('d'));
});

const record = (id: string, changes: Partial<TokenizerRecord> = {}): TokenizerRecord => ({
  id,
  name: `tokenizer ${id}`,
  kind: 'byte-level-bpe',
  vocabSize: 300,
  bytesPerToken: 2.5,
  datasetId: 'd',
  hash: `hash ${id}`,
  createdAtMs: 1,
  ...changes,
});

describe('tokenizers', () => {
  it('come back as they were, newest first', () => {
    const [one, two] = [record('a'), record('b', { bytesPerToken: null, datasetId: null, createdAtMs: 2 })];
    store.tokenizers.insert(one);
    store.tokenizers.insert(two);
    expect(store.tokenizers.list()).toEqual([two, one]);
    expect(store.tokenizers.get('a')).toEqual(one);
    expect(store.tokenizers.get('none')).toBeNull();
    expect(() => store.tokenizers.insert(record('c', { kind: 'words' as 'other' }))).toThrow(/CHECK/);
  });

  it('are found by hash and dataset', () => {
    store.tokenizers.insert(record('a'));
    expect(store.tokenizers.findSame({ hash: 'hash a', datasetId: 'd' })?.id).toBe('a');
    expect(store.tokenizers.findSame({ hash: 'hash a', datasetId: null })).toBeNull();
  });

  it('outlive their dataset', () => {
    store.tokenizers.insert(record('a'));
    store.datasets.remove('d');
    expect(store.tokenizers.get('a')).toEqual(record('a', { datasetId: null }));
    store.tokenizers.remove('a');
    expect(store.tokenizers.list()).toEqual([]);
  });
});

describe('datasets', () => {
  it('are renamed, and found by where they are from', () => {
    store.datasets.rename('d', 'another');
    expect(store.datasets.get('d')).toEqual(newDataset('d', { name: 'another' }));
    store.datasets.insert(newDataset('e', { createdAtMs: 2 }));
    expect(store.datasets.findBySource('a.txt')?.id).toBe('e');
    expect(store.datasets.findBySource('b.txt')).toBeNull();
  });
});
