// What a run ran on, how fast, how long, and what its result can be traced to; as rows of label and value.

import type { RunSummary } from '../../preload/contract.ts';
import { formatDuration } from './duration.ts';
import { formatBytes, formatCount, formatInteger, unknown } from './format.ts';

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** The exact value, or what it means. */
  readonly title?: string;
}

/** Device, memory, speed and time of a run; memory as measured last, or null where it was not. */
export function systemFacts(run: RunSummary, heldBytes: number | null): Fact[] {
  const stepMs = run.step > 0 && run.activeMs > 0 ? run.activeMs / run.step : null;
  const moment = (timeMs: number | null): string =>
    timeMs === null ? unknown : new Date(timeMs).toLocaleString(undefined, { hour12: false });
  return [
    { label: 'Device', value: run.deviceName || unknown },
    {
      label: 'Memory planned',
      value: run.memoryBytes > 0 ? formatBytes(run.memoryBytes) : unknown,
      title: `${formatInteger(run.memoryBytes)} bytes for the model, its gradients, the optimizer and one batch`,
    },
    {
      label: 'Memory held',
      value: heldBytes === null ? unknown : formatBytes(heldBytes),
      title: heldBytes === null ? 'Not measured' : `${formatInteger(heldBytes)} bytes held by the engine`,
    },
    { label: 'Tokens per second', value: formatInteger(run.tokensPerSecond) },
    {
      label: 'A step on average',
      value: stepMs === null ? unknown : `${formatInteger(stepMs)} ms`,
      title: 'With evaluations and checkpoints',
    },
    { label: 'Time with the device', value: formatDuration(run.activeMs), title: 'Pauses left out' },
    { label: 'Created', value: moment(run.createdAtMs) },
    { label: 'Started', value: moment(run.startedAtMs) },
    { label: 'Ended', value: moment(run.finishedAtMs) },
    {
      label: 'Parameters',
      value: formatCount(run.parameterCount),
      title: `${formatInteger(run.parameterCount)} parameters`,
    },
  ];
}

const names: Readonly<Record<string, string>> = {
  dataset: 'Dataset, SHA-256',
  tokenizer: 'Tokenizer, SHA-256',
  split: 'Held out',
  seed: 'Seed',
  parent: 'Parent',
  appVersion: 'Heddle',
  device: 'Device',
  node: 'Node',
  platform: 'Platform',
};

/** What a result can be traced to, in words; a name that is not known stands as it is. */
export function provenanceFacts(provenance: Readonly<Record<string, string>>): Fact[] {
  return Object.entries(provenance).map(([name, value]) => ({ label: names[name] ?? name, value }));
}

/** Facts as lines of text. */
export function factsText(facts: readonly Fact[]): string {
  return facts.map(({ label, value }) => `${label}: ${value}`).join('\n');
}
