// The files that a model of another program is made of, by name, wherever they lie: a folder, files that were
// chosen one by one, or the one file that holds all. Finds files and reads texts; knows no model.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EngineError } from '../../engine/index.ts';

/** Paths of files by name. */
export type ModelFiles = ReadonlyMap<string, string>;

const maxTextBytes = 256 * 1024 * 1024;
const indexName = 'model.safetensors.index.json';
/** Weights in forms that are not read, by how their names end. */
const otherWeights = /\.(?:bin|pt|pth|ckpt|gguf|ggml|onnx|h5|msgpack|npz)$/i;

/** The files of a folder, or those that were named; throws `model-files-mixed`. */
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
  return files;
}

/** How the weights lie: an index that lists several files, one file, or a state dict as Heddle exports it. */
export type FoundWeights =
  | { readonly kind: 'index'; readonly name: string }
  | { readonly kind: 'safetensors'; readonly name: string }
  | { readonly kind: 'state-dict'; readonly name: string };

/** Finds the weights among the files of a model; throws `weights-not-found`. */
export function findWeights(files: ModelFiles): FoundWeights {
  if (files.has(indexName)) return { kind: 'index', name: indexName };
  if (files.has('model.safetensors')) return { kind: 'safetensors', name: 'model.safetensors' };
  const names = [...files.keys()];
  const found = names.filter((name) => name.endsWith('.safetensors'));
  if (found.length === 1) return { kind: 'safetensors', name: found[0]! };
  if (found.length > 1) {
    throw new EngineError(
      'weights-not-found',
      `There are ${found.length} weight files and no ${indexName}.`,
      {
        hint: `Add ${indexName}, which says what is in which file.`,
      },
    );
  }
  if (files.has('model.pth')) return { kind: 'state-dict', name: 'model.pth' };
  const other = names.find((name) => otherWeights.test(name));
  throw new EngineError(
    'weights-not-found',
    other === undefined
      ? 'There is no .safetensors file among these files.'
      : `"${other}" is in a form that is not read; weights are read from .safetensors files.`,
    {
      hint:
        other === undefined
          ? 'Choose the folder of a model: config.json, model.safetensors, tokenizer.json.'
          : 'Save the model with save_pretrained(folder, safe_serialization=True) of transformers.',
    },
  );
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
