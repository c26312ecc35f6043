// Writes to stdout what the base model is trained on, a JSON line a text: the simple stories with the sample stories
// and the instructions between their halves, so that what is held out at the end is stories. As rows each text ends
// with the end-of-text token, which fine-tuning on conversations needs.
//   node resources/models/base-text.ts > base.jsonl

import { readFileSync } from 'node:fs';

const read = (name: string): string =>
  readFileSync(new URL(`../samples/${name}`, import.meta.url), 'utf8').trimEnd();

const simple = read('simple-stories.txt').split('\n\n');
const half = Math.floor(simple.length / 2);
const instructions = read('instructions.jsonl')
  .split('\n')
  .map((line) => JSON.parse(line) as { instruction: string; output: string })
  .map(({ instruction, output }) => `${instruction}\n${output}`);
const stories = read('stories.txt').split('\n\n');

for (const text of [...simple.slice(0, half), ...stories, ...instructions, ...simple.slice(half)]) {
  process.stdout.write(`${JSON.stringify({ text })}\n`);
}
