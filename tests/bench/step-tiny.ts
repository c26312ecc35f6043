// One training step of the `tiny` workload on the CPU, against the JavaScript engines and PyTorch.

import { installJsPeers } from './js-peers.ts';
import type { Measure } from './measure.ts';
import { cpuSubjects, raceStep } from './step-race.ts';
import { millisecondRows } from './step-rows.ts';

export const stepTiny: Measure = {
  name: 'step-tiny',
  title: 'one training step on the CPU: a GPT of 2 layers, 128 wide, 4 sequences of 64 tokens',
  async run(context) {
    await installJsPeers(context.report);
    const result = await raceStep(context, 'tiny', (folder) =>
      cpuSubjects(context, folder, { withJsPeers: true }),
    );
    context.report.rows(this.title, millisecondRows(this.name, result));
  },
};
