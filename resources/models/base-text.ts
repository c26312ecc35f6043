// Writes to stdout the text that the base model is trained on: the simple stories with the sample stories and the
// instructions between their halves, so that what is held out at the end is stories.
//   node resources/models/base-text.ts > base.txt

import { readFileSync } from 'node:fs';

const read = (name: string): string =>
  readFileSync(new URL(`../samples/${name}`, import.meta.url), 'utf8').trimEnd();

const simple = read('simple-stories.txt').split('\n\n');
const half = Math.floor(simple.length / 2);
const instructions = read('instructions.jsonl')
  .split('\n')
  .map((line) => JSON.parse(line) as { instruction: string; output: string })
  .map(({ instruction, output }) => `${instruction}\n${output}`);

process.stdout.write(
  `${[...simple.slice(0, half), read('stories.txt'), ...instructions, ...simple.slice(half)].join('\n\n')}\n`,
);
