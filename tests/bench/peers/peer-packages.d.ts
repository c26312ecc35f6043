// The few names of the peers that the benchmarks use. The packages are installed only when the benchmarks run,
// so the project type-checks without them; these declarations stand before the packages' own.

declare module '@jax-js/jax' {
  /** An array; whoever passes it on gives it away, `ref` keeps one for later. */
  export interface Value {
    readonly shape: number[];
    readonly ref: Value;
    dispose(): void;
    add(other: Value | number): Value;
    sub(other: Value | number): Value;
    mul(other: Value | number): Value;
    div(other: Value | number): Value;
    sum(axis?: number, options?: { keepdims?: boolean }): Value;
    reshape(shape: number[]): Value;
    transpose(permutation?: number[]): Value;
    slice(...index: (number | [] | [number] | [number, number] | Value)[]): Value;
    data(): Promise<Float32Array | Int32Array>;
    blockUntilReady(): Promise<Value>;
  }
  export type Tree = Value | { [key: string]: Tree } | Tree[];
  export const numpy: {
    readonly int32: unknown;
    array(values: Float32Array | Int32Array, options: { shape: number[]; dtype?: unknown }): Value;
    zeros(shape: number[]): Value;
    matmul(a: Value, b: Value): Value;
    minimum(a: Value | number, b: Value | number): Value;
    sqrt(x: Value): Value;
  };
  export const nn: {
    dotProductAttention(q: Value, k: Value, v: Value, options: { isCausal: boolean }): Value;
    gelu(x: Value, options: { approximate: boolean }): Value;
    logSoftmax(x: Value): Value;
    oneHot(ids: Value, classes: number): Value;
    standardize(x: Value, axis: number, options: { epsilon: number }): Value;
  };
  export const tree: { ref<T extends Tree>(tree: T): T };
  export function init(...devices: string[]): Promise<string[]>;
  export function defaultDevice(device: string): string;
  export function jit<A extends Tree[], R extends Tree>(f: (...args: A) => R): (...args: A) => R;
  export function valueAndGrad<P extends Tree, A extends Tree[]>(
    f: (parameters: P, ...rest: A) => Value,
  ): (parameters: P, ...rest: A) => [Value, P];
}

declare module '@tensorflow/tfjs' {
  /** An array; freed by `dispose`, or by the `tidy` it was made in. */
  export interface Tensor {
    readonly shape: number[];
    add(other: Tensor | number): this;
    sub(other: Tensor | number): this;
    mul(other: Tensor | number): this;
    div(other: Tensor | number): this;
    mean(axis?: number, keepDims?: boolean): Tensor;
    sum(): Tensor;
    square(): this;
    sqrt(): this;
    rsqrt(): this;
    sigmoid(): this;
    minimum(other: Tensor | number): Tensor;
    reshape(shape: number[]): Tensor;
    transpose(permutation: number[]): Tensor;
    slice(begin: number[], size: number[]): Tensor;
    toFloat(): Tensor;
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export interface Variable extends Tensor {
    assign(value: Tensor): void;
  }
  export function env(): { set(flag: string, value: boolean | number): void };
  export function setBackend(name: string): Promise<boolean>;
  export function ready(): Promise<void>;
  export function enableProdMode(): void;
  export function tensor(values: Float32Array | Int32Array, shape: number[], dtype?: string): Tensor;
  export function scalar(value: number): Tensor;
  export function zeros(shape: number[]): Tensor;
  export function variable(initial: Tensor): Variable;
  export function keep<T extends Tensor>(tensor: T): T;
  export function tidy<T>(body: () => T): T;
  export function oneHot(ids: Tensor, depth: number): Tensor;
  export function matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  export function split(x: Tensor, count: number, axis: number): Tensor[];
  export function softmax(x: Tensor): Tensor;
  export function customGrad(
    f: (
      a: Tensor,
      b: Tensor,
      save: (tensors: Tensor[]) => void,
    ) => { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor[] },
  ): (a: Tensor, b: Tensor) => Tensor;
  export function variableGrads(
    f: () => Tensor,
    variables: Variable[],
  ): { value: Tensor; grads: Record<string, Tensor> };
  export const losses: { softmaxCrossEntropy(oneHotLabels: Tensor, logits: Tensor): Tensor };
  export interface NamedVariable extends Variable {
    readonly name: string;
  }
}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setThreadsCount(threads: number): void;
  export function getThreadsCount(): number;
}

declare module '@tensorflow/tfjs-backend-webgpu' {}
