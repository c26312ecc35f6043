// heddle doctor: what this computer can compute with, what is chosen and why, and what to install.

import type { DeviceReport } from '../../../preload/contract.ts';
import { deviceChoice, deviceFlags, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytes } from '../format.ts';
import type { Output } from '../output.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Shows what this computer can train on, and what to install.',
  usage: ['doctor'],
  startsQueue: false,
  flags: deviceFlags,
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { output } = context;
  const studio = await context.studio();
  output.status('looking and measuring …');
  const report = await studio.call('device.report', deviceChoice(context));
  output.event('report', report);
  if (!output.isJson) show(output, context.home, report);
  return exitCodes.done;
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
