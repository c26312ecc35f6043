// heddle export: writes a checkpoint's model in the form of another program.

import { resolve } from 'node:path';
import {
  elementTypeSchema,
  exportFormatSchema,
  type ElementType,
  type ExportFormat,
} from '../../../preload/contract.ts';
import { checkpointReference, runFlag, text, type Command, type CommandContext } from '../command.ts';
import { bytes, count } from '../format.ts';
import { asOperation } from '../progress.ts';

export const exportModel: Command = {
  name: 'export',
  summary: 'Writes a trained model for transformers, PyTorch, llama.cpp, Ollama or ONNX Runtime.',
  usage: [
    `export [--run RUN] [--out FOLDER] [--format ${exportFormatSchema.options.join('|')}] [--dtype ${elementTypeSchema.options.join('|')}]`,
  ],
  startsQueue: false,
  flags: [
    runFlag,
    {
      name: 'out',
      type: 'text',
      valueName: 'FOLDER',
      help: 'The folder to write, which must not exist or be empty; else one under exports/ of the home.',
    },
    {
      name: 'format',
      type: 'choice',
      choices: exportFormatSchema.options,
      default: 'huggingface',
      help: 'huggingface: a folder for transformers; safetensors: one file with everything in it; pth: a PyTorch state dict and its model.py; gguf: a file for llama.cpp and Ollama, with a model card and a Modelfile; onnx: a graph for ONNX Runtime, of decoders; marian: a folder of transformers’ MarianMTModel, for encoder-decoders with its settings; peft: the adapter of a run by LoRA, for PEFT; torchrun: a folder in which PyTorch goes on with the run, on one machine or a cluster.',
    },
    {
      name: 'dtype',
      type: 'choice',
      choices: elementTypeSchema.options,
      default: 'f32',
      help: 'The number format of the weights; f16 and bf16 take half the space, q8_0 a quarter. gguf takes f32, f16 and q8_0, onnx f32 and f16, torchrun f32; the others take all but q8_0.',
    },
  ],
  run,
};

function run(context: CommandContext): Promise<number> {
  const { values, output } = context;
  const out = text(values, 'out');
  return asOperation(context, 'export', async (studio, operationId) => {
    const result = await studio.call('export.run', {
      checkpoint: checkpointReference(context),
      format: (text(values, 'format') as ExportFormat | undefined) ?? 'huggingface',
      elementType: text(values, 'dtype') as ElementType | undefined,
      // The process that carries this out may run in another folder.
      outPath: out === undefined ? undefined : resolve(out),
      operationId,
    });
    output.event('done', result);
    output.line(`${result.path}: ${result.files.join(', ')} (${bytes(result.sizeBytes)})`);
    output.note(`Read back and compared: ${count(result.verifiedTensorCount)} tensors are as in the model.`);
  });
}
