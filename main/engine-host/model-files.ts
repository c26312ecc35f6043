// The files that a model of another program is made of, by name, wherever they lie: a folder, files that were
// chosen one by one, or the one file that holds all. Finds files and reads texts; knows no model.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError } from '../../engine/index.ts';

/** Paths of files by name. */
export type ModelFiles = ReadonlyMap<string, string>;

const maxTextBytes = 256 * 1024 * 1024;
const indexName = 'model.safetensors.index.json';
const torchIndexName = 'pytorch_model.bin.index.json';

/** Texts that describe a model. */
export const modelTextNames = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'generation_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
] as const;

/** A state dict of PyTorch; what trainers save beside the weights is none. */
const stateDict =
  /^(?!(?:training_args|optimizer|scheduler|scaler)\.|rng_state|pytorch_model-\d+-of-\d+\.).*\.(?:pth|pt|bin)$/i;
const stateDictNames = ['model.pth', 'pytorch_model.bin'];
const ggufFile = /\.gguf$/i;
/** Weights in forms that are not read, by how their names end. */
const otherWeights = /\.(?:bin|pt|pth|ckpt|ggml|onnx|h5|msgpack|npz)$/i;
const readForms = 'weights are read from .safetensors, .pth, .pt, .bin and .gguf files';

/**
 * The files of a folder, or those that were named; a state dict that is named alone brings the texts beside it.
 * Throws `model-files-mixed`.
 */
export async function findModelFiles(sources: readonly string[]): Promise<ModelFiles> {
  const [only] = sources;
  if (only !== undefined && sources.length === 1 && (await stat(only)).isDirectory()) {
    return new Map((await readdir(only)).map((name) => [name, join(only, name)]));
  }
  const files = new Map<string, string>();
  for (const path of sources) {
    const name = basename(path);
    if (!(await stat(path)).isFile() || files.has(name)) {
      throw new EngineError('model-files-mixed', `"${name}" does not belong among the files of one model.`, {
        hint: 'Name one folder, or the files of one model, each once.',
      });
    }
    files.set(name, path);
  }
  if (only !== undefined && sources.length === 1 && stateDict.test(basename(only))) {
    for (const name of modelTextNames) {
      const path = join(dirname(only), name);
      if ((await stat(path).catch(() => null))?.isFile()) files.set(name, path);
    }
  }
  return files;
}

/** Whether there is anything of a model among files; what it holds is checked by whoever opens it. */
export function looksLikeModel(files: ModelFiles): boolean {
  return [...files.keys()].some(
    (name) => name === 'config.json' || name.endsWith('.safetensors') || ggufFile.test(name),
  );
}

/** How the weights lie: an index that lists several files, one file, a state dict of PyTorch, or a GGUF file. */
export interface FoundWeights {
  readonly kind: 'index' | 'safetensors' | 'torch-index' | 'state-dict' | 'gguf';
  readonly name: string;
}

/** Finds the weights among the files of a model; throws `weights-not-found`. */
export function findWeights(files: ModelFiles): FoundWeights {
  if (files.has(indexName)) return { kind: 'index', name: indexName };
  if (files.has('model.safetensors')) return { kind: 'safetensors', name: 'model.safetensors' };
  const names = [...files.keys()];
  const safetensors = names.filter((name) => name.endsWith('.safetensors'));
  if (safetensors.length > 1) {
    refuse(
      `There are ${safetensors.length} weight files and no ${indexName}.`,
      `Add ${indexName}, which says what is in which file.`,
    );
  }
  if (safetensors.length === 1) return { kind: 'safetensors', name: safetensors[0]! };
  if (files.has(torchIndexName)) return { kind: 'torch-index', name: torchIndexName };
  const known = stateDictNames.find((name) => files.has(name));
  if (known !== undefined) return { kind: 'state-dict', name: known };
  for (const [kind, pattern] of [
    ['state-dict', stateDict],
    ['gguf', ggufFile],
  ] as const) {
    const [name, another] = names.filter((one) => pattern.test(one));
    if (another !== undefined) {
      refuse(
        `There are several files of weights, "${name}" and "${another}" among them.`,
        'Name one of them.',
      );
    }
    if (name !== undefined) return { kind, name };
  }
  const other = names.find((name) => otherWeights.test(name));
  return other === undefined
    ? refuse(
        `There are no weights among these files; ${readForms}.`,
        'Choose the folder of a model: config.json, model.safetensors, tokenizer.json.',
      )
    : refuse(
        `"${other}" is in a form that is not read; ${readForms}.`,
        'Save the model with save_pretrained(folder, safe_serialization=True) of transformers.',
      );
}

function refuse(message: string, hint: string): never {
  throw new EngineError('weights-not-found', message, { hint });
}

/** The text of a file; null where there is none. Throws `model-file-too-large`. */
export async function readModelText(files: ModelFiles, name: string): Promise<string | null> {
  const path = files.get(name);
  if (path === undefined) return null;
  const { size } = await stat(path);
  if (size <= maxTextBytes) return readFile(path, 'utf8');
  throw new EngineError(
    'model-file-too-large',
    `${name} has ${size} bytes; at most ${maxTextBytes} are read.`,
    {
      hint: 'This is no description of a model: choose the folder of a model.',
    },
  );
}
