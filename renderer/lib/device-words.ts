// The words for a device: short for the chip, whole for whoever points at it.

import type { DeviceReport, RunSummary } from '../../preload/contract.ts';
import { formatBytes } from './format.ts';

/** The device of the running run, else the one that would be chosen: `CPU · 2 threads`. */
export function deviceWords(
  run: Pick<RunSummary, 'deviceKind' | 'deviceName'> | null,
  report: DeviceReport | null,
): string {
  const kind = run?.deviceKind ?? report?.chosen.kind;
  if (!kind) return 'Looking for a device';
  if (kind === 'cpu') return report ? `CPU · ${report.cpu.threads} threads` : 'CPU';
  return `GPU · ${(run?.deviceKind && run.deviceName) || report?.chosen.name || 'WebGPU'}`;
}

/** Everything the report says about the choice, in sentences. */
export function deviceHelp(report: DeviceReport | null): string {
  if (!report) return '';
  const { chosen, cpu, matmulGflops, advice } = report;
  const speed = matmulGflops === null ? '' : `${Math.round(matmulGflops)} GFLOP/s in a 512 matrix product.`;
  const machine = `${cpu.model}, ${cpu.cores} cores, ${formatBytes(cpu.memoryBytes)}.`;
  return [`${chosen.name}: ${chosen.reason}`, machine, speed, ...advice].filter(Boolean).join('\n');
}

export interface DeviceFact {
  readonly label: string;
  readonly value: string;
}

/** What the report found, a figure each. */
export function deviceFacts({ adapters, cpu, matmulGflops }: DeviceReport): DeviceFact[] {
  return [
    { label: 'Processor', value: cpu.model },
    { label: 'Cores', value: String(cpu.cores) },
    { label: 'Threads used', value: String(cpu.threads) },
    { label: 'Memory', value: formatBytes(cpu.memoryBytes) },
    ...(matmulGflops === null
      ? []
      : [{ label: 'Speed, 512 matrix product', value: `${Math.round(matmulGflops)} GFLOP/s` }]),
    ...adapters.map(({ name, driver, isSoftware }) => ({
      label: isSoftware ? 'Software adapter' : 'Graphics card',
      value: [name, driver].filter(Boolean).join(', '),
    })),
  ];
}
