// What a run of a task with examples made of held-out ones, in a terminal: a few of them, read, wanted, written.

import type { SampledExample } from '../../preload/contract.ts';
import type { Output } from './output.ts';

/** A longer text is cut where lines are compared by eye. */
const mostShown = 160;

/** Writes examples below each other, three lines each. */
export function showExamples(output: Output, examples: readonly SampledExample[]): void {
  for (const { input, target, output: written } of examples) {
    output.line('');
    output.line(`  read     ${oneLine(input)}`);
    output.line(`  wanted   ${oneLine(target)}`);
    output.line(`  written  ${oneLine(written)}`);
  }
}

function oneLine(value: string): string {
  const flat = value.replace(/\s+/g, ' ').trim();
  return flat.length > mostShown ? `${flat.slice(0, mostShown - 1)}…` : flat;
}
