// One training step of the `tiny` workload through WebGPU on the software adapter of this machine, against the
// engines that train there. They run as they are, and once more waiting on timers as Heddle does: how Dawn is
// waited for in Node is no merit of an engine.

import { softwareVulkan } from '../../main/launcher/vulkan.mjs';
import { installJsPeers } from './js-peers.ts';
import type { Measure } from './measure.ts';
import { raceStep } from './step-race.ts';
import { millisecondRows } from './step-rows.ts';
import { nodeSubject } from './subject.ts';

export const webgpuStep: Measure = {
  name: 'webgpu-step',
  title: 'one training step through WebGPU on a software adapter: the tiny GPT',
  async run(context) {
    await installJsPeers(context.report);
    const { driver, env } = await softwareVulkan();
    context.report.note(`software adapter: ${driver}; the first step of each compiles its shaders`);
    const threads = String(context.threads);
    const result = await raceStep(context, 'tiny', (folder) => [
      nodeSubject(null, 'heddle-step.ts', [folder, 'webgpu', threads], env),
      ...['jax-js', 'tfjs'].flatMap((name) =>
        ['', 'timed'].map((waiting) =>
          nodeSubject(
            `${name} WebGPU${waiting && ', timed wait'}`,
            `${name}-step.ts`,
            [folder, 'webgpu', threads, waiting],
            env,
          ),
        ),
      ),
    ]);
    context.report.rows(`${this.title} (${driver})`, millisecondRows(this.name, result));
  },
};
