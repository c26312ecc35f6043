// Checks the header of a GGUF file: magic, version, keys, and for each tensor its name, shape, type and place.
// Everything is refused here, before any weight is read. What the keys mean is in gguf-config.ts.
// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; strict where llama.cpp is.

import { alignUp } from '../align.ts';
import { readExactly, type ByteSource } from './bytes.ts';
import { GgufCursor, NeedsMoreBytes, refuseGguf } from './gguf-cursor.ts';
import {
  alignmentKey,
  defaultAlignment,
  ggmlBytes,
  ggmlTypes,
  ggufMagic,
  ggufVersion,
  maxDimensions,
  maxTensorNameBytes,
  type GgmlType,
  type GgufKeys,
  type GgufValue,
} from './gguf-types.ts';

/** A tensor of a file; its shape in the order of PyTorch, which is the reverse of how GGUF lists it. */
export interface GgufTensor {
  readonly name: string;
  readonly type: GgmlType;
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly keys: GgufKeys;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

const maxTensors = 100_000;
const maxKeys = 65_536;
const maxKeyBytes = 65_535;
const maxAlignment = 1 << 20;
// A key of one byte with a value of one byte, and a tensor of one byte's name without dimensions.
const leastKeyBytes = 8 + 1 + 4 + 1;
const leastTensorBytes = 8 + 1 + 4 + 4 + 8;
const firstReadBytes = 1 << 20;
/** Vocabularies of a million tokens take less. */
const maxHeaderBytes = 512 * 1024 * 1024;

/** Reads as much of a file as its header takes, and checks it; throws one `gguf-…` code per fault. */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const limit = Math.min(source.sizeBytes, maxHeaderBytes);
  for (let length = Math.min(firstReadBytes, limit); ; length = Math.min(4 * length, limit)) {
    const head = await readExactly(source, 0, length);
    try {
      return parseGgufHeader(new GgufCursor(head, source.sizeBytes, source.name), source);
    } catch (error) {
      if (!(error instanceof NeedsMoreBytes)) throw error;
      if (length === limit) {
        refuseGguf(
          'gguf-header-too-large',
          `The header of ${source.name} is larger than ${maxHeaderBytes} bytes.`,
        );
      }
    }
  }
}

function parseGgufHeader(
  cursor: GgufCursor,
  { name: fileName, sizeBytes: fileBytes }: Pick<ByteSource, 'name' | 'sizeBytes'>,
): GgufHeader {
  if (fileBytes < 4 || cursor.u32() !== ggufMagic) {
    refuseGguf('gguf-magic', `${fileName} does not begin with "GGUF".`);
  }
  const version = cursor.u32();
  if ((version & 0xffff) === 0 && version !== 0) {
    refuseGguf('gguf-version', `${fileName} is big-endian; little-endian files are read.`);
  }
  if (version !== 2 && version !== ggufVersion) {
    refuseGguf('gguf-version', `${fileName} has version ${version} of GGUF; versions 2 and 3 are read.`);
  }
  const tensorCount = cursor.count('tensors', leastTensorBytes);
  const keyCount = cursor.count('keys', leastKeyBytes);
  if (tensorCount > maxTensors || keyCount > maxKeys) {
    refuseGguf(
      'gguf-count',
      `${fileName} has ${tensorCount} tensors and ${keyCount} keys; at most ${maxTensors} and ${maxKeys} are read.`,
    );
  }
  const keys = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = cursor.text('a key', maxKeyBytes);
    if (key === '') refuseGguf('gguf-key', `${fileName} has a key without a name.`);
    if (keys.has(key)) refuseGguf('gguf-key', `${fileName} has the key "${key.slice(0, 200)}" twice.`);
    keys.set(key, cursor.value(key.slice(0, 200)));
  }
  const alignment = readAlignment(keys, fileName);
  const unplaced = Array.from({ length: tensorCount }, () => readTensor(cursor, fileName));
  const tensors = placeTensors(unplaced, {
    alignment,
    dataStart: alignUp(cursor.at, alignment),
    fileBytes,
    fileName,
  });
  return { version, keys, tensors };
}

