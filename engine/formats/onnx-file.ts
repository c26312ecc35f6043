// ONNX files of decoders: written with the weights inside, or, where they are larger than a protocol buffer may be,
// in a file beside; and the weights read back. Source: onnx/onnx.proto.

import type { DecoderConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import {
  elementCount,
  elementSizes,
  inChunks,
  readExactly,
  readTensorToWrite,
  type ByteSource,
  type NamedTensor,
  type TensorToWrite,
} from './bytes.ts';
import { addDecoder, onnxInput, onnxOutput } from './onnx-decoder.ts';
import { dataTypes, OnnxGraph } from './onnx-graph.ts';
import { Message, readFields } from './protobuf.ts';

const irVersion = 9;
const opset = 20;
/** A protocol buffer may have at most 2 GiB; the graph itself needs little. */
const mostInsideBytes = 2 ** 31 - 2 ** 24;
/** The file that holds weights that do not fit inside. */
export const onnxDataFile = 'model.onnx.data';

const sizeOf = ({ shape, elementType }: NamedTensor): number =>
  elementCount(shape) * elementSizes[elementType];

/** Whether the weights of a model lie beside its ONNX file. */
export function isOnnxDataBeside(tensors: readonly NamedTensor[]): boolean {
  return tensors.reduce((sum, tensor) => sum + sizeOf(tensor), 0) > mostInsideBytes;
}

/** The bytes of `model.onnx`. Throws `onnx-type-unsupported` for weights that are neither f32 nor f16. */
export async function* writeOnnx(
  config: DecoderConfig,
  tensors: readonly TensorToWrite[],
): AsyncGenerator<Uint8Array> {
  const isBeside = isOnnxDataBeside(tensors);
  const graph = new OnnxGraph(tensors);
  addDecoder(graph, config);
  const message = new Message();
  for (const node of graph.nodes) message.message(1, node);
  message.text(2, config.modelType);
  let offset = 0;
  for (const tensor of tensors) {
    message.message(5, initializer(tensor, isBeside ? offset : null));
    offset += sizeOf(tensor);
  }
  message.message(11, valueInfo(onnxInput, dataTypes.i64, ['batch', 'sequence']));
  message.message(12, valueInfo(onnxOutput, dataTypes.f32, ['batch', 'sequence', config.vocabSize]));
  const model = new Message()
    .uint(1, irVersion)
    .text(2, 'Heddle')
    .message(7, message)
    .message(8, new Message().text(1, '').uint(2, opset));
  for (const piece of model.pieces) {
    yield* inChunks(piece instanceof Uint8Array ? piece : await piece.read());
  }
}

/** The bytes of the file beside, tensors in the order given. */
export async function* writeOnnxData(tensors: readonly TensorToWrite[]): AsyncGenerator<Uint8Array> {
  for (const tensor of tensors) yield* inChunks(await readTensorToWrite(tensor));
}

function initializer(tensor: TensorToWrite, offset: number | null): Message {
  const { name, shape, elementType } = tensor;
  if (elementType !== 'f32' && elementType !== 'f16') {
    throw new EngineError(
      'onnx-type-unsupported',
      `ONNX files are written with f32 or f16, not ${elementType}.`,
      {
        hint: 'Choose one of these.',
      },
    );
  }
  const message = new Message();
  for (const extent of shape) message.uint(1, extent);
  message.uint(2, dataTypes[elementType]).text(8, name);
  if (offset === null) {
    return message.bytes(9, { sizeBytes: sizeOf(tensor), read: () => readTensorToWrite(tensor) });
  }
  const places = { location: onnxDataFile, offset: String(offset), length: String(sizeOf(tensor)) };
  for (const [key, value] of Object.entries(places))
    message.message(13, new Message().text(1, key).text(2, value));
  return message.uint(14, 1);
}

function valueInfo(name: string, dataType: number, dimensions: readonly (string | number)[]): Message {
  const shape = new Message();
  for (const one of dimensions) {
    shape.message(1, typeof one === 'string' ? new Message().text(2, one) : new Message().uint(1, one));
  }
  const tensor = new Message().uint(1, dataType).message(2, shape);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** The weights of an ONNX file, as they lie in it. */
export interface OnnxWeights {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** Bytes as stored. Throws `tensor-not-found`. */
  readBytes(name: string): Promise<Uint8Array>;
}

/** Where the bytes of a tensor lie in a file. */
interface Place {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Reads which weights an ONNX file holds; throws `protobuf-invalid`. Weights beside it read as empty. */
export async function openOnnx(source: ByteSource): Promise<OnnxWeights> {
  const tensors = new Map<string, NamedTensor>();
  const places = new Map<string, Place>();
  for await (const part of readFields(source, 0, source.sizeBytes)) {
    if (part.field !== 7) continue;
    for await (const { field, value, sizeBytes } of readFields(
      source,
      part.value,
      part.value + part.sizeBytes,
    )) {
      if (field !== 5) continue;
      const { tensor, place } = await readInitializer(source, value, value + sizeBytes);
      tensors.set(tensor.name, tensor);
      places.set(tensor.name, place);
    }
  }
  return weightsAt(source, tensors, places);
}

/** The weights of the file beside, which lie in it in the order given; those beyond its end are not among them. */
export function openOnnxData(source: ByteSource, expected: readonly NamedTensor[]): OnnxWeights {
  const tensors = new Map<string, NamedTensor>();
  const places = new Map<string, Place>();
  let offset = 0;
  for (const tensor of expected) {
    const place = { offset, sizeBytes: sizeOf(tensor) };
    offset += place.sizeBytes;
    if (offset > source.sizeBytes) break;
    tensors.set(tensor.name, tensor);
    places.set(tensor.name, place);
  }
  return weightsAt(source, tensors, places);
}

function weightsAt(
  source: ByteSource,
  tensors: OnnxWeights['tensors'],
  places: ReadonlyMap<string, Place>,
): OnnxWeights {
  return {
    tensors,
    async readBytes(name) {
      const place = places.get(name);
      if (place) return readExactly(source, place.offset, place.sizeBytes);
      throw new EngineError('tensor-not-found', `${source.name} has no tensor "${name}".`, {
        hint: 'Look at its names.',
      });
    },
  };
}

async function readInitializer(source: ByteSource, begin: number, end: number) {
  const shape: number[] = [];
  let [name, dataType, place] = ['', 0, { offset: begin, sizeBytes: 0 }];
  for await (const { field, value, sizeBytes } of readFields(source, begin, end)) {
    if (field === 1) shape.push(value);
    if (field === 2) dataType = value;
    if (field === 8) name = new TextDecoder().decode(await readExactly(source, value, sizeBytes));
    if (field === 9) place = { offset: value, sizeBytes };
  }
  const elementType = dataType === dataTypes.f16 ? ('f16' as const) : ('f32' as const);
  return { tensor: { name, shape, elementType }, place };
}
