// Takes each family's model that save_pretrained wrote through the command line: exports it as it is, fine-tunes
// it, exports that too and writes with it, for families.py to compare: node write-families.ts FOLDER

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { heddle } from '../e2e/command-line.ts';

const families = ['gpt2', 'llama3', 'smollm2', 'qwen2', 'qwen3'];
const fineTuning =
  '--per-device-train-batch-size 4 --learning-rate 2e-3 --warmup-steps 0 --max-steps 60 --max-length 24 ' +
  '--sample-tokens 0 --eval-batches 2 --device cpu';
const prompt = 'The weaver';
const newTokens = 15;

const [, , out] = process.argv;
if (out === undefined) throw new Error('usage: node write-families.ts FOLDER');
mkdirSync(out, { recursive: true });
const home = join(out, 'home');
const text = join(out, 'text.txt');
const line =
  'The weaver threads the loom at dawn, and the loom hums like a bee in the warm mill by the river.\n';
writeFileSync(text, line.repeat(60));
for (const name of families) {
  const source = fileURLToPath(new URL(`../golden/huggingface/${name}`, import.meta.url));
  const folder = join(out, name);
  mkdirSync(folder);
  await heddle(home, 'export', '--run', source, '--out', join(folder, 'same'));
  await heddle(home, 'train', '--from', source, '--data', text, ...fineTuning.split(' '));
  await heddle(home, 'export', '--out', join(folder, 'tuned'));
  await heddle(home, 'export', '--format', 'pth', '--out', join(folder, 'pth'));
  const flags = `--device cpu --temperature 0 --max-new-tokens ${newTokens}`.split(' ');
  const written = (await heddle(home, 'generate', ...flags, '--prompt', prompt)).at(-1)!;
  const evaluated = (await heddle(home, 'eval', '--device', 'cpu')).at(-1)!;
  const expected = {
    source,
    prompt,
    text: written.text,
    tokenCount: written.tokenCount,
    loss: evaluated.loss,
  };
  writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected));
}
