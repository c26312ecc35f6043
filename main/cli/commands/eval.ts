// heddle eval: what a model is worth on the text that its run held out, or on another's. All figures come from
// one pass; --metric only chooses which of them is written for people.

import type { Evaluation } from '../../../preload/contract.ts';
import {
  checkpointReference,
  deviceChoice,
  deviceFlags,
  numeric,
  runFlag,
  text,
  type Command,
  type CommandContext,
} from '../command.ts';
import { findDataset, datasetFlags } from '../find-dataset.ts';
import { count } from '../format.ts';
import { asOperation } from '../progress.ts';

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** Each metric in words. */
const metrics = {
  perplexity: ({ perplexity, loss }: Evaluation) =>
    `perplexity ${perplexity.toFixed(4)} (loss ${loss.toFixed(4)})`,
  'bits-per-byte': ({ bitsPerByte }: Evaluation) => `bits per byte ${bitsPerByte?.toFixed(4) ?? 'none'}`,
  accuracy: ({ tokenAccuracy }: Evaluation) => `accuracy ${percent(tokenAccuracy)}`,
  'top-k': ({ topK, topKAccuracy }: Evaluation) => `top-${topK} accuracy ${percent(topKAccuracy)}`,
} as const;

export const evaluate: Command = {
  name: 'eval',
  summary: 'Measures a checkpoint on the text that was held out.',
  usage: ['eval [--run RUN] [--data FILE…|--dataset NAME] [--metric NAME] [--stride TOKENS]'],
  startsQueue: false,
  flags: [
    runFlag,
    ...datasetFlags,
    {
      name: 'metric',
      type: 'choice',
      choices: Object.keys(metrics),
      help: 'The one figure to write; all of them unless given. --json always carries all.',
    },
    {
      name: 'stride',
      type: 'integer',
      minimum: 1,
      valueName: 'TOKENS',
      help: 'Tokens from one window of text to the next; a whole window unless given. The less, the more context each token has, and the longer it takes.',
    },
    {
      name: 'top-k',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 5,
      help: 'A token counts for top-k accuracy when it is among this many likeliest.',
    },
    ...deviceFlags,
  ],
  run,
};

function run(context: CommandContext): Promise<number> {
  const { output, values } = context;
  return asOperation(context, 'eval', async (studio, operationId) => {
    const dataset = await findDataset(studio, context, operationId);
    output.status('evaluating …');
    const evaluation = await studio.call('evaluation.run', {
      checkpoint: checkpointReference(context),
      datasetId: dataset?.id,
      stride: numeric(values, 'stride'),
      topK: numeric(values, 'top-k'),
      device: deviceChoice(context),
      operationId,
    });
    report(evaluation, context);
  });
}

/** Writes the figures: all of them as an event, for people those that were asked for. */
function report(evaluation: Evaluation, { output, values }: CommandContext): void {
  const { checkpoint, ...figures } = evaluation;
  const { runId, step } = checkpoint;
  output.event('eval', { runId, step, ...figures });
  const metric = text(values, 'metric') as keyof typeof metrics | undefined;
  const words = (metric ? [metrics[metric]] : Object.values(metrics)).map((inWords) => inWords(evaluation));
  output.line(`step ${count(step)}: ${words.join(', ')} over ${count(evaluation.tokenCount)} tokens`);
}
