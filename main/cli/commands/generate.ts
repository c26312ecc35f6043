// heddle generate: continues a prompt with a checkpoint's model, as it writes; with a model that reads a text and
// writes or names something of its own, that.

import {
  architectures,
  generationFields,
  type GenerationConfig,
  type RunSettings,
} from '../../../engine/index.ts';
import { answerPrompt } from '../answer.ts';
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
  summary: 'Continues, translates, classifies or fills in a prompt with a trained model.',
  usage: [
    'generate [--run RUN] [--prompt TEXT] [--max-new-tokens N]',
    'generate --run RUN --prompt TEXT [--beams N]',
  ],
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
    {
      name: 'beams',
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 1,
      help: 'Of a model that translates: beginnings kept while it writes; 1 always takes the likeliest token.',
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
  const checkpoint = checkpointReference(context);
  const { settings } = await studio.call('checkpoints.settings', { checkpoint });
  if (architectures[(settings as RunSettings).model.modelType] !== 'decoder') return answerPrompt(context);
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
      checkpoint,
      prompt,
      config: generationConfig(context),
      device: deviceChoice(context),
    });
    begin();
    output.piece('\n');
    const { text: written, tokenCount } = result;
    const { runId, step } = result.checkpoint;
    output.event('done', { text: written, tokenCount, runId, step });
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
