// Checks the JSON header of a safetensors file and gives the tensors it describes. Everything is refused
// here, before any value is read or allocated: names, types, shapes, sizes, overlaps, holes, trailing bytes.
// Format: https://huggingface.co/docs/safetensors

import { EngineError } from '../errors.ts';
import { elementSizes, type ElementType, type StoredTensor } from './bytes.ts';
import { asJsonObject, parseStrictJson, type JsonObject, type JsonValue } from './strict-json.ts';

export const maxHeaderBytes = 100_000_000;
export const maxTensors = 100_000;
const maxDimensions = 64;
// Enough for the largest legal count of tensors of five dimensions; a bound on memory, not on meaning.
const maxValues = 1_500_000;

/** The name that safetensors gives each element type. */
export const dtypeNames = {
  f64: 'F64',
  f32: 'F32',
  f16: 'F16',
  bf16: 'BF16',
  f8e4m3: 'F8_E4M3',
  f8e5m2: 'F8_E5M2',
  f8e8m0: 'F8_E8M0',
  c64: 'C64',
  i64: 'I64',
  i32: 'I32',
  i16: 'I16',
  i8: 'I8',
  u64: 'U64',
  u32: 'U32',
  u16: 'U16',
  u8: 'U8',
  bool: 'BOOL',
} as const satisfies Record<ElementType, string>;

const elementTypes = new Map(
  Object.entries(dtypeNames).map(([elementType, dtype]) => [dtype as string, elementType as ElementType]),
);

/** What a valid header says; offsets count from the start of the file. */
export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Throws with the hint that fits every broken model file. */
export function refuseSafetensors(code: string, message: string): never {
  throw new EngineError(code, message, {
    hint: 'The file is damaged or was not written by a known tool: download or export it again.',
  });
}

function refuseTensor(code: string, name: string, problem: string): never {
  return refuseSafetensors(code, `Tensor "${name.slice(0, 200)}" ${problem}.`);
}

/**
 * Parses and checks a header; `dataStart` and `fileBytes` are where its data region begins and ends.
 * Throws one `safetensors-…` code per fault, or a `json-…` code of the JSON itself.
 */
export function parseSafetensorsHeader(
  header: Uint8Array,
  dataStart: number,
  fileBytes: number,
  fileName: string,
): SafetensorsHeader {
  if (header[0] !== 0x7b) {
    refuseSafetensors('safetensors-header-start', `The header of ${fileName} does not begin with "{".`);
  }
  const limits = { maxDepth: 3, maxValues, naturalNumbersOnly: true };
  const root = parseStrictJson(
    decodeHeader(header, fileName),
    limits,
    `The header of ${fileName}`,
  ) as JsonObject;
  const count = root.size - (root.has('__metadata__') ? 1 : 0);
  if (count > maxTensors) {
    refuseSafetensors(
      'safetensors-too-many-tensors',
      `${fileName} describes ${count} tensors; at most ${maxTensors} are read.`,
    );
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of root) {
    if (name !== '__metadata__') tensors.set(name, parseEntry(name, entry, dataStart));
  }
  checkLayout([...tensors.values()], dataStart, fileBytes, fileName);
  return { tensors, metadata: parseMetadata(root.get('__metadata__'), fileName) };
}

function decodeHeader(header: Uint8Array, fileName: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    return refuseSafetensors('safetensors-header-utf8', `The header of ${fileName} is not valid UTF-8.`);
  }
}

