// The run that a word on the command line means.

import type { Studio } from '../../preload/contract.ts';
import { programName } from './program-name.ts';
import { UsageError } from './usage-error.ts';

/** A run's id or name as it is; `last` is the newest run. Throws UsageError when there is none yet. */
export async function runIdOf(studio: Studio, word: string): Promise<string> {
  if (word !== 'last') return word;
  const [newest] = await studio.call('runs.list', {});
  if (!newest) throw new UsageError('There is no run yet.', `Start one with "${programName()} train".`);
  return newest.id;
}
