// The long piece of work that a command asks for: it has a name, by which its progress is shown here and
// Ctrl-C ends it wherever it is carried out.

import type { Studio } from '../../preload/contract.ts';
import { toFailure } from '../studio/failure.ts';
import type { CommandContext } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { onInterrupt } from './follow-run.ts';
import type { Output } from './output.ts';

/** A name for what this process asks for. */
export function newOperationId(command: string): string {
  return `${command}-${process.pid}-${Date.now()}`;
}

/** Shows an operation's progress as it is heard: a line for what has no measure, a status line for what has. */
export function showProgress(studio: Studio, output: Output, operationId: string): void {
  studio.on('progress', (progress) => {
    if (progress.operationId !== operationId) return;
    const { title, value } = progress;
    if (value === null) output.note(title);
    else output.status(`${title}: ${Math.round(value * 100)} %`);
  });
}

/** Does the work of a command under a name of its own, until it is done or interrupted; gives the exit code. */
export async function asOperation(
  context: CommandContext,
  command: string,
  work: (studio: Studio, operationId: string) => Promise<void>,
): Promise<number> {
  const { output } = context;
  const studio = await context.studio();
  const operationId = newOperationId(command);
  showProgress(studio, output, operationId);
  let isInterrupted = false;
  const interrupt = onInterrupt(() => {
    isInterrupted = true;
    studio.call('operations.cancel', { operationId }).catch(() => undefined);
  });
  try {
    await work(studio, operationId);
    return exitCodes.done;
  } catch (error) {
    if (!isInterrupted) throw error;
    output.failure(toFailure(error));
    return exitCodes.interrupted;
  } finally {
    interrupt.stop();
  }
}
