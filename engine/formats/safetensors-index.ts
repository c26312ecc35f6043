// Opens a model that is split over several files with an index: model.safetensors.index.json, or
// pytorch_model.bin.index.json of state dicts.
// The index names files of its own folder only: a name that could lead elsewhere is refused.

import { EngineError } from '../errors.ts';
import type { ByteSource, StoredTensor, TensorReader } from './bytes.ts';
import { find, openSafetensors } from './safetensors.ts';
import { asJsonObject, parseStrictJson } from './strict-json.ts';
import { openTorchStateDict } from './torch-state-dict.ts';

const limits = { maxDepth: 4, maxValues: 200_000 };
const maxFiles = 2_000;
const plainFileName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/;

/** The files that an index may name: how they end, and how one is opened. */
interface IndexedForm {
  readonly ending: string;
  openFile(source: ByteSource): Promise<TensorReader>;
}

/**
 * Opens every file that the index names, through `open`, as one reader. Tensors that the index does not
 * place in their file are not offered. Throws `safetensors-index-invalid`, `safetensors-index-file-name`,
 * `safetensors-index-too-many-files`, `safetensors-index-tensor-missing`, and what opening a file throws.
 */
export function openSafetensorsIndex(
  indexJson: string,
  open: (fileName: string) => Promise<ByteSource>,
): Promise<TensorReader> {
  return openIndex(indexJson, open, { ending: '.safetensors', openFile: openSafetensors });
}

/** As `openSafetensorsIndex`, with state dicts of PyTorch as the files. */
export function openTorchIndex(
  indexJson: string,
  open: (fileName: string) => Promise<ByteSource>,
): Promise<TensorReader> {
  return openIndex(indexJson, open, { ending: '.bin', openFile: openTorchStateDict });
}

async function openIndex(
  indexJson: string,
  open: (fileName: string) => Promise<ByteSource>,
  { ending, openFile }: IndexedForm,
): Promise<TensorReader> {
  const weightMap = readWeightMap(indexJson, ending);
  const fileNames = [...new Set(weightMap.values())];
  if (fileNames.length > maxFiles) {
    refuse(
      'safetensors-index-too-many-files',
      `names ${fileNames.length} files; at most ${maxFiles} are opened`,
    );
  }
  const readers = new Map<string, TensorReader>();
  for (const fileName of fileNames) readers.set(fileName, await openFile(await open(fileName)));

  const tensors = new Map<string, StoredTensor>();
  for (const [name, fileName] of weightMap) {
    const tensor = readers.get(fileName)!.tensors.get(name);
    if (tensor === undefined) {
      refuse(
        'safetensors-index-tensor-missing',
        `places "${name.slice(0, 200)}" in ${fileName}, which lacks it`,
      );
    }
    tensors.set(name, tensor);
  }
  const readerOf = (name: string): TensorReader => {
    find(tensors, name, 'The index');
    return readers.get(weightMap.get(name)!)!;
  };
  return {
    tensors,
    metadata: readers.get(fileNames[0] ?? '')?.metadata ?? new Map(),
    readF32: async (name) => readerOf(name).readF32(name),
    readBytes: async (name) => readerOf(name).readBytes(name),
  };
}

function readWeightMap(indexJson: string, ending: string): ReadonlyMap<string, string> {
  const root = asJsonObject(parseStrictJson(indexJson, limits, 'The index'));
  const weightMap = asJsonObject(root?.get('weight_map'));
  if (weightMap === undefined) refuse('safetensors-index-invalid', 'has no weight_map');
  for (const fileName of weightMap.values()) {
    if (typeof fileName !== 'string' || !plainFileName.test(fileName) || !fileName.endsWith(ending)) {
      refuse(
        'safetensors-index-file-name',
        `names a file ${JSON.stringify(fileName).slice(0, 100)} that is not a plain ${ending} name in its folder`,
      );
    }
  }
  return weightMap as ReadonlyMap<string, string>;
}

function refuse(code: string, problem: string): never {
  throw new EngineError(code, `The index ${problem}.`, {
    hint: 'The index is damaged or was not written by a known tool: get the model again.',
  });
}
