// What the base model is trained on holds all of the sample stories, the simple stories and the instructions, each a
// row of its own, and ends with simple stories, which are what is held out.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const resources = fileURLToPath(new URL('../../resources/', import.meta.url));
const sample = (name: string): string => readFileSync(`${resources}samples/${name}`, 'utf8').trimEnd();

it('holds every story and every instruction with its answer', () => {
  const script = `${resources}models/base-text.ts`;
  const lines = execFileSync(process.execPath, [script], { encoding: 'utf8', maxBuffer: 1e8 });
  const rows = lines
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);
  const simple = sample('simple-stories.txt').split('\n\n');
  const texts = new Set(rows);
  const wanted = [...simple, ...sample('stories.txt').split('\n\n')];
  expect(wanted.filter((story) => !texts.has(story))).toEqual([]);
  const first = JSON.parse(sample('instructions.jsonl').split('\n')[0]!) as Record<string, string>;
  expect(texts).toContain(`${first.instruction}\n${first.output}`);
  expect(rows.at(-1)).toBe(simple.at(-1));
});
