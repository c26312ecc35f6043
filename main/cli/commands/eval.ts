// heddle eval: the loss and perplexity of a checkpoint on the text that its run held out.

import {
  checkpointReference,
  deviceChoice,
  deviceFlags,
  runFlag,
  type Command,
  type CommandContext,
} from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { count } from '../format.ts';

export const evaluate: Command = {
  name: 'eval',
  summary: 'Measures a checkpoint on the text that was held out.',
  usage: ['eval [--run RUN]'],
  startsQueue: false,
  flags: [runFlag, ...deviceFlags],
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { output } = context;
  const studio = await context.studio();
  output.status('evaluating …');
  const { checkpoint, loss, perplexity, tokenCount } = await studio.call('evaluation.run', {
    checkpoint: checkpointReference(context),
    device: deviceChoice(context),
  });
  const { runId, step } = checkpoint;
  output.event('eval', { runId, step, loss, perplexity, tokenCount });
  output.line(
    `step ${count(step)}: loss ${loss.toFixed(4)}, perplexity ${perplexity.toFixed(3)} over ${count(tokenCount)} tokens`,
  );
  return exitCodes.done;
}
