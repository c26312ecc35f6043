// The conversations of a run: each is laid out once, to be judged and to become tokens, and what is wrong with them
// is said as if they had been looked at alone.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { presets, type RunSettings, type Tokenizer } from '../../../engine/index.ts';
import { loadTokenizerJson } from '../../../engine/tokenizers/tokenizer-json.ts';
import { chatJudge, chatPreflight } from '../../../main/engine-host/chat-pieces.ts';
import type { DatasetText } from '../../../main/engine-host/messages.ts';
import { taskData } from '../../../main/engine-host/task-data.ts';
import { openTokenShards } from '../../../main/engine-host/token-shards.ts';
import { chatTokenizerJson } from '../../engine/data/chat-goldens.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const { signal } = new AbortController();

function dataset(rows: readonly object[]): DatasetText {
  const folder = temp.path('dataset');
  mkdirSync(folder);
  writeFileSync(join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const sizes = { characterCount: 100, rowCount: rows.length };
  return { folder, kind: 'table', textColumn: 'prompt', contentHash: folder, ...sizes };
}

function settingsOf(maxLength: number, validationFraction = 0): RunSettings {
  const { settings } = presets[0]!;
  return {
    ...settings,
    task: 'instruct',
    model: { ...settings.model, maxPositionEmbeddings: 200 },
    training: { ...settings.training, maxLength },
    data: { ...settings.data, chatTemplate: 'chatml', validationFraction, splitBy: 'order' },
  };
}

/** A tokenizer that counts the texts it is given. */
function counting(): { tokenizer: Tokenizer; texts: string[] } {
  const texts: string[] = [];
  const tokenizer = loadTokenizerJson(chatTokenizerJson);
  const encode = tokenizer.encode.bind(tokenizer);
  tokenizer.encode = (text) => {
    texts.push(text);
    return encode(text);
  };
  return { tokenizer, texts };
}

const rows = ['one', 'two', 'three', 'four'].map((prompt) => ({ prompt, completion: `${prompt} it is` }));

it('are laid out once for both, also where their tokens are there already', async () => {
  const data = dataset(rows);
  const settings = settingsOf(64, 0.25);
  const { tokenizer, texts } = counting();
  const folder = temp.path('tokens');
  const open = async (): Promise<number> => {
    texts.length = 0;
    const judge = chatJudge(settings, tokenizer);
    await (await openTokenShards(folder, data, taskData(settings), tokenizer, signal, judge)).close();
    return texts.length;
  };
  expect(await open()).toBe(4);
  expect(new Set(texts).size).toBe(4);
  // What is held out is not judged.
  expect(await open()).toBe(3);
});

it('are refused with what a look at them alone says, and leave no tokens', async () => {
  const data = dataset([...rows, { prompt: 'five', completion: 'much longer '.repeat(20) }]);
  const settings = settingsOf(64);
  const { tokenizer } = counting();
  const alone = await chatPreflight(data, settings, tokenizer, signal);
  const [problem] = alone.problems();
  expect(problem).toMatchObject({ code: 'answers-cut', isFatal: true, rows: [5] });
  const folder = temp.path('tokens');
  const judge = chatJudge(settings, tokenizer);
  const opened = openTokenShards(folder, data, taskData(settings), tokenizer, signal, judge);
  const { code, message, hint } = problem!;
  await expect(opened).rejects.toMatchObject({ code, message, hint });
  expect(readdirSync(folder)).toEqual([]);
});
