// Token files: the tokens of the whole text in order, made once, in as few bytes as the vocabulary allows.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  dataFields,
  defaultsOf,
  loadTokenizerJson,
  trainByteLevelBpe,
  type DataConfig,
} from '../../../engine/index.ts';
import type { DatasetText } from '../../../main/engine-host/messages.ts';
import type { TaskData } from '../../../main/engine-host/task-data.ts';
import { openTokenShards } from '../../../main/engine-host/token-shards.ts';
import { prepareTokenizer, rowEndOf } from '../../../main/engine-host/tokenizer-preparation.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const { signal } = new AbortController();
const text = 'Once upon a time there was a weaver. 😀\n'.repeat(300);
const data = (changes: Partial<DataConfig> = {}): TaskData => ({
  task: 'text',
  data: { ...defaultsOf(dataFields), ...changes },
  labels: [],
  length: 64,
});

function textDataset(): DatasetText {
  const folder = temp.path('dataset');
  mkdirSync(folder);
  writeFileSync(join(folder, 'text.txt'), text);
  return {
    folder,
    kind: 'text',
    textColumn: '',
    contentHash: 'h',
    characterCount: [...text].length,
    rowCount: 300,
  };
}

function newRunFolder(): string {
  const folder = temp.path('run');
  mkdirSync(folder);
  return folder;
}

describe('characters', () => {
  it('are the sorted set of the whole text, and their tokens split where the text does', async () => {
    const dataset = textDataset();
    const tokensFolder = temp.path('tokens');
    const tokenizer = await prepareTokenizer(newRunFolder(), dataset, data(), signal);
    // nanoGPT's sorted(set(text)), and the unknown token.
    expect(tokenizer.vocabSize).toBe(new Set(text).size + 1);
    const shards = await openTokenShards(tokensFolder, dataset, data(), tokenizer, signal);
    const border = Math.floor([...text].length * 0.9);
    expect([shards.train.tokenCount, shards.validation?.tokenCount]).toEqual([
      border,
      [...text].length - border,
    ]);
    const all = [
      ...(await shards.train.read(0, border)),
      ...(await shards.validation!.read(0, shards.validation!.tokenCount)),
    ];
    expect(tokenizer.decode(all)).toBe(text);
    expect(tokenizer.decode(await shards.train.read(5, 4))).toBe('upon');
    // A text is one example, in each part.
    expect(await shards.train.readExampleStarts(0, shards.train.exampleCount)).toEqual([0]);
    expect(await shards.validation!.readExampleStarts(0, shards.validation!.exampleCount)).toEqual([0]);
    await shards.close();
    // Two bytes a token.
    const [key] = readdirSync(tokensFolder);
    expect(readFileSync(join(tokensFolder, key!, 'train.bin'))).toHaveLength(2 * border);
  });

  it('come from the run’s own file once that is there', async () => {
    const dataset = textDataset();
    const runFolder = newRunFolder();
    const first = await prepareTokenizer(runFolder, dataset, data(), signal);
    writeFileSync(join(dataset.folder, 'text.txt'), 'another text');
    const second = await prepareTokenizer(runFolder, dataset, data(), signal);
    expect(second.toTokenizerJson()).toEqual(first.toTokenizerJson());
  });
});

it('pieces of words are learned from the training part alone', async () => {
  const dataset = textDataset();
  const held = `${'x'.repeat(40)}weavers\n`.repeat(50);
  writeFileSync(join(dataset.folder, 'text.txt'), text + held);
  const bpe = data({ tokenizer: 'byte-level-bpe', tokenizerVocabSize: 300, validationFraction: 0.3 });
  const count = [...(text + held)].length;
  const tokenizer = await prepareTokenizer(
    newRunFolder(),
    { ...dataset, characterCount: count },
    bpe,
    signal,
  );
  const vocabulary = JSON.stringify(tokenizer.toTokenizerJson());
  expect(vocabulary).toContain('weaver');
  expect(vocabulary).not.toContain('xx');
});

