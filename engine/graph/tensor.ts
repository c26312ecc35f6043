// Tensors as the graph sees them: a shape, an element type and where the values will live.
// A tensor holds no values and no device memory; plans place transients, arenas place what outlives a plan.

import { alignUp } from '../align.ts';

/** `f16` is a way to store: kernels convert when they load and store, and compute in f32. */
export type ElementType = 'f32' | 'u32' | 'f16';

/** Bytes of one element. */
export const elementBytes: Record<ElementType, number> = { f32: 4, u32: 4, f16: 2 };

/** Offsets of bound ranges are multiples of this, the largest alignment any WebGPU adapter asks for. */
export const alignmentBytes = 256;

/**
 * Memory that outlives a plan: parameters, their gradients, optimizer state, key-value caches.
 * `sizeElements` grows while tensors are added and is fixed once a device has allocated it.
 */
export interface Arena {
  readonly name: string;
  readonly elementType: ElementType;
  sizeElements: number;
}

/** Where a tensor's values come from. */
export type Storage =
  /** Inside an arena, at an offset in elements. */
  | { readonly kind: 'arena'; readonly arena: Arena; readonly offsetElements: number }
  /** Written by the host before each submit. */
  | { readonly kind: 'input' }
  /** Lives between its first write and its last use in one plan. */
  | { readonly kind: 'transient' }
  /** A transient that the host reads after the submit. */
  | { readonly kind: 'output' };

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly elementType: ElementType;
  readonly storage: Storage;
}

/** The number of elements of a shape: the product of its sizes, 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes that a tensor's values take, in whole words: no adapter binds half of one. */
export function tensorBytes(tensor: Tensor): number {
  return alignUp(sizeOf(tensor.shape) * elementBytes[tensor.elementType], 4);
}

/** An empty arena that tensors are then added to. */
export function createArena(name: string, elementType: ElementType = 'f32'): Arena {
  return { name, elementType, sizeElements: 0 };
}

/** Appends a tensor to an arena, its start aligned for binding; the arena stays a whole number of steps long. */
export function addToArena(arena: Arena, name: string, shape: readonly number[]): Tensor {
  const step = alignmentBytes / elementBytes[arena.elementType];
  const offsetElements = alignUp(arena.sizeElements, step);
  arena.sizeElements = alignUp(offsetElements + sizeOf(shape), step);
  return {
    name,
    shape: [...shape],
    elementType: arena.elementType,
    storage: { kind: 'arena', arena, offsetElements },
  };
}

/**
 * Rows [start, end) of a tensor that lives in an arena, as a tensor over the same memory.
 * The start must keep the binding alignment: start * rowElements * bytes is a multiple of 256.
 */
export function rowsOf(tensor: Tensor, start: number, end: number): Tensor {
  if (tensor.storage.kind !== 'arena') throw new Error(`rowsOf needs an arena tensor, got ${tensor.name}`);
  const rowShape = tensor.shape.slice(1);
  return {
    name: `${tensor.name}[${start}:${end}]`,
    shape: [end - start, ...rowShape],
    elementType: tensor.elementType,
    storage: {
      kind: 'arena',
      arena: tensor.storage.arena,
      offsetElements: tensor.storage.offsetElements + start * sizeOf(rowShape),
    },
  };
}
