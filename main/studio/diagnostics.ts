// What a report about a problem needs to know, as text that its user can read before sending it. Names no
// file, folder, dataset or run of the user, and quotes no text.

import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Health, RunSummary } from '../../preload/contract.ts';
import type { KnownDevice } from './known-devices.ts';

export interface DiagnosedStudio {
  readonly health: Health;
  readonly device: KnownDevice | null;
  readonly runs: readonly RunSummary[];
  readonly datasetCount: number;
}

/** The text, a line a fact. */
export function diagnosticsText({ health, device, runs, datasetCount }: DiagnosedStudio): string {
  const { appVersion, versions, platform, folders, freeBytes } = health;
  const states = new Map<string, number>();
  for (const { state } of runs) states.set(state, (states.get(state) ?? 0) + 1);
  const failures = runs.flatMap(({ error, deviceName }) =>
    error ? [`  ${error.code} on ${deviceName || 'no device yet'}`] : [],
  );
  return [
    `Heddle ${appVersion} on ${platform}`,
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    `Processor: ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`,
    `Memory: ${gibibytes(totalmem())}, available ${gibibytes(process.availableMemory())}`,
    `Device: ${deviceWords(device)}`,
    `Disk: ${gibibytes(freeBytes)} free`,
    ...folders.map(({ label, sizeBytes }) => `  ${label}: ${gibibytes(sizeBytes)}`),
    `Datasets: ${datasetCount}`,
    `Runs: ${runs.length}${[...states].map(([state, count]) => `, ${count} ${state}`).join('')}`,
    ...(failures.length > 0 ? ['Failures:', ...failures.slice(0, 20)] : []),
  ].join('\n');
}

function deviceWords(device: KnownDevice | null): string {
  if (!device) return 'not looked into yet';
  const { kind, name, isSoftware, matmulGflops } = device;
  const speed = matmulGflops === null ? 'not measured' : `${matmulGflops.toFixed(1)} GFLOP/s`;
  return `${name} (${kind}${isSoftware ? ', software' : ''}), ${speed}`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
