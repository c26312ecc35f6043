// What LoRA added to a model, apart from it: a folder that PEFT opens beside the model that the run began with.

import {
  EngineError,
  linearModel,
  narrow,
  openSafetensors,
  peftConfigJson,
  writeSafetensors,
  type hfTensorsToWrite,
  type ModelConfig,
} from '../../engine/index.ts';
import { tokenizerFiles } from './huggingface.ts';
import { plainElementType, type AdapterToExport, type ExportForm, type ModelToExport } from './target.ts';

/** adapter_model.safetensors, adapter_config.json and the tokenizer; refuses models without an adapter. */
export const peft: ExportForm = {
  files: (exported) => {
    const { model, tokenizer } = exported;
    const { tensors, tuning } = adapterOf(exported);
    const description = {
      tuning,
      fanInFanOut: linearModel(model).layout === 'in-out',
      baseModel: null,
      taskType: taskTypeOf(model),
    };
    return {
      'adapter_model.safetensors': () => writeSafetensors(adapterTensors(exported).tensors, { format: 'pt' }),
      'adapter_config.json': () => peftConfigJson(description, tensors),
      ...tokenizerFiles(tokenizer),
    };
  },
  weightsFile: 'adapter_model.safetensors',
  openWeights: openSafetensors,
  tensors: (exported) => adapterTensors(exported),
  hasAliases: false,
};

function adapterOf({ adapter }: ModelToExport): AdapterToExport {
  if (adapter) return adapter;
  throw new EngineError(
    'export-without-adapter',
    'This checkpoint has no adapter: all its weights were trained.',
    {
      hint: 'Export it as huggingface, or a checkpoint of a run with --method lora as peft.',
    },
  );
}

function adapterTensors(exported: ModelToExport): ReturnType<typeof hfTensorsToWrite> {
  const { tensors } = adapterOf(exported);
  const elementType = plainElementType(exported);
  return {
    tensors: [...tensors.tensors.values()].map(({ name, shape }) => ({
      name,
      shape,
      elementType,
      read: async () => narrow(name, await tensors.readF32(name), elementType),
    })),
    aliases: [],
  };
}

/** PEFT's word for what a model is used for; null where transformers has no class for it. */
function taskTypeOf(
  model: ModelConfig,
): 'CAUSAL_LM' | 'SEQ_2_SEQ_LM' | 'SEQ_CLS' | 'FEATURE_EXTRACTION' | null {
  switch (model.modelType) {
    case 'gpt2':
    case 'llama':
    case 'qwen2':
    case 'qwen3':
      return 'CAUSAL_LM';
    case 't5':
      return 'SEQ_2_SEQ_LM';
    case 'bert':
      return model.numLabels > 0 ? 'SEQ_CLS' : 'FEATURE_EXTRACTION';
    case 'transformer':
      return null;
    default:
      return model satisfies never;
  }
}
