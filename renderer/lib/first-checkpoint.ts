// What a run says while it has no checkpoint that could be used.
import type { RunSummary } from '../../preload/contract.ts';
import { formatInteger } from './format.ts';

/** Empty once there is a checkpoint; `use` is what it would be for: "ask". `evalSteps` is null until known. */
export function firstCheckpointWords(
  { state }: Pick<RunSummary, 'state'>,
  hasCheckpoint: boolean,
  evalSteps: number | null,
  use: string,
): string {
  if (hasCheckpoint) return '';
  if (state !== 'running' && state !== 'queued') return `This run has no checkpoint to ${use}.`;
  return evalSteps
    ? `Ready after the first checkpoint, at step ${formatInteger(evalSteps)}.`
    : 'Ready after the first checkpoint.';
}