it('rows of a table end with the end-of-text token, where there is one', async () => {
  const folder = temp.path('dataset');
  mkdirSync(folder);
  writeFileSync(join(folder, 'rows.jsonl'), '{"text":"one one one"}\n{"text":"two two two"}\n');
  const dataset: DatasetText = {
    folder,
    kind: 'table',
    textColumn: 'text',
    contentHash: 'h',
    characterCount: 22,
    rowCount: 2,
  };
  const bpe = data({ tokenizer: 'byte-level-bpe', tokenizerVocabSize: 260, validationFraction: 0 });
  const tokenizer = await prepareTokenizer(newRunFolder(), dataset, bpe, signal);
  expect(rowEndOf(tokenizer)).toBe('<|endoftext|>');
  const shards = await openTokenShards(temp.path('tokens'), dataset, bpe, tokenizer, signal);
  expect(shards.validation).toBeNull();
  const ids = await shards.train.read(0, shards.train.tokenCount);
  expect(tokenizer.decode(ids)).toBe('one one one<|endoftext|>two two two<|endoftext|>');
  expect(ids.filter((id) => id === tokenizer.endOfTextTokenId)).toHaveLength(2);
  // Each row is an example, and all of it is trained on.
  expect(shards.train.exampleCount).toBe(2);
  const [first, second] = await shards.train.readExampleStarts(0, 2);
  expect(tokenizer.decode(ids.subarray(first, second))).toBe('one one one<|endoftext|>');
  expect(shards.train.readTrainedOn).toBeUndefined();
  await shards.close();
});

it('rows end with the token of each tokenizer_config.json, though the tokenizer.json is the same', async () => {
  const folder = temp.path('dataset');
  mkdirSync(folder);
  writeFileSync(join(folder, 'rows.jsonl'), '{"text":"one"}\n{"text":"two"}\n');
  const sizes = { characterCount: 6, rowCount: 2 };
  const dataset: DatasetText = { folder, kind: 'table', textColumn: 'text', contentHash: 'h', ...sizes };
  const ends = ['<|endoftext|>', '<|im_end|>'];
  const trained = await trainByteLevelBpe(Readable.from(['one two']), {
    vocabSize: 260,
    specialTokens: ends,
  });
  const tokensFolder = temp.path('tokens');
  for (const end of ends) {
    const tokenizer = loadTokenizerJson(trained.toTokenizerJson(), { eos_token: end });
    const whole = data({ validationFraction: 0 });
    const shards = await openTokenShards(tokensFolder, dataset, whole, tokenizer, signal);
    const ids = await shards.train.read(0, shards.train.tokenCount);
    await shards.close();
    expect(tokenizer.decode(ids)).toBe(`one${end}two${end}`);
  }
});

it('tokens are made once, and again when half of them is missing or an older version made them', async () => {
  const dataset = textDataset();
  const tokensFolder = temp.path('tokens');
  const tokenizer = await prepareTokenizer(newRunFolder(), dataset, data(), signal);
  await (await openTokenShards(tokensFolder, dataset, data(), tokenizer, signal)).close();
  const [key] = readdirSync(tokensFolder);
  const file = join(tokensFolder, key!, 'train.bin');
  const { length } = readFileSync(file);
  const begin = async (): Promise<string> => {
    const shards = await openTokenShards(tokensFolder, dataset, data(), tokenizer, signal);
    const ids = await shards.train.read(0, 4);
    await shards.close();
    return ids.every((id) => id === 0) ? 'kept' : tokenizer.decode(ids);
  };
  // Whether the files are made again shows in whether what was put into them stays.
  const spoil = (): void => writeFileSync(file, Buffer.alloc(length));
  spoil();
  expect(await begin()).toBe('kept');
  writeFileSync(file, Buffer.alloc(length - 1));
  expect(await begin()).toBe('Once');
  for (const manifest of ['{"schemaVersion":1,"bytesPerToken":2,"tokenCounts":{"train":10}}', '{', '']) {
    spoil();
    writeFileSync(join(tokensFolder, key!, 'manifest.json'), manifest);
    expect(await begin()).toBe('Once');
  }
  expect(readdirSync(tokensFolder)).toEqual([key]);
});
