// Shows the progress of whatever the studio is doing for this command.

import type { Studio } from '../../preload/contract.ts';
import type { Output } from './output.ts';

/** Shows progress as it is heard: a line for what has no measure, a status line for what has. */
export function showProgress(studio: Studio, output: Output): void {
  studio.on('progress', ({ title, value }) => {
    if (value === null) output.note(title);
    else output.status(`${title}: ${Math.round(value * 100)} %`);
  });
}
