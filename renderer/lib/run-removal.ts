// What a question before the deletion of runs says: what goes, what stays. Nothing of Vue.

import type { Checkpoint, RunSummary } from '../../preload/contract.ts';
import { formatBytes, formatInteger } from './format.ts';

/** "amber-loom", or "3 runs". */
export function runsWords(list: readonly Pick<RunSummary, 'name'>[]): string {
  return list.length === 1 ? list[0]!.name : `${formatInteger(list.length)} runs`;
}

const mostNamed = 6;

/** What is deleted with the runs, and which runs that began from them stay. */
export function removalWords(
  list: readonly RunSummary[],
  checkpoints: readonly Pick<Checkpoint, 'sizeBytes'>[],
  children: readonly Pick<RunSummary, 'name'>[],
): string {
  const names = list.map(({ name }) => name);
  const rest = names.length - mostNamed;
  const named = rest > 1 ? [...names.slice(0, mostNamed), `${rest} more`] : names;
  const sizeBytes = checkpoints.reduce((sum, one) => sum + one.sizeBytes, 0);
  const kept =
    checkpoints.length === 0
      ? ' and events'
      : `, events and ${formatInteger(checkpoints.length)} checkpoint${checkpoints.length === 1 ? '' : 's'} of ${formatBytes(sizeBytes)}`;
  const origin = list.length === 1 ? 'it' : 'them';
  return [
    `${named.join(', ')}: curves, samples${kept} are deleted for good.`,
    children.length > 0
      ? `${runsWords(children)}, which began from ${origin}, ${children.length === 1 ? 'stays' : 'stay'}.`
      : '',
    `Archiving hides ${list.length === 1 ? 'a run' : 'runs'} and keeps everything.`,
  ]
    .filter(Boolean)
    .join(' ');
}
