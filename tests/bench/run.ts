// What `npm run bench` runs: the measures of README's benchmark table, each side by side with its peers in one
// run, as a table or as JSON lines. Must not measure anything itself.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluation } from './evaluation.ts';
import { generationCache } from './generation-cache.ts';
import { importMemory } from './import-memory.ts';
import { lora } from './lora.ts';
import { matmulNumpy } from './matmul-numpy.ts';
import type { BenchContext, Measure } from './measure.ts';
import { Report } from './report.ts';
import { shakespeare } from './shakespeare.ts';
import { stepGpt2, stepStories } from './step-large.ts';
import { stepSmall } from './step-small.ts';
import { stepTiny } from './step-tiny.ts';
import { studio } from './studio.ts';
import { webgpuStep } from './webgpu-step.ts';
import { windowCost } from './window-cost.ts';

const measures: readonly Measure[] = [
  matmulNumpy,
  stepTiny,
  stepSmall,
  stepStories,
  stepGpt2,
  webgpuStep,
  shakespeare,
  generationCache,
  evaluation,
  lora,
  importMemory,
  studio,
  windowCost,
];

const usage = `usage: npm run bench -- [options]
  --only NAME     run this measure alone; may be given several times
  --json          JSON lines on stdout: name, value, unit, peer (null is Heddle), ratio (above 1, Heddle wins)
  --python PATH   a Python with numpy, threadpoolctl and torch (or HEDDLE_BENCH_PYTHON)
  --data FILE     a text to train on: Tiny Shakespeare for the shakespeare measure
  --threads N     threads of every subject; one a core unless given
measures:
${measures.map(({ name, title }) => `  ${name.padEnd(22)}${title}`).join('\n')}
`;

/** More than this many busy cores when the bench starts make its figures doubtful. */
const quietLoad = 0.5;
const wrongUsage = 2;

interface Options extends Omit<BenchContext, 'report' | 'folder'> {
  readonly chosen: readonly Measure[];
  readonly isJson: boolean;
}

/** Reads the arguments; null asks for help. Throws what is wrong with them. */
function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: measures.map(({ name }) => name) },
      json: { type: 'boolean', default: false },
      python: { type: 'string', default: process.env.HEDDLE_BENCH_PYTHON },
      data: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const threads = Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1) throw new Error('--threads takes a whole number above 0.');
  return {
    chosen: values.only.map((name) => {
      const measure = measures.find((other) => other.name === name);
      if (!measure) throw new Error(`there is no measure "${name}".`);
      return measure;
    }),
    isJson: values.json,
    python: values.python ?? null,
    dataPath: values.data === undefined ? null : resolve(values.data),
    threads,
  };
}

/** Says on which machine this is, and whether it has time for it. */
function describeMachine(report: Report): void {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const date = new Date().toISOString().slice(0, 10);
  report.note(`${model}, ${availableParallelism()} cores, Node ${process.versions.node}, ${date}`);
  const load = loadavg()[0]!;
  if (load > quietLoad) {
    report.note(`DOUBTFUL: other programs keep ${load.toFixed(1)} cores busy; run this on a quiet machine.`);
  }
}

async function main(): Promise<void> {
  let options: Options | null;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`bench: ${messageOf(error)}\n${usage}`);
    process.exitCode = wrongUsage;
    return;
  }
  if (options === null) {
    process.stdout.write(usage);
    return;
  }
  const report = new Report(options.isJson);
  describeMachine(report);
  for (const measure of options.chosen) {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
    try {
      await measure.run({ ...options, report, folder });
    } catch (error) {
      report.note(`FAILED ${measure.name}: ${messageOf(error)}`);
      process.exitCode = 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await main();
