// heddle export: writes a checkpoint's model in the form of another program.

import { resolve } from 'node:path';
import { exportFormatSchema } from '../../../preload/contract.ts';
import { checkpointReference, runFlag, text, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytes } from '../format.ts';
import { UsageError } from '../usage-error.ts';

type Format = (typeof exportFormatSchema.options)[number];

export const exportModel: Command = {
  name: 'export',
  summary: 'Writes a trained model for transformers or PyTorch.',
  usage: ['export [--run RUN] --out FOLDER [--format huggingface|pth]'],
  startsQueue: false,
  flags: [
    runFlag,
    {
      name: 'out',
      type: 'text',
      valueName: 'FOLDER',
      help: 'The folder to write; it must not exist or be empty.',
    },
    {
      name: 'format',
      type: 'choice',
      choices: exportFormatSchema.options,
      default: 'huggingface',
      help: 'huggingface: a folder for transformers; pth: a PyTorch state dict and its model.py.',
    },
  ],
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { values, output } = context;
  const out = text(values, 'out');
  if (out === undefined) throw new UsageError('export needs --out FOLDER.');
  const studio = await context.studio();
  const result = await studio.call('export.run', {
    checkpoint: checkpointReference(context),
    format: (text(values, 'format') as Format | undefined) ?? 'huggingface',
    // The process that carries this out may run in another folder.
    outPath: resolve(out),
  });
  output.event('done', result);
  output.line(`${result.path}: ${result.files.join(', ')} (${bytes(result.sizeBytes)})`);
  return exitCodes.done;
}
