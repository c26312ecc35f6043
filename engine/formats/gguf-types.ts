// The types of GGUF: of the values of its keys and of its tensors. A tensor's rows are cut into blocks of a few
// elements, which share scales. Numbers only; what a block means is in gguf-dequantize.ts.
// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

/** How a type of tensor lies in a file: a block of `blockElements` takes `blockBytes`. */
export interface GgmlType {
  readonly name: string;
  readonly id: number;
  readonly blockElements: number;
  readonly blockBytes: number;
}

const layouts: readonly (readonly [name: string, id: number, blockElements: number, blockBytes: number])[] = [
  ['F32', 0, 1, 4],
  ['F16', 1, 1, 2],
  ['Q4_0', 2, 32, 18],
  ['Q4_1', 3, 32, 20],
  ['Q5_0', 6, 32, 22],
  ['Q5_1', 7, 32, 24],
  ['Q8_0', 8, 32, 34],
  ['Q8_1', 9, 32, 40],
  ['Q2_K', 10, 256, 84],
  ['Q3_K', 11, 256, 110],
  ['Q4_K', 12, 256, 144],
  ['Q5_K', 13, 256, 176],
  ['Q6_K', 14, 256, 210],
  ['Q8_K', 15, 256, 292],
  ['IQ2_XXS', 16, 256, 66],
  ['IQ2_XS', 17, 256, 74],
  ['IQ3_XXS', 18, 256, 98],
  ['IQ1_S', 19, 256, 50],
  ['IQ4_NL', 20, 32, 18],
  ['IQ3_S', 21, 256, 110],
  ['IQ2_S', 22, 256, 82],
  ['IQ4_XS', 23, 256, 136],
  ['I8', 24, 1, 1],
  ['I16', 25, 1, 2],
  ['I32', 26, 1, 4],
  ['I64', 27, 1, 8],
  ['F64', 28, 1, 8],
  ['IQ1_M', 29, 256, 56],
  ['BF16', 30, 1, 2],
  ['TQ1_0', 34, 256, 54],
  ['TQ2_0', 35, 256, 66],
  ['MXFP4', 39, 32, 17],
  ['NVFP4', 40, 64, 36],
  ['Q1_0', 41, 128, 18],
];

/** The types of tensors by the number that stands for them in a file. */
export const ggmlTypes: ReadonlyMap<number, GgmlType> = new Map(
  layouts.map(([name, id, blockElements, blockBytes]) => [id, { name, id, blockElements, blockBytes }]),
);

const byName = new Map([...ggmlTypes.values()].map((type) => [type.name, type]));

/** The type of a name that is in the table. */
export function ggmlType(name: string): GgmlType {
  return byName.get(name)!;
}

/** Bytes of `count` elements, which must be whole blocks. */
export function ggmlBytes({ blockElements, blockBytes }: GgmlType, count: number): number {
  return (count / blockElements) * blockBytes;
}

/** The kinds of values that a key may have, by number, with their bytes; a string and an array say their own. */
export const valueKinds = [
  ['u8', 1],
  ['i8', 1],
  ['u16', 2],
  ['i16', 2],
  ['u32', 4],
  ['i32', 4],
  ['f32', 4],
  ['bool', 1],
  ['string', 8],
  ['array', 12],
  ['u64', 8],
  ['i64', 8],
  ['f64', 8],
] as const;

export type ValueKind = (typeof valueKinds)[number][0];

/** A value of a key: 64-bit numbers that JavaScript cannot hold exactly are refused where they are read. */
export type GgufValue =
  | { readonly kind: Exclude<ValueKind, 'string' | 'array' | 'bool'>; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly of: 'string'; readonly value: readonly string[] }
  | {
      readonly kind: 'array';
      readonly of: Exclude<ValueKind, 'string' | 'array'>;
      readonly value: Float64Array | Float32Array | Int32Array | Uint8Array;
    };

/** All keys of a file, in their order. */
export type GgufKeys = ReadonlyMap<string, GgufValue>;

export const ggufMagic = 0x46554747;
export const ggufVersion = 3;
export const defaultAlignment = 32;
export const alignmentKey = 'general.alignment';
/** llama.cpp keeps names in 64 bytes, a zero behind them. */
export const maxTensorNameBytes = 63;
export const maxDimensions = 4;
