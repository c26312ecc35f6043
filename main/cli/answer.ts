// heddle generate with a model that does not go on with a text: a translation, the classes of a text with their
// probabilities, or the likeliest words for those that are hidden.

import type { CallOutput } from '../../preload/contract.ts';
import { checkpointReference, deviceChoice, numeric, text, type CommandContext } from './command.ts';
import { table } from './format.ts';
import { asOperation } from './progress.ts';
import { UsageError } from './usage-error.ts';

/** Classes and fillings beyond the likeliest few tell little. */
const mostShown = 5;

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** Answers the prompt; resolves with the exit code. Throws UsageError without one. */
export function answerPrompt(context: CommandContext): Promise<number> {
  const { values, output } = context;
  const prompt = text(values, 'prompt') ?? '';
  if (prompt === '') throw new UsageError('This model reads a text: give one with --prompt.');
  return asOperation(context, 'answer', async (studio, operationId) => {
    output.status('opening the model …');
    const result = await studio.call('tasks.answer', {
      checkpoint: checkpointReference(context),
      texts: [prompt],
      numBeams: numeric(values, 'beams'),
      maxNewTokens: numeric(values, 'max-new-tokens'),
      device: deviceChoice(context),
      operationId,
    });
    report(result, context);
  });
}

function report({ task, answers, checkpoint }: CallOutput<'tasks.answer'>, { output }: CommandContext): void {
  const { runId, step } = checkpoint;
  for (const answer of answers) {
    output.event('answer', { task, ...answer, runId, step });
    if (answer.classes.length === 0) output.line(answer.text.replace(/\s+/g, ' ').trim());
    const classes = answer.classes.slice(0, mostShown);
    const rows = classes.map(({ label, probability }) => [label, percent(probability)]);
    for (const row of table(rows, [1])) output.line(row);
    for (const fillings of answer.fillings) {
      const words = fillings.slice(0, mostShown);
      output.line(
        words
          .map(
            ({ text: word, probability }) => `${word.trim() || JSON.stringify(word)} ${percent(probability)}`,
          )
          .join(', '),
      );
    }
  }
}
