// Opens a model in Hugging Face files: config.json, tokenizer.json, and one or several safetensors or a state dict of
// PyTorch; or in one file that holds all: a GGUF file, or safetensors with the texts in its metadata. Everything is
// checked by what the files say of themselves before any value is read.

import {
  EngineError,
  hfModelConfig,
  hfWeights,
  loadTokenizerJson,
  openGgufModel,
  openSafetensors,
  openSafetensorsIndex,
  openTorchIndex,
  openTorchStateDict,
  readHfConfig,
  withChatTemplate,
  type ByteSource,
  type ModelConfig,
  type TensorReader,
  type Tokenizer,
} from '../../engine/index.ts';
import { FileSource } from './file-source.ts';
import { findWeights, modelTextNames, readModelText, type ModelFiles } from './model-files.ts';

/** A file of a model: where it lies, or what it holds. */
export type ModelFile =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly text: string };

export interface HuggingFaceModel {
  readonly model: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly weights: TensorReader;
  /** The classes of a classifier in the order of its outputs. */
  readonly labels: readonly string[];
  /** What has to be kept to open it again, under the names it is found by. */
  readonly files: readonly ModelFile[];
  close(): Promise<void>;
}

/**
 * Opens a model and checks it; throws `weights-not-found`, `model-config-missing`, `tokenizer-missing`,
 * `tokenizer-too-large` and what config, tokenizer and weights are refused with.
 */
export async function openHuggingFaceModel(files: ModelFiles): Promise<HuggingFaceModel> {
  const opened: FileSource[] = [];
  const open = async (name: string): Promise<ByteSource> => {
    const path = files.get(name);
    if (path === undefined)
      throw missing('weights-not-found', `The index names ${name}, which is not there.`);
    const source = await FileSource.open(path);
    opened.push(source);
    return source;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((source) => source.close()));
  };
  try {
    const { reader, weightFiles, holdsAll } = await openWeights(files, open);
    const texts = new Map<string, string>();
    for (const name of modelTextNames) {
      const own = reader.metadata.get(name);
      const text = holdsAll ? own : ((await readModelText(files, name)) ?? own);
      if (text !== undefined) texts.set(name, text);
    }
    const config = texts.get('config.json') ?? refuseConfigless();
    const { model: described, form, labels } = readHfConfig(config);
    const model = await hfModelConfig(described, reader, form);
    const weights = await hfWeights(model, reader, form);
    const tokenizer = openTokenizer(files, texts, model);
    const kept = [...texts].map(([name, text]) => ({ name, text }));
    return { model, tokenizer, weights, labels, files: [...kept, ...weightFiles], close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface OpenedWeights {
  readonly reader: TensorReader;
  readonly weightFiles: readonly ModelFile[];
  /** Whether texts beside the weights say nothing: a GGUF file often lies beside a config.json of one line. */
  readonly holdsAll?: boolean;
}

async function openWeights(
  files: ModelFiles,
  open: (name: string) => Promise<ByteSource>,
): Promise<OpenedWeights> {
  const found = findWeights(files);
  const path = files.get(found.name)!;
  if (found.kind === 'gguf') {
    const reader = await openGgufModel(await open(found.name));
    return { reader, weightFiles: [{ name: found.name, path }], holdsAll: true };
  }
  if (found.kind === 'safetensors') {
    const reader = await openSafetensors(await open(found.name));
    return { reader, weightFiles: [{ name: 'model.safetensors', path }] };
  }
  if (found.kind === 'state-dict') {
    const reader = await openTorchStateDict(await open(found.name));
    return { reader, weightFiles: [{ name: found.name, path }] };
  }
  const index = (await readModelText(files, found.name)) ?? '';
  const shards: string[] = [];
  const openIndex = found.kind === 'index' ? openSafetensorsIndex : openTorchIndex;
  const reader = await openIndex(index, (name) => {
    shards.push(name);
    return open(name);
  });
  const shardFiles = shards.map((name) => ({ name, path: files.get(name)! }));
  return { reader, weightFiles: [{ name: found.name, text: index }, ...shardFiles] };
}

function openTokenizer(
  files: ModelFiles,
  texts: ReadonlyMap<string, string>,
  { vocabSize }: ModelConfig,
): Tokenizer {
  const json = texts.get('tokenizer.json');
  if (json === undefined) {
    const older = ['tokenizer.model', 'vocab.json', 'vocab.txt'].find((name) => files.has(name));
    throw missing(
      'tokenizer-missing',
      older === undefined
        ? 'There is no tokenizer.json.'
        : `There is ${older} but no tokenizer.json, which holds a whole tokenizer.`,
    );
  }
  const loaded = loadTokenizerJson(json, texts.get('tokenizer_config.json'));
  // Newer folders keep the chat template in a file of its own.
  const template = texts.get('chat_template.jinja');
  const tokenizer = template === undefined ? loaded : withChatTemplate(loaded, { text: template });
  if (tokenizer.vocabSize <= vocabSize) return tokenizer;
  throw new EngineError(
    'tokenizer-too-large',
    `The tokenizer has ${tokenizer.vocabSize} tokens, the model embeddings for ${vocabSize}.`,
    { hint: 'The tokenizer belongs to another model: get both from one place.' },
  );
}

function refuseConfigless(): never {
  throw missing('model-config-missing', 'There is no config.json, which says what the weights are.');
}

function missing(code: string, message: string): EngineError {
  return new EngineError(code, message, {
    hint: 'Choose the whole folder of a model, as save_pretrained of transformers writes it.',
  });
}
