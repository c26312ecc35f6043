// heddle import: opens a model of another program, lists what was opened, removes it.

import { resolve } from 'node:path';
import type { Weights } from '../../../preload/contract.ts';
import { text, type Command, type CommandContext } from '../command.ts';
import { bytes, short, table } from '../format.ts';
import { hubNameAmong } from '../hub-source.ts';
import { programName } from '../program-name.ts';
import { asOperation } from '../progress.ts';

export const importWeights: Command = {
  name: 'import',
  summary:
    'Opens a model of another program: a Hugging Face folder of the GPT-2, Llama, SmolLM2, Qwen2 or Qwen3 family, with safetensors or a PyTorch state dict, or a GGUF file.',
  usage: [
    'import',
    'import FOLDER|FILE… [--name NAME]',
    'import OWNER/NAME[@REVISION]    (of the Hugging Face Hub)',
    'import --base',
    'import --remove NAME',
  ],
  startsQueue: false,
  flags: [
    { name: 'name', type: 'text', help: "Names the weights; the folder's name otherwise." },
    { name: 'base', type: 'boolean', help: 'Opens the small base model that comes with Heddle.' },
    { name: 'remove', type: 'text', valueName: 'NAME', help: 'Removes opened weights, by name or id.' },
  ],
  run,
};

function run(context: CommandContext): Promise<number> {
  const { values, positionals, output } = context;
  return asOperation(context, 'import', async (studio, operationId) => {
    const removed = text(values, 'remove');
    if (removed !== undefined) {
      await studio.call('weights.remove', { weightsId: removed });
      output.event('removed', { weights: removed });
      output.line(`Removed ${removed}.`);
    } else if (values.get('base') === true) {
      show(context, [await studio.call('weights.base', {})]);
    } else if (positionals.length === 0) {
      show(context, await studio.call('weights.list', {}));
    } else {
      const hub = hubNameAmong(positionals);
      const name = text(values, 'name');
      const weights =
        hub === null
          ? await studio.call('weights.open', {
              // The process that carries this out may run in another folder.
              sources: positionals.map((path) => resolve(path)),
              name,
              operationId,
            })
          : await studio.call('weights.hub', { hub, name, operationId });
      show(context, [weights]);
      output.note(`Next: ${programName()} generate --run "weights:${weights.name}"`);
    }
  });
}

function show({ output }: CommandContext, list: readonly Weights[]): void {
  for (const weights of list) output.event('weights', weights);
  if (output.isJson) return;
  if (list.length === 0) {
    output.line('No weights were opened yet.');
    return;
  }
  const rows = list.map(({ name, modelType, parameterCount, sizeBytes, sourceName, id }) => [
    name,
    modelType,
    short(parameterCount),
    bytes(sizeBytes),
    sourceName,
    `weights:${id}`,
  ]);
  const head = ['name', 'form', 'parameters', 'size', 'from', 'to use'];
  for (const line of table([head, ...rows], [2, 3])) output.line(line);
}
