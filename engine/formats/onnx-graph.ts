// A graph of ONNX operators while it is made: values are known by their names, weights by those of Hugging Face.
// Knows no model. Source: onnx/onnx.proto (IR version 9), Operators.md (opset 20).

import type { NamedTensor } from './bytes.ts';
import { Message } from './protobuf.ts';

export const dataTypes = { f32: 1, f16: 10, i64: 7 } as const;

type Attribute = number | string | readonly number[] | Message;

/** A whole number in an attribute is an integer; this makes it a real one. */
export const real = (value: number): Message => new Message().float(2, value).uint(20, 1);

function attributeMessage(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if (value instanceof Message) {
    message.pieces.push(...value.pieces);
    message.sizeBytes += value.sizeBytes;
    return message;
  }
  if (typeof value === 'number') return message.uint(3, value).uint(20, 2);
  if (typeof value === 'string') return message.text(4, value).uint(20, 3);
  for (const one of value) message.uint(8, one);
  return message.uint(20, 7);
}

/** A small tensor inside the graph: attribute `value` of a Constant. */
function constantMessage(dataType: number, shape: readonly number[], bytes: Uint8Array): Message {
  const tensor = new Message();
  for (const extent of shape) tensor.uint(1, extent);
  tensor.uint(2, dataType).bytes(9, bytes);
  return new Message().message(5, tensor).uint(20, 4);
}

export class OnnxGraph {
  readonly nodes: Message[] = [];
  private readonly weights: ReadonlyMap<string, NamedTensor>;
  private readonly widened = new Map<string, string>();
  private readonly constants = new Map<string, string>();
  private count = 0;

  /** @param weights the tensors that the graph may name */
  constructor(weights: readonly NamedTensor[]) {
    this.weights = new Map(weights.map((tensor) => [tensor.name, tensor]));
  }

  /** Adds an operator; gives the name of its output. */
  op(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.ops(type, inputs, 1, attributes)[0]!;
  }

  /** Adds an operator of several outputs. */
  ops(
    type: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const name = `${type}_${this.count++}`;
    const outputs = Array.from({ length: outputCount }, (_, i) => `${name}:${i}`);
    this.add(type, name, inputs, outputs, attributes);
    return outputs;
  }

  /** Gives a value the name of an output of the graph. */
  output(value: string, name: string): void {
    this.add('Identity', name, [value], [name], {});
  }

  private add(
    type: string,
    name: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(3, name).text(4, type);
    for (const [key, value] of Object.entries(attributes)) node.message(5, attributeMessage(key, value));
    this.nodes.push(node);
  }

  /** Whether the model has a weight of this name. */
  has(name: string): boolean {
    return this.weights.has(name);
  }

  /** A weight as f32; those stored at half precision are widened once. */
  weight(name: string): string {
    const tensor = this.weights.get(name)!;
    if (tensor.elementType === 'f32') return name;
    const known = this.widened.get(name);
    if (known !== undefined) return known;
    const value = this.op('Cast', [name], { to: dataTypes.f32 });
    this.widened.set(name, value);
    return value;
  }

  /** Whole numbers, such as a shape; a scalar where `isScalar`. */
  integers(values: readonly number[], isScalar = false): string {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.constant(dataTypes.i64, isScalar ? [] : [values.length], bytes);
  }

  /** f32 numbers of a shape; without one a scalar. */
  reals(values: readonly number[] | Float32Array, shape: readonly number[] = []): string {
    const numbers = Float32Array.from(values);
    return this.constant(dataTypes.f32, shape, new Uint8Array(numbers.buffer));
  }

  private constant(dataType: number, shape: readonly number[], bytes: Uint8Array): string {
    const key = `${dataType} ${shape.join()} ${bytes.join()}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const value = this.op('Constant', [], { value: constantMessage(dataType, shape, bytes) });
    this.constants.set(key, value);
    return value;
  }
}
