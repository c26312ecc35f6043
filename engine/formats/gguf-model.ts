// A GGUF file as the Hugging Face files it was made of: tensors under their names in transformers and in its order,
// and in the metadata the texts of config.json, tokenizer.json and tokenizer_config.json.

import type { DecoderConfig } from '../config.ts';
import { elementCount, type ByteSource, type StoredTensor, type TensorReader } from './bytes.ts';
import { ggufArchitecture, ggufConfig } from './gguf-config.ts';
import { refuseGguf } from './gguf-cursor.ts';
import { dequantizer } from './gguf-dequantize.ts';
import { openGguf, type GgufFile } from './gguf-file.ts';
import { naturalKey } from './gguf-keys.ts';
import { fromGgufLayout } from './gguf-layouts.ts';
import { ggufPlace, type GgufPlace } from './gguf-names.ts';
import { ropeFactorsName } from './gguf-rope.ts';
import { ggufTokenizer } from './gguf-tokenizer-json.ts';
import { tokenIdKeys } from './gguf-tokenizer.ts';
import type { GgufKeys } from './gguf-types.ts';
import { readHfConfig } from './hf-config.ts';
import { hfStateDict } from './hf-state-dict.ts';
import { find } from './safetensors.ts';

const embeddings = 'token_embd.weight';
const maxRopeFactors = 512;

/**
 * Opens a GGUF file as a model. Its tensors all read as f32, whatever they are stored in; those that the model
 * would not use keep llama.cpp's names. Throws `gguf-…`, and what settings are refused with.
 */
export async function openGgufModel(source: ByteSource): Promise<TensorReader> {
  const file = await openGguf(source);
  const texts = await textsOf(file);
  const model = readHfConfig(texts['config.json']).model as DecoderConfig;
  const places = new Map<string, GgufPlace>();
  const tensors = new Map<string, StoredTensor>();
  const used = new Set([ropeFactorsName]);
  for (const { name } of hfStateDict(model).tensors) {
    const place = ggufPlace(model, name);
    const found = file.tensors.get(place.name);
    // What is missing is said where the model's tensors are looked for.
    if (found === undefined) continue;
    dequantizer(found.name, found.type);
    used.add(place.name);
    places.set(name, place);
    const shape = place.layout.kind === 'transposed' ? found.shape.toReversed() : found.shape;
    tensors.set(name, stored(name, shape, found.offsetBytes));
  }
  for (const { name, shape, offsetBytes } of file.tensors.values()) {
    if (!used.has(name)) tensors.set(name, stored(name, shape, offsetBytes));
  }
  const readF32 = async (name: string): Promise<Float32Array> => {
    const { shape } = find(tensors, name, file.name);
    const place = places.get(name);
    if (place === undefined) return file.readF32(name);
    return fromGgufLayout(await file.readF32(place.name), shape[0] ?? 1, place.layout);
  };
  return {
    tensors,
    metadata: new Map(Object.entries(texts)),
    readF32,
    readBytes: async (name) => new Uint8Array((await readF32(name)).buffer),
  };
}

function stored(name: string, shape: readonly number[], offsetBytes: number): StoredTensor {
  return { name, elementType: 'f32', shape, offsetBytes, sizeBytes: 4 * elementCount(shape) };
}

interface ModelTexts extends Record<string, string> {
  'config.json': string;
  'tokenizer.json': string;
  'tokenizer_config.json': string;
}

async function textsOf(file: GgufFile): Promise<ModelTexts> {
  const { keys } = file;
  const form = ggufArchitecture(keys);
  const table = file.tensors.get(embeddings);
  if (table?.shape.length !== 2) {
    return refuseGguf('gguf-tensor-missing', `${file.name} has no table of embeddings, ${embeddings}.`);
  }
  const { tokenizer, config } = ggufTokenizer(keys);
  const facts = {
    vocabSize: table.shape[0]!,
    tieWordEmbeddings: !file.tensors.has('output.weight'),
    ropeFactors: await ropeFactorsOf(file),
  };
  return {
    'config.json': jsonText({ ...ggufConfig(keys, form, facts), ...tokenIds(keys) }),
    'tokenizer.json': JSON.stringify(tokenizer),
    'tokenizer_config.json': jsonText(config),
  };
}

async function ropeFactorsOf(file: GgufFile): Promise<Float32Array | null> {
  const tensor = file.tensors.get(ropeFactorsName);
  if (tensor === undefined) return null;
  const count = elementCount(tensor.shape);
  if (count > 0 && count <= maxRopeFactors) return file.readF32(ropeFactorsName);
  return refuseGguf('gguf-shape', `${file.name} has ${count} factors of rotary positions.`);
}

function tokenIds(keys: GgufKeys): Record<string, number> {
  const ids: Record<string, number> = {};
  for (const [role, key] of Object.entries(tokenIdKeys)) {
    const id = naturalKey(keys, key);
    if (id !== undefined && role !== 'unk_token') ids[`${role}_id`] = id;
  }
  return ids;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
