// The shipped base model learns to follow instructions: what it answers before and after, and LoRA against all of
// the weights on the same rows. The base is small and knows stories only: its answers show form, not knowledge.

import { join } from 'node:path';
import { projectRoot } from '../../main/launcher/project.mjs';
import {
  figureOf,
  type Evaluated,
  type Flags,
  type ReferenceContext,
  type ReferenceRun,
} from './reference-run.ts';
import { seedTasksNeed, writeSeedTasks } from './seed-tasks.ts';

const base = join(projectRoot(), 'resources', 'models', 'base');
const length = { steps: 60, warmUp: 10 };
const most = 1_000;

interface Tuning {
  readonly name: string;
  readonly steps: number;
  readonly learningRate: number;
  readonly flags?: Flags;
}

/** Tunes the base on the rows and judges the result on those held out. */
async function tune(
  context: ReferenceContext,
  rows: string,
  { name, steps, learningRate, flags = {} }: Tuning,
): Promise<{ trained: number; judged: Evaluated }> {
  const { durationMs } = await context.train({
    task: 'instruct',
    from: base,
    data: rows,
    name,
    'split-by': 'hash',
    'validation-fraction': 0.2,
    'per-device-train-batch-size': 8,
    'max-steps': steps,
    'learning-rate': learningRate,
    'warmup-steps': Math.min(length.warmUp, steps - 1),
    'eval-steps': 10,
    ...flags,
  });
  const judged = await context.evaluate({
    run: name,
    metric: ['loss', 'token-accuracy', 'rougeL'],
    'max-examples': most,
    examples: most,
    'max-new-tokens': 64,
  });
  return { trained: durationMs / 1000, judged };
}

export const instruct: ReferenceRun = {
  name: 'instruct',
  title:
    'Instruction tuning of the base model on the seed tasks of Self-Instruct: 60 steps of 8, all weights',
  data: seedTasksNeed,
  async run(context) {
    const rows = join(context.folder, 'instructions.jsonl');
    writeSeedTasks(context, rows);
    // One step at rate 0 is the base model, judged on the same rows laid out alike.
    const untuned = { name: 'reference-untuned', steps: 1, learningRate: 0 };
    const before = (await tune(context, rows, untuned)).judged;
    const tuned = { name: 'reference-instruct', steps: length.steps, learningRate: 3e-4 };
    const after = (await tune(context, rows, tuned)).judged;
    const answers = new Map(before.worst.map(({ input, output }) => [input, output]));
    return {
      figures: [
        { name: 'held-out loss before', value: figureOf(before, 'loss'), unit: 'nats' },
        { name: 'held-out loss after', value: figureOf(after, 'loss'), unit: 'nats' },
        { name: 'ROUGE-L before', value: figureOf(before, 'rougeL'), unit: '' },
        { name: 'ROUGE-L after', value: figureOf(after, 'rougeL'), unit: '' },
      ],
      written: after.worst.slice(-5).map(({ input, target, output }) => ({
        input,
        target,
        before: answers.get(input) ?? '',
        after: output,
      })),
    };
  },
};

export const lora: ReferenceRun = {
  name: 'lora',
  title: 'LoRA (r 8, all linear) against all weights, on the same instructions and steps',
  data: seedTasksNeed,
  async run(context) {
    const rows = join(context.folder, 'lora-instructions.jsonl');
    writeSeedTasks(context, rows);
    const { steps } = length;
    const full = await tune(context, rows, { name: 'reference-full', steps, learningRate: 3e-4 });
    const small = await tune(context, rows, {
      name: 'reference-lora',
      steps,
      learningRate: 3e-3,
      flags: { method: 'lora', 'lora-r': 8 },
    });
    return {
      figures: [
        { name: 'held-out loss, all weights', value: figureOf(full.judged, 'loss'), unit: 'nats' },
        { name: 'held-out loss, LoRA', value: figureOf(small.judged, 'loss'), unit: 'nats' },
        { name: 'start to end, all weights', value: full.trained, unit: 's' },
        { name: 'start to end, LoRA', value: small.trained, unit: 's' },
      ],
    };
  },
};
