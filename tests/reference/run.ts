// What `npm run reference` runs: public tasks learned from their data to their last step, with the commands as one
// would type them, the curves and the scores. It takes up to two hours in all and is never part of the tests.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { multi30k } from './multi30k.ts';
import { ReferenceContext, type Outcome, type ReferenceRun } from './reference-run.ts';
import { sst2 } from './sst2.ts';
import { instruct, lora } from './tuning.ts';

const runs: readonly ReferenceRun[] = [multi30k, sst2, instruct, lora];

const usage = `usage: npm run reference -- --data FOLDER [options]
  --data FOLDER   the data: multi30k/{train,val}.{en,de}, sst2/{train,dev}.tsv, instructions/seed_tasks.jsonl
  --only NAME     carry out this run alone; may be given several times
  --home FOLDER   keeps the runs in this home; a temporary one is removed at the end unless given
  --threads N     threads; one a core unless given
  --stop-at N     stops each training after N steps: shows that all works, its figures mean nothing
runs:
${runs.map(({ name, title }) => `  ${name.padEnd(12)}${title}`).join('\n')}
`;

const wrongUsage = 2;

interface Options {
  readonly chosen: readonly ReferenceRun[];
  readonly dataFolder: string;
  readonly home: string | null;
  readonly threads: number;
  readonly stopAt: number | null;
}

/** Reads the arguments; null asks for help. Throws what is wrong with them. */
function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      only: { type: 'string', multiple: true, default: runs.map(({ name }) => name) },
      home: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      'stop-at': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (values.data === undefined) throw new Error('--data FOLDER is missing: the folder of the data.');
  const stopAt = values['stop-at'];
  return {
    chosen: values.only.map((name) => {
      const run = runs.find((other) => other.name === name);
      if (!run) throw new Error(`there is no run "${name}".`);
      return run;
    }),
    dataFolder: resolve(values.data),
    home: values.home === undefined ? null : resolve(values.home),
    threads: wholeAboveZero('--threads', values.threads),
    stopAt: stopAt === undefined ? null : wholeAboveZero('--stop-at', stopAt),
  };
}

function wholeAboveZero(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} takes a whole number above 0.`);
  return value;
}

function show({ figures, written = [] }: Outcome): void {
  const width = Math.max(...figures.map(({ name }) => name.length));
  for (const { name, value, unit, goal } of figures) {
    const aim =
      goal === undefined ? '' : ` (goal: at least ${goal}; ${value >= goal ? 'reached' : 'MISSED'})`;
    const shown = Number.isInteger(value) ? value.toString() : value.toFixed(2);
    process.stdout.write(`  ${name.padEnd(width)}  ${`${shown} ${unit}`.trim()}${aim}\n`);
  }
  for (const { input, target, before, after } of written) {
    const lines = { asked: input, wanted: target, before, after };
    process.stdout.write('\n');
    for (const [what, text] of Object.entries(lines)) {
      process.stdout.write(`  ${what.padEnd(7)} ${text.replace(/\s+/g, ' ').trim()}\n`);
    }
  }
}

async function carryOut(run: ReferenceRun, context: ReferenceContext): Promise<void> {
  process.stdout.write(`\n${run.title}\n`);
  const missing = context.missing(run.data);
  if (missing.length > 0) {
    throw new Error(`There is no ${missing.join(', no ')}. The data is public: ${run.data.foundAt}.`);
  }
  const startMs = performance.now();
  show(await run.run(context));
  process.stdout.write(`  in all ${((performance.now() - startMs) / 60_000).toFixed(1)} minutes\n`);
}

async function main(): Promise<void> {
  let options: Options | null;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`reference: ${messageOf(error)}\n${usage}`);
    process.exitCode = wrongUsage;
    return;
  }
  if (options === null) {
    process.stdout.write(usage);
    return;
  }
  const { chosen, threads, stopAt } = options;
  const date = new Date().toISOString().slice(0, 10);
  process.stdout.write(`${cpus()[0]?.model.trim() ?? process.arch}, ${threads} threads, ${date}\n`);
  if (stopAt !== null) process.stdout.write(`Stops after ${stopAt} steps: the figures mean nothing.\n`);
  const folder = mkdtempSync(join(tmpdir(), 'heddle-reference-'));
  const home = options.home ?? join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const context = new ReferenceContext({ ...options, folder, home });
  try {
    for (const run of chosen) {
      try {
        await carryOut(run, context);
      } catch (error) {
        process.stderr.write(`FAILED ${run.name}: ${messageOf(error)}\n`);
        process.exitCode = 1;
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await main();
