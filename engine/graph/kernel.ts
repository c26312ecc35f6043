// What a kernel is: its bindings, its constants, and how each device runs it.
// An operation folder defines its kernels once; devices read only this description.

import type { Tensor } from './tensor.ts';

/** `read`, `write`, `readwrite`; a `?` marks a binding that a command may leave out. */
export type Access = 'read' | 'write' | 'readwrite' | 'read?' | 'write?' | 'readwrite?';
export type ParamType = 'u32' | 'f32';

export type Params = Readonly<Record<string, number>>;

/** One pass of a kernel on the CPU: an exported Wasm function run once for each tile, then a barrier. */
export interface CpuPhase {
  /** Exported by an `*.cpu.ts` file: `(args: usize, tile: u32, scratch: usize): void`. */
  readonly function: string;
  readonly tiles: number;
}

export interface CpuKernel<P extends Params = Params> {
  /** The phases in order; fixed by the constants alone, so that bits do not depend on the thread count. */
  phases(params: P): readonly CpuPhase[];
  /** Bytes of scratch that all threads of one command share (packed panels, partial sums). */
  sharedScratchBytes?(params: P): number;
  /** Bytes of scratch of one thread. */
  threadScratchBytes?(params: P): number;
}

/** What a WGSL kernel may ask about the adapter when it chooses its shape. */
export interface WgslTarget {
  /** True for llvmpipe, SwiftShader and the like. */
  readonly isSoftware: boolean;
  readonly hasSubgroups: boolean;
}

export interface WgslKernel<P extends Params = Params> {
  /** The text of the `.wgsl` file; `specialize` in engine/device/webgpu explains its `#if` lines. */
  readonly source: string;
  readonly entryPoint: string;
  /** Workgroups in one dimension; the device folds counts over 65,535 into two (`groupIndex` in the shader). */
  workgroups(params: P, target: WgslTarget): number;
  /** `#if` flags beside those of present bindings, and values for `#{name}` in the text. */
  defines?(params: P, target: WgslTarget): Readonly<Record<string, number | boolean>>;
}

export interface Kernel<B extends string = string, P extends Params = Params> {
  readonly name: string;
  readonly bindings: Readonly<Record<B, Access>>;
  readonly params: { readonly [K in keyof P]: ParamType };
  readonly cpu: CpuKernel<P>;
  readonly wgsl: WgslKernel<P>;
}

/** The tensors a command binds; those marked `?` may be null. */
export type Bound<B extends string> = { readonly [K in B]?: Tensor | null };

/** One run of a kernel inside a plan. */
export interface Command {
  readonly kernel: Kernel;
  /** In the order of `kernel.bindings`; null where an optional binding is absent. */
  readonly tensors: readonly (Tensor | null)[];
  /** In the order of `kernel.params`. */
  readonly params: Params;
}

/** Declares a kernel with its binding and constant names inferred. */
export function defineKernel<
  const B extends Record<string, Access>,
  const P extends Record<string, ParamType>,
>(kernel: {
  readonly name: string;
  readonly bindings: B;
  readonly params: P;
  readonly cpu: CpuKernel<{ readonly [K in keyof P]: number }>;
  readonly wgsl: WgslKernel<{ readonly [K in keyof P]: number }>;
}): Kernel<keyof B & string, { readonly [K in keyof P & string]: number }> {
  return kernel as unknown as Kernel<keyof B & string, { readonly [K in keyof P & string]: number }>;
}

/** Whether a binding is written. */
export function isWritten(access: Access): boolean {
  return access.startsWith('write') || access.startsWith('readwrite');
}
