// The instructions of Self-Instruct's seed tasks as rows of instruction, input and output. Long ones are left out:
// the base model reads 256 tokens.

import { readFileSync, writeFileSync } from 'node:fs';
import type { DataNeed, ReferenceContext } from './reference-run.ts';

const file = 'instructions/seed_tasks.jsonl';
const mostCharacters = 320;

export const seedTasksNeed: DataNeed = {
  files: [file],
  foundAt:
    'Self-Instruct (Wang et al. 2022): the repository yizhongw/self-instruct on GitHub, data/seed_tasks.jsonl',
};

interface SeedTask {
  readonly instruction: string;
  readonly instances: readonly { readonly input: string; readonly output: string }[];
}

/** Writes the rows into a file of their own. */
export function writeSeedTasks(context: ReferenceContext, to: string): void {
  const lines = readFileSync(context.data(file), 'utf8').trimEnd().split('\n');
  const rows = lines.flatMap((line) => {
    const { instruction, instances } = JSON.parse(line) as SeedTask;
    return instances.slice(0, 1).map(({ input, output }) => ({ instruction, input, output }));
  });
  const short = rows.filter((row) => Object.values(row).join('').length <= mostCharacters);
  writeFileSync(to, short.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