function readAlignment(keys: GgufKeys, fileName: string): number {
  const found = keys.get(alignmentKey);
  if (found === undefined) return defaultAlignment;
  const { kind, value } = found;
  if (kind === 'u32' && value > 0 && (value & (value - 1)) === 0 && value <= maxAlignment) return value;
  return refuseGguf(
    'gguf-alignment',
    `${fileName} has ${alignmentKey} ${kind === 'array' ? 'of several numbers' : String(value)} (${kind}); a power of two (u32) is one.`,
  );
}

/** A tensor with its place from the start of the data. */
function readTensor(cursor: GgufCursor, fileName: string): GgufTensor {
  const name = cursor.text("a tensor's name", maxTensorNameBytes);
  const refuse = (code: string, problem: string): never =>
    refuseGguf(code, `Tensor "${name}" of ${fileName} ${problem}.`);
  if (name === '') refuse('gguf-tensor-name', 'has no name');
  const rank = cursor.u32();
  if (rank > maxDimensions) {
    refuse('gguf-shape', `has ${rank} dimensions; at most ${maxDimensions} are read`);
  }
  const extents = Array.from({ length: rank }, () => cursor.u64());
  const typeId = cursor.u32();
  const type = ggmlTypes.get(typeId) ?? refuse('gguf-type-unknown', `has the unknown type ${typeId}`);
  const { blockElements, blockBytes } = type;
  const elements = extents.reduce((product, extent) => product * extent, 1n);
  const sizeBytes = (elements * BigInt(blockBytes)) / BigInt(blockElements);
  if (extents.some((extent) => extent >= 2n ** 53n) || sizeBytes >= 2n ** 53n || elements >= 2n ** 53n) {
    refuse('gguf-shape', `has the shape [${extents.join(', ')}], more than any file holds`);
  }
  if ((extents[0] ?? 1n) % BigInt(blockElements) !== 0n) {
    refuse('gguf-shape', `has rows of ${extents[0]} elements; ${type.name} stores them by ${blockElements}`);
  }
  const offset = cursor.u64();
  if (offset >= 2n ** 53n) refuse('gguf-offset', `begins at ${offset}, outside the file`);
  const shape = extents.map(Number).reverse();
  return { name, type, shape, offsetBytes: Number(offset), sizeBytes: ggmlBytes(type, Number(elements)) };
}

interface DataRegion {
  readonly alignment: number;
  readonly dataStart: number;
  readonly fileBytes: number;
  readonly fileName: string;
}

/** Every tensor begins where the one before it ends, rounded up: so none overlap, and nothing lies between. */
function placeTensors(
  unplaced: readonly GgufTensor[],
  { alignment, dataStart, fileBytes, fileName }: DataRegion,
): ReadonlyMap<string, GgufTensor> {
  const tensors = new Map<string, GgufTensor>();
  let next = 0;
  let end = dataStart;
  for (const tensor of unplaced) {
    const { name, offsetBytes, sizeBytes } = tensor;
    if (tensors.has(name)) refuseGguf('gguf-tensor-name', `${fileName} has the tensor "${name}" twice.`);
    if (offsetBytes !== next) {
      refuseGguf(
        'gguf-offset',
        `Tensor "${name}" of ${fileName} begins at ${offsetBytes}; by those before it, it should at ${next}.`,
      );
    }
    end = dataStart + offsetBytes + sizeBytes;
    if (end > fileBytes) {
      refuseGguf(
        'gguf-truncated',
        `Tensor "${name}" ends ${end - fileBytes} bytes after the end of ${fileName}.`,
      );
    }
    next = alignUp(offsetBytes + sizeBytes, alignment);
    tensors.set(name, { ...tensor, offsetBytes: dataStart + offsetBytes });
  }
  // Other tools fill up behind the last tensor too, and behind a header without tensors.
  if (fileBytes >= alignUp(end, alignment) + alignment) {
    refuseGguf('gguf-trailing-bytes', `${fileName} has ${fileBytes - end} bytes after its last tensor.`);
  }
  return tensors;
}
