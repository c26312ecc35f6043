// heddle eval: the loss and perplexity of a model on the text that its run held out, or on another's.

import {
  checkpointReference,
  deviceChoice,
  deviceFlags,
  runFlag,
  type Command,
  type CommandContext,
} from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { findDataset, datasetFlags } from '../find-dataset.ts';
import { count } from '../format.ts';
import { showProgress } from '../progress.ts';

export const evaluate: Command = {
  name: 'eval',
  summary: 'Measures a checkpoint on the text that was held out.',
  usage: ['eval [--run RUN] [--data FILE…|--dataset NAME]'],
  startsQueue: false,
  flags: [runFlag, ...datasetFlags, ...deviceFlags],
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { output } = context;
  const studio = await context.studio();
  showProgress(studio, output);
  const dataset = await findDataset(studio, context);
  output.status('evaluating …');
  const { checkpoint, loss, perplexity, tokenCount } = await studio.call('evaluation.run', {
    checkpoint: checkpointReference(context),
    datasetId: dataset?.id,
    device: deviceChoice(context),
  });
  const { runId, step } = checkpoint;
  output.event('eval', { runId, step, loss, perplexity, tokenCount });
  output.line(
    `step ${count(step)}: loss ${loss.toFixed(4)}, perplexity ${perplexity.toFixed(3)} over ${count(tokenCount)} tokens`,
  );
  return exitCodes.done;
}