function parseEntry(name: string, entry: JsonValue, dataStart: number): StoredTensor {
  const object = asJsonObject(entry);
  if (object === undefined) refuseTensor('safetensors-entry-invalid', name, 'is not described by an object');
  for (const key of object.keys()) {
    if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets') {
      refuseTensor(
        'safetensors-entry-invalid',
        name,
        `has the unknown key ${JSON.stringify(key.slice(0, 100))}`,
      );
    }
  }
  const elementType = parseDtype(name, object.get('dtype'));
  const shape = parseShape(name, object.get('shape'));
  const [begin, end] = parseOffsets(name, object.get('data_offsets'));
  const sizeBytes = end - begin;
  const needed = shape.reduce(
    (product, extent) => product * BigInt(extent),
    BigInt(elementSizes[elementType]),
  );
  if (needed !== BigInt(sizeBytes)) {
    refuseTensor(
      'safetensors-size-mismatch',
      name,
      `of shape [${shape.join(', ')}] and type ${elementType} needs ${needed} bytes but its offsets span ${sizeBytes}`,
    );
  }
  return { name, elementType, shape, offsetBytes: dataStart + begin, sizeBytes };
}

function parseDtype(name: string, dtype: JsonValue | undefined): ElementType {
  const elementType = typeof dtype === 'string' ? elementTypes.get(dtype) : undefined;
  if (elementType !== undefined) return elementType;
  const given = typeof dtype === 'string' ? `the unknown type "${dtype.slice(0, 40)}"` : 'no type';
  return refuseTensor(
    'safetensors-dtype-unknown',
    name,
    `has ${given}; known are ${[...elementTypes.keys()].join(', ')}`,
  );
}

function parseShape(name: string, shape: JsonValue | undefined): readonly number[] {
  if (!Array.isArray(shape) || !shape.every((extent) => Number.isSafeInteger(extent))) {
    refuseTensor(
      'safetensors-shape-invalid',
      name,
      'has a shape that is not a list of whole numbers below 2^53',
    );
  }
  if (shape.length > maxDimensions) {
    refuseTensor(
      'safetensors-shape-rank',
      name,
      `has ${shape.length} dimensions; at most ${maxDimensions} are read`,
    );
  }
  return shape as readonly number[];
}

function parseOffsets(name: string, offsets: JsonValue | undefined): readonly [number, number] {
  if (
    !Array.isArray(offsets) ||
    offsets.length !== 2 ||
    !offsets.every((offset) => Number.isSafeInteger(offset))
  ) {
    refuseTensor(
      'safetensors-offsets-invalid',
      name,
      'has data_offsets that are not two whole numbers below 2^53',
    );
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) {
    refuseTensor('safetensors-offsets-reversed', name, `begins at ${begin}, after its end at ${end}`);
  }
  return [begin, end];
}

/** Every byte of the data region must belong to exactly one tensor. */
function checkLayout(tensors: StoredTensor[], dataStart: number, fileBytes: number, fileName: string): void {
  // Sorting by size second puts an empty tensor before the one that starts at the same byte.
  tensors.sort((a, b) => a.offsetBytes - b.offsetBytes || a.sizeBytes - b.sizeBytes);
  let end = dataStart;
  for (const tensor of tensors) {
    if (tensor.offsetBytes < end) {
      refuseTensor('safetensors-overlap', tensor.name, 'overlaps the tensor before it');
    }
    if (tensor.offsetBytes > end) {
      refuseTensor(
        'safetensors-hole',
        tensor.name,
        `leaves ${tensor.offsetBytes - end} unused bytes before it`,
      );
    }
    end += tensor.sizeBytes;
    if (end > fileBytes) {
      refuseTensor(
        'safetensors-truncated',
        tensor.name,
        `ends ${end - fileBytes} bytes after the end of ${fileName}`,
      );
    }
  }
  if (end < fileBytes) {
    refuseSafetensors(
      'safetensors-trailing-bytes',
      `${fileName} has ${fileBytes - end} bytes after its last tensor.`,
    );
  }
}

function parseMetadata(value: JsonValue | undefined, fileName: string): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  const object = asJsonObject(value);
  if (object === undefined || ![...object.values()].every((entry) => typeof entry === 'string')) {
    refuseSafetensors(
      'safetensors-metadata-invalid',
      `The __metadata__ of ${fileName} is not an object of texts.`,
    );
  }
  return object as ReadonlyMap<string, string>;
}
