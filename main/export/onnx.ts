// An ONNX graph for ONNX Runtime and what is built on it: token ids in, logits out, without a cache; the tokenizer
// beside it by Hugging Face's names.

import {
  EngineError,
  isDecoder,
  isOnnxDataBeside,
  onnxDataFile,
  openOnnx,
  openOnnxData,
  writeOnnx,
  writeOnnxData,
  type DecoderConfig,
} from '../../engine/index.ts';
import { configText, folderTensors, tokenizerFiles } from './huggingface.ts';
import type { ExportFiles, ExportForm, ModelToExport } from './target.ts';
import { verifyExport, type VerifiedForm } from './verify.ts';

/** model.onnx, its weights beside it where they are larger than 2 GB, config.json and the tokenizer. */
export const onnx: ExportForm = {
  files: (exported) => {
    const model = decoderOf(exported);
    const { tensors } = folderTensors(exported);
    const beside: ExportFiles = isOnnxDataBeside(tensors)
      ? { [onnxDataFile]: () => writeOnnxData(tensors) }
      : {};
    return {
      'model.onnx': () => writeOnnx(model, tensors),
      ...beside,
      'config.json': () => configText(exported),
      ...tokenizerFiles(exported.tokenizer),
    };
  },
  weightsFile: 'model.onnx',
  openWeights: openOnnx,
  tensors: (exported) => {
    const { tensors } = folderTensors(exported);
    // What lies beside is compared by `check`; the graph names it, in its shape and type.
    if (!isOnnxDataBeside(tensors)) return { tensors, aliases: [] };
    return { tensors: tensors.map((tensor) => ({ ...tensor, read: () => new Uint8Array() })), aliases: [] };
  },
  hasAliases: false,
  elementTypes: ['f32', 'f16'],
  check: checkBeside,
};

function decoderOf({ model, elementType }: Pick<ModelToExport, 'model' | 'elementType'>): DecoderConfig {
  if (!isDecoder(model)) {
    throw new EngineError('export-form-unsupported', `A ${model.modelType} model has no ONNX graph yet.`, {
      hint: 'Models of the GPT-2, Llama, Qwen2 and Qwen3 forms have; export this one as huggingface or pth.',
    });
  }
  if (elementType === 'f32' || elementType === 'f16') return model;
  throw new EngineError(
    'export-element-unsupported',
    `An ONNX file is written in f32 or f16, not in ${elementType}.`,
    {
      hint: 'Export as onnx in f16, or in f32, which changes nothing.',
    },
  );
}

/** The tensors that lie beside count with the graph that names them. */
async function checkBeside(
  folder: string,
  exported: ModelToExport,
  onBytes: (count: number) => void,
): Promise<number> {
  const expected = folderTensors(exported);
  if (!isOnnxDataBeside(expected.tensors)) return 0;
  const beside: VerifiedForm = {
    weightsFile: onnxDataFile,
    openWeights: (source) => Promise.resolve(openOnnxData(source, expected.tensors)),
    tensors: () => expected,
    hasAliases: false,
  };
  await verifyExport(folder, beside, exported, onBytes);
  return 0;
}
