// Reads and writes safetensors: 8 bytes of header length, a JSON header, then the tensors' bytes.
// Writing holds one tensor at a time; reading allocates nothing until the whole header has been checked.
// Format: https://huggingface.co/docs/safetensors

import { EngineError } from '../errors.ts';
import {
  elementCount,
  elementSizes,
  inChunks,
  readExactly,
  readTensorToWrite,
  type ByteSource,
  type StoredTensor,
  type TensorReader,
  type TensorToWrite,
} from './bytes.ts';
import { bf16ArrayToF32, f16ArrayToF32 } from './half.ts';
import {
  dtypeNames,
  maxHeaderBytes,
  parseSafetensorsHeader,
  refuseSafetensors,
} from './safetensors-header.ts';

const lengthBytes = 8;
// One read while widening: large enough for a disk, small beside any tensor worth streaming.
const readBytesAtOnce = 4 * 1024 * 1024;

/**
 * The bytes of a safetensors file, header first, tensors in the order given, each pulled when its turn comes.
 * The header is padded with spaces so that data begins at a multiple of 8. `metadata` must hold
 * `format: 'pt'` for transformers to open the file. Throws `tensor-name-invalid`, `tensor-size-mismatch`.
 */
export async function* writeSafetensors(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array> {
  yield safetensorsHeader(tensors, metadata);
  for (const tensor of tensors) yield* inChunks(await readTensorToWrite(tensor));
}

function safetensorsHeader(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const members: string[] = [];
  const names = new Set<string>(['__metadata__']);
  if (Object.keys(metadata).length > 0) members.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let begin = 0;
  for (const { name, elementType, shape } of tensors) {
    if (names.has(name)) {
      throw new EngineError('tensor-name-invalid', `The tensor name "${name}" is reserved or given twice.`, {
        hint: 'Give each tensor its own name.',
      });
    }
    names.add(name);
    const end = begin + elementCount(shape) * elementSizes[elementType];
    const entry = { dtype: dtypeNames[elementType], shape, data_offsets: [begin, end] };
    members.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    begin = end;
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const paddedBytes = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(lengthBytes + paddedBytes).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(paddedBytes), true);
  header.set(json, lengthBytes);
  return header;
}

/**
 * Opens a safetensors file after checking its whole header against the file's size.
 * Throws `safetensors-too-short`, `safetensors-header-empty`, `safetensors-header-too-large`,
 * `safetensors-header-truncated` and the codes of `parseSafetensorsHeader`.
 */
export async function openSafetensors(source: ByteSource): Promise<TensorReader> {
  const { name, sizeBytes } = source;
  if (sizeBytes < lengthBytes) {
    refuseSafetensors('safetensors-too-short', `${name} has ${sizeBytes} bytes; a header length needs 8.`);
  }
  const start = await readExactly(source, 0, lengthBytes);
  const headerBytes = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (headerBytes === 0n) refuseSafetensors('safetensors-header-empty', `${name} has a header of 0 bytes.`);
  if (headerBytes > BigInt(maxHeaderBytes)) {
    refuseSafetensors(
      'safetensors-header-too-large',
      `${name} claims a header of ${headerBytes} bytes; at most ${maxHeaderBytes} are read.`,
    );
  }
  const dataStart = lengthBytes + Number(headerBytes);
  if (dataStart > sizeBytes) {
    refuseSafetensors(
      'safetensors-header-truncated',
      `${name} claims a header of ${headerBytes} bytes but has only ${sizeBytes - lengthBytes} after its length.`,
    );
  }
  const header = await readExactly(source, lengthBytes, Number(headerBytes));
  const { tensors, metadata } = parseSafetensorsHeader(header, dataStart, sizeBytes, name);
  return {
    tensors,
    metadata,
    readF32: (tensorName) => readF32(source, find(tensors, tensorName, name)),
    readBytes: (tensorName) => readStored(source, find(tensors, tensorName, name)),
  };
}

/** The tensor of this name; throws `tensor-not-found`. */
export function find(
  tensors: ReadonlyMap<string, StoredTensor>,
  name: string,
  fileName: string,
): StoredTensor {
  const tensor = tensors.get(name);
  if (tensor !== undefined) return tensor;
  throw new EngineError('tensor-not-found', `${fileName} has no tensor "${name.slice(0, 200)}".`, {
    hint: 'Check that the file belongs to this model form.',
  });
}

function readStored(source: ByteSource, tensor: StoredTensor): Promise<Uint8Array> {
  return readExactly(source, tensor.offsetBytes, tensor.sizeBytes);
}

/** A tensor at its place in a source, as float32; throws `tensor-not-float`. */
export async function readF32(source: ByteSource, tensor: StoredTensor): Promise<Float32Array> {
  const { name, elementType, offsetBytes, sizeBytes } = tensor;
  if (elementType !== 'f32' && elementType !== 'f16' && elementType !== 'bf16') {
    throw new EngineError(
      'tensor-not-float',
      `Tensor "${name.slice(0, 200)}" has type ${elementType}; f32, f16 and bf16 can be read as float32.`,
      { hint: 'Convert the file to one of these types first.' },
    );
  }
  const elementBytes = elementSizes[elementType];
  const values = new Float32Array(sizeBytes / elementBytes);
  for (let done = 0; done < sizeBytes; done += readBytesAtOnce) {
    const length = Math.min(readBytesAtOnce, sizeBytes - done);
    const chunk = await readExactly(source, offsetBytes + done, length);
    const part = values.subarray(done / elementBytes, (done + length) / elementBytes);
    if (elementType === 'f32') new Uint8Array(part.buffer, part.byteOffset, part.byteLength).set(chunk);
    else widen[elementType](alignedPatterns(chunk), part);
  }
  return values;
}

const widen = { f16: f16ArrayToF32, bf16: bf16ArrayToF32 };

// A source may give bytes at an odd address, where a 16-bit view cannot be made.
function alignedPatterns(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(new Uint8Array(bytes).buffer);
}
