// Writes a PyTorch state dict as torch.save does: a zip archive with a pickle of the tensors' descriptions
// and one entry for each storage. The file holds no code: torch.load(path, weights_only=True) gives an
// OrderedDict of tensors. Two names may share one storage, as tied layers do. Reads nothing.

import { EngineError } from '../errors.ts';
import {
  elementCount,
  readTensorToWrite,
  type ElementType,
  type TensorAlias,
  type TensorToWrite,
} from './bytes.ts';
import { writeStoredZip, type ZipEntry, type ZipOptions } from './zip-store.ts';

const storageClasses: Partial<Record<ElementType, string>> = {
  f64: 'DoubleStorage',
  f32: 'FloatStorage',
  f16: 'HalfStorage',
  bf16: 'BFloat16Storage',
  i64: 'LongStorage',
  i32: 'IntStorage',
  i16: 'ShortStorage',
  i8: 'CharStorage',
  u8: 'ByteStorage',
  bool: 'BoolStorage',
};

// torch.load expects every entry in one folder and does not mind its name.
const folder = 'archive';
const storageAlignmentBytes = 64;

/**
 * The bytes of a `.pth` file: tensors in the order given, then aliases, which share the storage they name.
 * Holds one tensor at a time. Throws `tensor-name-invalid`, `tensor-alias-unknown`,
 * `tensor-type-not-in-torch`, `tensor-size-mismatch`.
 */
export async function* writeTorchStateDict(
  tensors: readonly TensorToWrite[],
  aliases: readonly TensorAlias[] = [],
  options: Pick<ZipOptions, 'zip64From'> = {},
): AsyncGenerator<Uint8Array> {
  const pickle = pickleStateDict(tensors, aliases);
  const text = (name: string, content: string): ZipEntry => ({
    name: `${folder}/${name}`,
    read: () => new TextEncoder().encode(content),
  });
  const entries: ZipEntry[] = [
    { name: `${folder}/data.pkl`, read: () => pickle },
    text('byteorder', 'little'),
    ...tensors.map((tensor, key) => ({
      name: `${folder}/data/${key}`,
      read: () => readTensorToWrite(tensor),
    })),
    text('version', '3\n'),
  ];
  yield* writeStoredZip(entries, { ...options, alignmentBytes: storageAlignmentBytes });
}

function pickleStateDict(tensors: readonly TensorToWrite[], aliases: readonly TensorAlias[]): Uint8Array {
  const keys = new Map(tensors.map((tensor, key) => [tensor.name, key]));
  const names = new Set([...keys.keys(), ...aliases.map((alias) => alias.name)]);
  if (names.size !== tensors.length + aliases.length) {
    throw new EngineError('tensor-name-invalid', 'A tensor name is given twice in one state dict.', {
      hint: 'Give each tensor its own name.',
    });
  }
  const pickle = new PickleWriter();
  pickle.global('collections', 'OrderedDict').emptyTuple().reduce().mark();
  tensors.forEach((tensor, key) => pickleTensor(pickle, tensor.name, tensor, key));
  for (const { name, sameAs } of aliases) {
    const key = keys.get(sameAs);
    if (key === undefined) {
      throw new EngineError(
        'tensor-alias-unknown',
        `"${name}" shares "${sameAs}", which is not in this file.`,
        {
          hint: 'Write the shared tensor itself too.',
        },
      );
    }
    pickleTensor(pickle, name, tensors[key]!, key);
  }
  return pickle.setItems().stop();
}

/** name: torch._utils._rebuild_tensor_v2(storage, offset 0, size, stride, requires_grad False, OrderedDict()) */
function pickleTensor(pickle: PickleWriter, name: string, tensor: TensorToWrite, key: number): void {
  const storageClass = storageClasses[tensor.elementType];
  if (storageClass === undefined) {
    throw new EngineError(
      'tensor-type-not-in-torch',
      `Tensor "${tensor.name}" has type ${tensor.elementType}, which a .pth file cannot hold; ` +
        `it can hold ${Object.keys(storageClasses).join(', ')}.`,
      { hint: 'Export as safetensors, or convert the tensor first.' },
    );
  }
  const { shape } = tensor;
  pickle.text(name).global('torch._utils', '_rebuild_tensor_v2').mark();
  pickle.mark().text('storage').global('torch', storageClass).text(String(key)).text('cpu');
  pickle.integer(elementCount(shape)).tuple().persistentId();
  pickle.integer(0).integers(shape).integers(rowMajorStrides(shape)).false();
  pickle.global('collections', 'OrderedDict').emptyTuple().reduce();
  pickle.tuple().reduce();
}

function rowMajorStrides(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape.toReversed()) {
    strides.unshift(stride);
    stride *= Math.max(1, extent);
  }
  return strides;
}

// The few opcodes of pickle protocol 2 that a state dict needs (Python's pickletools names them).
class PickleWriter {
  private readonly bytes: number[] = [0x80, 2];

  private op(opcode: string, argument: ArrayLike<number> = []): this {
    this.bytes.push(opcode.charCodeAt(0));
    for (let i = 0; i < argument.length; i++) this.bytes.push(argument[i]!);
    return this;
  }

  global(module: string, name: string): this {
    return this.op('c', new TextEncoder().encode(`${module}\n${name}\n`));
  }

  text(value: string): this {
    const utf8 = new TextEncoder().encode(value);
    return this.op('X', littleEndian(utf8.length, 4)).raw(utf8);
  }

  integer(value: number): this {
    if (value < 2 ** 8) return this.op('K', [value]);
    if (value < 2 ** 16) return this.op('M', littleEndian(value, 2));
    if (value < 2 ** 31) return this.op('J', littleEndian(value, 4));
    // LONG1 is signed: its top bit must stay clear.
    let count = 4;
    while (value >= 2 ** (8 * count - 1)) count++;
    return this.op('\x8a', [count, ...littleEndian(value, count)]);
  }

  /** A tuple of integers, in the short forms that Python writes for up to three. */
  integers(values: readonly number[]): this {
    if (values.length === 0) return this.emptyTuple();
    if (values.length > 3) this.mark();
    for (const value of values) this.integer(value);
    return values.length > 3 ? this.tuple() : this.op(String.fromCharCode(0x84 + values.length));
  }

  mark = (): this => this.op('(');
  tuple = (): this => this.op('t');
  emptyTuple = (): this => this.op(')');
  reduce = (): this => this.op('R');
  persistentId = (): this => this.op('Q');
  false = (): this => this.op('\x89');
  setItems = (): this => this.op('u');

  stop(): Uint8Array {
    return Uint8Array.from(this.op('.').bytes);
  }

  private raw(bytes: ArrayLike<number>): this {
    for (let i = 0; i < bytes.length; i++) this.bytes.push(bytes[i]!);
    return this;
  }
}

function littleEndian(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256);
}
