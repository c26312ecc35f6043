// Writes a folder for each kind of tokenizer, with what the engine encodes and decodes, for text_tokenizers.py.
// Usage: node write-tokenizers.ts FOLDER
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainByteLevelBpe } from '../../engine/tokenizers/bpe-trainer.ts';
import { trainCharacters } from '../../engine/tokenizers/characters-trainer.ts';
import type { Tokenizer } from '../../engine/tokenizers/tokenizer.ts';

interface Goldens {
  text: string;
  strings: string[];
}

const root = process.argv[2]!;
const goldenFile = new URL('../golden/tokenizers/tokenizers.json', import.meta.url);
const goldens = JSON.parse(readFileSync(goldenFile, 'utf8')) as Goldens;
const specialTokens = ['<|endoftext|>', '<|pad|>'];

async function* chunks(): AsyncGenerator<string, void, undefined> {
  yield goldens.text;
}

/** The golden strings, and others that put their pieces together in every order of a small generator. */
function strings(): string[] {
  const pieces = goldens.strings.flatMap((text) => text.match(/.{1,3}/gsu) ?? []);
  let state = 1;
  const next = () => pieces[(state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % pieces.length]!;
  return [
    ...goldens.strings,
    ...Array.from({ length: 1000 }, () => Array.from({ length: 12 }, next).join('')),
  ];
}

const tokenizers: Record<string, Tokenizer> = {
  characters: await trainCharacters(chunks()),
  'characters-with-special-tokens': await trainCharacters(chunks(), { specialTokens }),
  gpt2: await trainByteLevelBpe(chunks(), { vocabSize: 600, splitPattern: 'gpt2' }),
  gpt4: await trainByteLevelBpe(chunks(), { vocabSize: 600, splitPattern: 'gpt4', specialTokens }),
};
for (const [name, tokenizer] of Object.entries(tokenizers)) {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const write = (file: string, value: unknown) => writeFileSync(join(folder, file), JSON.stringify(value));
  write('tokenizer.json', tokenizer.toTokenizerJson());
  write('tokenizer_config.json', tokenizer.toTokenizerConfig());
  write('expected.json', {
    vocabSize: tokenizer.vocabSize,
    unknown: tokenizer.unknownTokenId,
    endOfText: tokenizer.endOfTextTokenId,
    pad: tokenizer.padTokenId,
    examples: strings().map((text) => {
      const { ids } = tokenizer.encode(text);
      return { text, ids: [...ids], decoded: tokenizer.decode(ids) };
    }),
  });
}
