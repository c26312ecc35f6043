// One training step of the `small` workload on the CPU, against the JavaScript engines and PyTorch.

import { installJsPeers } from './js-peers.ts';
import type { Measure } from './measure.ts';
import { cpuSubjects, raceStep } from './step-race.ts';
import { millisecondRows } from './step-rows.ts';

export const stepSmall: Measure = {
  name: 'step-small',
  title: 'one training step on the CPU: shakespeare-char-small, 12 sequences of 64 characters',
  async run(context) {
    await installJsPeers(context.report);
    const result = await raceStep(context, 'small', (folder) =>
      cpuSubjects(context, folder, { withJsPeers: true }),
    );
    context.report.rows(this.title, millisecondRows(this.name, result));
  },
};
