// One file for llama.cpp, Ollama and what is built on them: weights, tokenizer and chat template in it; beside it a
// model card, and the Modelfile that Ollama makes a model of.

import { join } from 'node:path';
import {
  EngineError,
  ggufContents,
  openGguf,
  writeGguf,
  type GgufElementType,
  type GgufKeys,
} from '../../engine/index.ts';
import { FileSource } from '../engine-host/file-source.ts';
import { ggufCard } from './gguf-card.ts';
import { ollamaModelfile } from './ollama-modelfile.ts';
import type { ExportForm, ModelToExport } from './target.ts';
import { exportDamaged } from './verify.ts';

const fileName = 'model.gguf';

/** model.gguf, README.md and Modelfile; refuses by name what llama.cpp does not compute or read. */
export const gguf: ExportForm = {
  files: (exported) => {
    const { keys, tensors } = contentsOf(exported);
    return {
      [fileName]: () => writeGguf(keys, tensors),
      'README.md': () => ggufCard(exported, fileName),
      Modelfile: () => ollamaModelfile(exported, { fileName, beginsTexts: beginsTexts(keys) }),
    };
  },
  weightsFile: fileName,
  openWeights: async (source) => {
    const { tensors, readBytes } = await openGguf(source);
    const named = [...tensors].map(
      ([name, { shape, type }]) => [name, { shape, elementType: type.name }] as const,
    );
    return { tensors: new Map(named), readBytes };
  },
  tensors: (exported) => ({
    tensors: contentsOf(exported).tensors.map(({ type, ...tensor }) => ({
      ...tensor,
      elementType: type.name,
    })),
    aliases: [],
  }),
  hasAliases: false,
  elementTypes: ['f32', 'f16', 'q8_0'],
  check: checkKeys,
};

function contentsOf(exported: ModelToExport): ReturnType<typeof ggufContents> {
  const { model, tokenizer, weights } = exported;
  const described = { model, tokenizer, name: `Heddle ${model.modelType}` };
  return ggufContents(described, (name) => weights.readF32(name), elementTypeOf(exported));
}

/** Whether llama.cpp puts a token before every text, so that no template need. */
function beginsTexts(keys: GgufKeys): boolean {
  return keys.get('tokenizer.ggml.add_bos_token')?.value === true;
}

function elementTypeOf({ elementType }: ModelToExport): GgufElementType {
  if (elementType !== 'bf16') return elementType;
  throw new EngineError(
    'export-element-unsupported',
    'A GGUF file is written in f32, f16 or q8_0, not in bf16.',
    {
      hint: 'Export as gguf in f16, or in f32, which changes nothing.',
    },
  );
}

/** Reads the keys back; no tensor is among them. */
async function checkKeys(folder: string, exported: ModelToExport): Promise<number> {
  const source = await FileSource.open(join(folder, fileName));
  try {
    const { keys } = await openGguf(source);
    const [found, expected] = [keys, contentsOf(exported).keys].map(keysText);
    if (found === expected) return 0;
    throw exportDamaged(fileName, 'its keys are others');
  } finally {
    await source.close();
  }
}

function keysText(keys: GgufKeys): string {
  return JSON.stringify([...keys].map(([key, { kind, value }]) => [key, kind, value]));
}
