// heddle generate: continues a prompt with a checkpoint's model, as it writes.

import { generationFields, type GenerationConfig } from '../../../engine/index.ts';
import {
  checkpointReference,
  deviceChoice,
  deviceFlags,
  runFlag,
  text,
  type Command,
  type CommandContext,
} from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../follow-run.ts';
import { fieldFlags, kebab } from '../setting-flags.ts';

export const generate: Command = {
  name: 'generate',
  summary: 'Continues a prompt with a trained model.',
  usage: ['generate [--run RUN] [--prompt TEXT] [--max-new-tokens N]'],
  startsQueue: false,
  flags: [
    runFlag,
    { name: 'prompt', type: 'text', help: 'What the text begins with; empty begins anew.' },
    {
      name: 'stop',
      type: 'text',
      isList: true,
      help: 'Ends the text where this would come; may be given several times.',
    },
    ...fieldFlags(generationFields, true),
    ...deviceFlags,
  ],
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { values, output } = context;
  const prompt = text(values, 'prompt') ?? '';
  const studio = await context.studio();
  const generationId = `generate-${process.pid}-${Date.now()}`;
  let isInterrupted = false;
  let isBegun = false;
  const begin = (): void => {
    if (!isBegun) output.piece(prompt);
    isBegun = true;
  };
  studio.on('generation.text', (data) => {
    if (data.generationId !== generationId) return;
    begin();
    output.piece(data.text);
    output.event('text', { text: data.text });
  });
  const interrupt = onInterrupt(() => {
    isInterrupted = true;
    studio.call('generation.cancel', { generationId }).catch(() => undefined);
  });
  try {
    output.status('opening the model …');
    const result = await studio.call('generation.run', {
      generationId,
      checkpoint: checkpointReference(context),
      prompt,
      config: generationConfig(context),
      device: deviceChoice(context),
    });
    begin();
    output.piece('\n');
    const { text: written, tokenCount, checkpoint } = result;
    output.event('done', { text: written, tokenCount, runId: checkpoint.runId, step: checkpoint.step });
    return isInterrupted ? exitCodes.interrupted : exitCodes.done;
  } finally {
    interrupt.stop();
  }
}

function generationConfig({ values }: CommandContext): Partial<GenerationConfig> {
  const names = Object.keys(generationFields).filter((name) => values.has(kebab(name)));
  const given = Object.fromEntries(names.map((name) => [name, values.get(kebab(name))]));
  return { ...given, stopStrings: (values.get('stop') as string[] | undefined) ?? [] };
}
