// One training step of the two large presets on the CPU: tokens a second, peak memory, the share of our own
// best matrix product, and PyTorch beside it. No JavaScript peer: they would need minutes a step.

import { planTraining } from '../../engine/training/plans.ts';
import { flopsOf } from './flops.ts';
import type { BenchContext, Measure } from './measure.ts';
import type { RaceOptions } from './race.ts';
import { cpuSubjects, raceStep } from './step-race.ts';
import { throughputRows } from './step-rows.ts';
import { settingsOf } from './workload.ts';

async function run(
  context: BenchContext,
  { name, title }: Measure,
  workload: string,
  options: RaceOptions,
): Promise<void> {
  const result = await raceStep(
    context,
    workload,
    (folder) => cpuSubjects(context, folder, { withJsPeers: false }),
    options,
  );
  const { settings, batchSize, length } = settingsOf(workload);
  const { commands } = planTraining(settings, Infinity).shapes[0]!.microSteps[0]!.tape;
  const flops = commands.reduce((sum, command) => sum + flopsOf(command), 0);
  context.report.rows(title, throughputRows(name, result, batchSize * length, flops));
}

export const stepStories: Measure = {
  name: 'step-tinystories-15m',
  title: 'training on the CPU: tinystories-15m, 4 sequences of 512 tokens, vocabulary 8,192',
  run(context) {
    return run(context, this, 'tinystories-15m', { isSlow: true });
  },
};

export const stepGpt2: Measure = {
  name: 'step-gpt2-124m',
  title: 'training on the CPU: gpt2-124m, 1 sequence of 1,024 tokens',
  run(context) {
    // Two of these do not fit into 8 GB together.
    return run(context, this, 'gpt2-124m', { isSlow: true, isSequential: true });
  },
};
