// heddle doctor: what this computer can compute with, what is chosen and why, and what to install.

import type { DeviceReport, SelfTest } from '../../../preload/contract.ts';
import { deviceChoice, deviceFlags, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytes, table } from '../format.ts';
import type { Output } from '../output.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Shows what this computer can train on, and what to install.',
  usage: ['doctor', 'doctor --self-test'],
  startsQueue: false,
  flags: [
    {
      name: 'self-test',
      type: 'boolean',
      help: 'Checks the record, the disk and the engine, and computes what is known.',
    },
    ...deviceFlags,
  ],
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { output } = context;
  const studio = await context.studio();
  if (context.values.get('self-test') === true) {
    output.status('testing …');
    return showSelfTest(output, await studio.call('health.selfTest', {}));
  }
  output.status('looking and measuring …');
  const report = await studio.call('device.report', deviceChoice(context));
  output.event('report', report);
  if (!output.isJson) show(output, context.home, report);
  return exitCodes.done;
}

/** Exit code 1 when a test fails, so that scripts see it. */
function showSelfTest(output: Output, tests: readonly SelfTest[]): number {
  for (const test of tests) output.event('self-test', test);
  if (!output.isJson) {
    const rows = tests.map(({ name, isGood, detail, durationMs }) => [
      isGood ? 'good' : 'BAD',
      name,
      `${durationMs.toFixed(0)} ms`,
      detail,
    ]);
    for (const line of table(rows, [2])) output.line(line);
  }
  return tests.every(({ isGood }) => isGood) ? exitCodes.done : exitCodes.failed;
}

function show(
  output: Output,
  home: string,
  { chosen, adapters, cpu, matmulGflops, advice }: DeviceReport,
): void {
  output.line(`Device     ${chosen.name} (${chosen.kind})`);
  output.line(`           ${chosen.reason}`);
  if (matmulGflops !== null)
    output.line(`Speed      ${matmulGflops.toFixed(1)} GFLOP/s in f32 products of 512×512×512`);
  output.line(`Processor  ${cpu.model}, ${cpu.cores} cores, ${cpu.threads} used`);
  output.line(`Memory     ${bytes(cpu.memoryBytes)}`);
  output.line(`Node       ${process.version} on ${process.platform} ${process.arch}`);
  output.line(`Home       ${home}`);
  if (adapters.length === 0) output.line('Adapters   none that WebGPU reaches');
  for (const { name, vendor, driver, isSoftware, features, limits } of adapters) {
    output.line(`Adapter    ${name}${isSoftware ? ' (software)' : ''}`);
    output.line(`           ${[vendor, driver].filter(Boolean).join(', ')}`);
    output.line(`           features: ${features.join(', ') || 'none of those used'}`);
    const shown = Object.entries(limits).map(([key, value]) => `${key} ${bytes(value)}`);
    output.line(`           limits: ${shown.join(', ')}`);
  }
  for (const sentence of advice) output.line(`Advice     ${sentence}`);
}
