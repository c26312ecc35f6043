// Exports each decoder family's model that save_pretrained wrote as ONNX, in f32 and f16, for onnx_graphs.py:
// node write-onnx.ts FOLDER

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { heddle } from '../e2e/command-line.ts';

const families = ['gpt2', 'llama', 'llama3', 'smollm2', 'qwen2', 'qwen3'];

const [, , out] = process.argv;
if (out === undefined) throw new Error('usage: node write-onnx.ts FOLDER');
mkdirSync(out, { recursive: true });
const home = join(out, 'home');
for (const name of families) {
  const source = fileURLToPath(new URL(`../golden/huggingface/${name}`, import.meta.url));
  for (const dtype of ['f32', 'f16']) {
    const folder = join(out, `${name}-${dtype}`);
    await heddle(home, 'export', '--run', source, '--format', 'onnx', '--dtype', dtype, '--out', folder);
  }
}
