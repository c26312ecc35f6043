// What model families share: how parameters are described, and the inputs of a pass over tokens.

import type { Tape } from '../graph/tape.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Initial, ParameterSpec } from './parameters.ts';

/** Shape of one pass: B sequences of T tokens. */
export interface PassShape {
  readonly batch: number;
  readonly length: number;
  /** Tokens of each source, for models that read one. */
  readonly sourceLength?: number;
  /** Whether padding stands outside `validRange`; a causal pass padded on the right needs none. */
  readonly isPadded?: boolean;
  /** Whether a sequence holds several examples, told apart by `segments`. */
  readonly isPacked?: boolean;
  /** How many of the B*T rows are scored; all unless given, else those that `scoredRows` names. */
  readonly scoredRows?: number;
}

/** Key-value cache of one layer: (B, maxLength, 2 * NKV * HS) f32, keys then values in a row. */
export interface LayerCache {
  readonly tensor: Tensor;
  readonly maxLength: number;
}

/** What a decoder pass is recorded with. */
export interface PassOptions extends PassShape {
  /** One per layer when generating; keys and values of this pass are written at each token's position. */
  readonly caches?: readonly LayerCache[];
  /** Whether attention reads the cache (one new token a row) instead of this pass's own keys. */
  readonly readsCache?: boolean;
}

/** Token ids with their order by id, and positions with theirs: (B*T) u32 each. */
export interface TokenInputs {
  readonly ids: Tensor;
  readonly idOrder: Tensor;
  readonly positions: Tensor;
  readonly positionOrder: Tensor;
}

/** The token inputs of a tape; the orders are read only by backward commands. */
export function tokenInputs(tape: Tape, { batch, length }: PassShape): TokenInputs {
  const shape = [batch * length];
  return {
    ids: tape.input('ids', shape, 'u32'),
    idOrder: tape.input('idOrder', shape, 'u32'),
    positions: tape.input('positions', shape, 'u32'),
    positionOrder: tape.input('positionOrder', shape, 'u32'),
  };
}

/** The token inputs of a source; see `tokenInputs`. */
export function sourceInputs(
  tape: Tape,
  { batch, sourceLength }: { readonly batch: number; readonly sourceLength: number },
): TokenInputs {
  const shape = [batch * sourceLength];
  return {
    ids: tape.input('sourceIds', shape, 'u32'),
    idOrder: tape.input('sourceIdOrder', shape, 'u32'),
    positions: tape.input('sourcePositions', shape, 'u32'),
    positionOrder: tape.input('sourcePositionOrder', shape, 'u32'),
  };
}

/** Valid tokens [start, end) of each source: (B, 2) u32. */
export function sourceRangeInput(tape: Tape, batch: number): Tensor {
  return tape.input('sourceRange', [batch, 2], 'u32');
}

/** Which example each token of a packed sequence belongs to: (B, T) u32. */
export function segmentsInput(tape: Tape, { batch, length }: PassShape): Tensor {
  return tape.input('segments', [batch, length], 'u32');
}

/** Valid keys [start, end) of each row: (B, 2) u32. */
export function validRangeInput(tape: Tape, batch: number): Tensor {
  return tape.input('validRange', [batch, 2], 'u32');
}

/** The row of (B*T) at which each sequence begins, behind padding on the left: (B) u32. */
export function firstRowsInput(tape: Tape, batch: number): Tensor {
  return tape.input('firstRows', [batch], 'u32');
}

/** The rows of (B*T) that are scored, rising: (R) u32; numbers outside stand for none. */
export function scoredRowsInput(tape: Tape, count: number): Tensor {
  return tape.input('scoredRows', [count], 'u32');
}

/** A weight matrix with normal initial values; weight decay applies. */
export function matrix(name: string, shape: readonly number[], standardDeviation: number): ParameterSpec {
  return fused(name, shape, [{ name, shape }], { kind: 'normal', standardDeviation });
}

/** Several matrices with one row count after another, computed with as one: (sum of rows, columns). */
export function fused(
  key: string,
  shape: readonly number[],
  parts: readonly { name: string; shape: readonly number[] }[],
  initial: Initial,
): ParameterSpec {
  return { key, shape, decays: true, parts: parts.map((part) => ({ ...part, initial })) };
}

/** A norm's parameters: row 0 the weight, starting at one, and row 1 the bias, if any, at zero. */
export function norm(name: string, size: number, hasBias: boolean): ParameterSpec {
  const parts = [{ name: `${name}.weight`, shape: [size], initial: { kind: 'ones' } as const }];
  const bias = { name: `${name}.bias`, shape: [size], initial: { kind: 'zeros' } as const };
  return {
    key: name,
    shape: [hasBias ? 2 : 1, size],
    decays: false,
    parts: hasBias ? [...parts, bias] : parts,
  };
}

/** A bias vector that starts at zero. */
export function bias(name: string, size: number): ParameterSpec {
  return biases(name, [{ name, size }]);
}

/** The biases of matrices that are computed with as one, starting at zero. */
export function biases(key: string, parts: readonly { name: string; size: number }[]): ParameterSpec {
  return {
    key,
    shape: [parts.reduce((sum, { size }) => sum + size, 0)],
    decays: false,
    parts: parts.map(({ name, size }) => ({ name, shape: [size], initial: { kind: 'zeros' } })),
  };
}
