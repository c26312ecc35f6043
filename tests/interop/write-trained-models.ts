// Trains a small model of each form with the command line, fine-tunes it from its own export, and exports both
// in every way, with what Heddle makes of the export, for trained_models.py to compare:
// node write-trained-models.ts FOLDER

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultsOf, generationFields } from '../../engine/config.ts';
import { readHfConfig } from '../../engine/formats/hf-config.ts';
import { openSafetensors } from '../../engine/formats/safetensors.ts';
import { InferenceSession } from '../../engine/inference/inference-session.ts';
import { loadTokenizerJson } from '../../engine/tokenizers/tokenizer-json.ts';
import { FileSource } from '../../main/engine-host/file-source.ts';
import { openDevice } from '../bench/heddle-device.ts';
import { heddle } from '../e2e/command-line.ts';

const forms: Record<string, string> = {
  'gpt2-characters': '--model-type gpt2 --use-bias --tokenizer characters',
  'llama-byte-level-bpe':
    '--model-type llama --num-key-value-heads 2 --head-dim 14 --tokenizer byte-level-bpe --tokenizer-vocab-size 500',
};
const contextTokens = 80;
const sizes =
  '--hidden-size 48 --num-hidden-layers 2 --num-attention-heads 4 --intermediate-size 128 --warmup-steps 20 ' +
  `--max-position-embeddings ${contextTokens} --per-device-train-batch-size 4 --learning-rate 4e-3 ` +
  '--max-steps 300 --sample-tokens 0 --device cpu';
const fineTuning =
  '--per-device-train-batch-size 4 --learning-rate 1e-3 --max-steps 40 --sample-tokens 0 --device cpu';
const prompt = 'Once upon a time';
const newTokens = 50;
const text = readFileSync(
  new URL('../../resources/samples/stories.txt', import.meta.url),
  'utf8',
).trimStart();

/** Repetition penalties of the texts that are compared: none, and one that makes the text varied. */
const penalties = [1, 1.3];

/** Heddle's own greedy texts by penalty, as a user asks for them. */
async function greedyTexts(home: string): Promise<Record<string, string>> {
  const flags = `--device cpu --temperature 0 --max-new-tokens ${newTokens}`.split(' ');
  const texts: Record<string, string> = {};
  for (const penalty of penalties) {
    const more = ['--prompt', prompt, '--repetition-penalty', String(penalty)];
    const done = (await heddle(home, 'generate', ...flags, ...more)).at(-1)!;
    if (done.tokenCount !== newTokens) throw new Error(`${String(done.tokenCount)} tokens, not ${newTokens}`);
    texts[penalty] = done.text as string;
  }
  return texts;
}

/** The exported folder opened again: its greedy text, and its mean loss on the beginning of `text`. */
async function readBack(folder: string): Promise<{ text: string; loss: number; ids: number[] }> {
  const tokenizer = loadTokenizerJson(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
  const { model } = readHfConfig(readFileSync(join(folder, 'config.json'), 'utf8'));
  const file = await FileSource.open(join(folder, 'model.safetensors'));
  const device = await openDevice('cpu', 1);
  try {
    const shape = { batchSize: 1, length: contextTokens };
    const session = await InferenceSession.open(device, model, await openSafetensors(file), shape);
    const config = {
      ...defaultsOf(generationFields),
      stopStrings: [],
      temperature: 0,
      maxNewTokens: newTokens,
    };
    const generated = await session.generate({ tokenizer, prompt, config });
    const ids = tokenizer.encode(text).ids.slice(0, contextTokens + 1);
    const source = {
      tokenCount: ids.length,
      read: (start: number, count: number) =>
        Promise.resolve(Uint32Array.from(ids.slice(start, start + count))),
    };
    const windows = { ...shape, stride: contextTokens, topK: 5, tokenizer };
    const { loss } = await session.evaluate(source, windows);
    session.destroy();
    return { text: generated.text, loss, ids: [...ids] };
  } finally {
    await file.close();
    await device.destroy();
  }
}

/** Exports of the last run, and what Heddle writes and measures with them. */
async function writeExports(home: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await heddle(home, 'export', '--format', 'huggingface', '--out', join(folder, 'huggingface'));
  await heddle(home, 'export', '--format', 'pth', '--out', join(folder, 'pth'));
  await heddle(home, 'export', '--dtype', 'f16', '--out', join(folder, 'f16'));
  await heddle(home, 'export', '--format', 'safetensors', '--dtype', 'bf16', '--out', join(folder, 'bf16'));
  const expected = {
    prompt,
    continuations: await greedyTexts(home),
    text,
    readBack: await readBack(join(folder, 'huggingface')),
  };
  writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected));
}

const [, , out] = process.argv;
if (out === undefined) throw new Error('usage: node write-trained-models.ts FOLDER');
for (const [name, flags] of Object.entries(forms)) {
  const home = join(out, `${name}.home`);
  await heddle(home, 'train', ...`${flags} ${sizes}`.split(' '));
  await writeExports(home, join(out, name));
  const from = join(out, name, 'huggingface');
  await heddle(home, 'train', '--from', from, ...fineTuning.split(' '));
  await writeExports(home, join(out, `${name}-tuned`));
}
