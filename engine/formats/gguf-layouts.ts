// How llama.cpp orders the values of a tensor where transformers orders them otherwise: GPT-2's matrices are (out, in)
// instead of (in, out), and Llama's queries and keys have the pairs that rotate together side by side.
// Source: convert_hf_to_gguf.py of llama.cpp (LlamaModel.permute, GPT2Model.modify_tensors).

/** `heads` is the number of heads that the rows of a rotated matrix are cut into. */
export type GgufLayout =
  | { readonly kind: 'same' }
  | { readonly kind: 'transposed' }
  | { readonly kind: 'rotated'; readonly heads: number };

/** Values (rows, columns) as transformers orders them to those of a GGUF file, whose shape may be (columns, rows). */
export function toGgufLayout(values: Float32Array, rows: number, layout: GgufLayout): Float32Array {
  switch (layout.kind) {
    case 'same':
      return values;
    case 'transposed':
      return transposed(values, rows);
    case 'rotated':
      return withRows(values, rows, interleavedRows(rows, layout.heads));
    default:
      return layout satisfies never;
  }
}

/** The way back; `rows` are those of the result. */
export function fromGgufLayout(values: Float32Array, rows: number, layout: GgufLayout): Float32Array {
  switch (layout.kind) {
    case 'same':
      return values;
    case 'transposed':
      return transposed(values, values.length / rows);
    case 'rotated': {
      const back = new Int32Array(rows);
      interleavedRows(rows, layout.heads).forEach((from, to) => (back[from] = to));
      return withRows(values, rows, back);
    }
    default:
      return layout satisfies never;
  }
}

/** (rows, columns) to (columns, rows). */
function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const result = new Float32Array(values.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[at++]!;
  }
  return result;
}

/** For each row the one that takes its place: of each head, row i of the first half, then of the second. */
function interleavedRows(rows: number, heads: number): Int32Array {
  const size = rows / heads;
  return Int32Array.from({ length: rows }, (_, row) => {
    const within = row % size;
    return row - within + (within >> 1) + (within & 1) * (size / 2);
  });
}

function withRows(values: Float32Array, rows: number, from: Int32Array): Float32Array {
  const columns = values.length / rows;
  const result = new Float32Array(values.length);
  from.forEach((source, row) => {
    result.set(values.subarray(source * columns, (source + 1) * columns), row * columns);
  });
  return result;
}
