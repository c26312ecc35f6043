// Matrix products, activations and their derivatives in float64, as plain loops: what the matmul tests
// compare with.

export type Numbers = ArrayLike<number>;

export interface ReferenceForm {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly lda?: number;
  readonly ldb?: number;
  readonly aOffset?: number;
  readonly bOffset?: number;
}

/** op(A) op(B), (M, N). */
export function product(a: Numbers, b: Numbers, form: ReferenceForm): Float64Array {
  const { m, n, k } = form;
  const at = accessors(a, b, form);
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const x = at.a(i, l);
      for (let j = 0; j < n; j++) c[i * n + j]! += x * at.b(l, j);
    }
  }
  return c;
}

/** Euclidean norms of the rows of op(A) and of the columns of op(B). */
export function operandNorms(
  a: Numbers,
  b: Numbers,
  form: ReferenceForm,
): { rows: Float64Array; columns: Float64Array } {
  const { m, n, k } = form;
  const at = accessors(a, b, form);
  const rows = new Float64Array(m);
  const columns = new Float64Array(n);
  for (let l = 0; l < k; l++) {
    for (let i = 0; i < m; i++) rows[i]! += at.a(i, l) ** 2;
    for (let j = 0; j < n; j++) columns[j]! += at.b(l, j) ** 2;
  }
  return { rows: rows.map(Math.sqrt), columns: columns.map(Math.sqrt) };
}

function accessors(a: Numbers, b: Numbers, form: ReferenceForm) {
  const { m, n, k, transA = false, transB = false, aOffset = 0, bOffset = 0 } = form;
  const { lda = transA ? m : k, ldb = transB ? k : n } = form;
  return {
    a: (i: number, l: number): number => a[aOffset + (transA ? l * lda + i : i * lda + l)]!,
    b: (l: number, j: number): number => b[bOffset + (transB ? j * ldb + l : l * ldb + j)]!,
  };
}

/** Abramowitz and Stegun 7.1.5 (a series, exact to f64 for the arguments of the tests). */
export function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const tanhArgument = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);

/** The activations by Hugging Face's names. */
export const activate = {
  gelu: (x: number) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  gelu_new: (x: number) => (x * (1 + Math.tanh(tanhArgument(x)))) / 2,
  relu: (x: number) => Math.max(0, x),
  silu: (x: number) => x * sigmoid(x),
  tanh: Math.tanh,
};

/** Their derivatives. */
export const activateGradient = {
  gelu: (x: number) => (1 + erf(x / Math.SQRT2)) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
  gelu_new: (x: number) => {
    const t = Math.tanh(tanhArgument(x));
    return (1 + t) / 2 + (x * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x)) / 2;
  },
  relu: (x: number) => (x > 0 ? 1 : 0),
  silu: (x: number) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  tanh: (x: number) => 1 - Math.tanh(x) ** 2,
};
