// The matrix product kernel and the one function that records it. What products a layer needs, and their
// gradients, is matmul.ts; how the CPU cuts a product into tiles is blocking.cpu.ts.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activationKinds, activationWgsl, type Activation } from '../activation/activation.ts';
import { halfWeight } from './half-weights.ts';
import {
  RESULT_BYTES,
  isSkinny,
  packTilesA,
  packTilesB,
  sharedFloatsA,
  sharedFloatsB,
  skinnyColumns,
  tileCount,
  tileFloatsA,
  tileFloatsB,
} from './blocking.cpu.ts';
import registerSource from './matmul-register.wgsl?raw';
import sharedSource from './matmul-shared.wgsl?raw';
import storeSource from './matmul-store.wgsl?raw';

/** C that a workgroup of the software shader computes: 8 rows, 8 columns for each of its 8 invocations. */
const registerRows = 8;
const registerColumns = 64;

/** Invocations along a side of a hardware workgroup, 4 rows and columns each; few where C is small. */
function sharedSide(m: number, n: number): number {
  return Math.ceil(m / 64) * Math.ceil(n / 64) < 128 ? 8 : 16;
}

/** Whether four neighbouring values always lie together, aligned and all inside their matrix. */
function isVector(neighbours: number, ld: number, offset: number): boolean {
  return neighbours % 4 === 0 && ld % 4 === 0 && offset % 4 === 0;
}

const matmulKernel = defineKernel({
  name: 'matmul',
  bindings: {
    a: 'read',
    b: 'read',
    c: 'readwrite',
    bias: 'read?',
    slope: 'write?',
    gate: 'read?',
    residual: 'read?',
    columnSums: 'readwrite?',
  },
  params: {
    m: 'u32',
    n: 'u32',
    k: 'u32',
    lda: 'u32',
    ldb: 'u32',
    ldc: 'u32',
    aOffset: 'u32',
    bOffset: 'u32',
    cOffset: 'u32',
    transA: 'u32',
    transB: 'u32',
    accumulate: 'u32',
    accumulateSums: 'u32',
    activation: 'u32',
  },
  cpu: {
    phases({ m, n, k, transA }) {
      if (isSkinny(m, transA)) return [{ function: 'matmulSkinny', tiles: Math.ceil(n / skinnyColumns(n)) }];
      return [
        { function: 'matmulPack', tiles: packTilesB(n, k) + packTilesA(m, k, transA) },
        { function: 'matmul', tiles: tileCount(m, n, k, transA) },
      ];
    },
    sharedScratchBytes({ m, n, k, transA }) {
      return isSkinny(m, transA) ? 0 : 4 * (sharedFloatsB(n, k) + sharedFloatsA(m, k, transA));
    },
    threadScratchBytes({ m, n, k, transA }) {
      if (isSkinny(m, transA)) return 4 * m * skinnyColumns(n);
      return RESULT_BYTES + 4 * (tileFloatsB(m, n, k, transA) + tileFloatsA(m, k, transA));
    },
  },
  wgsl: {
    source: [
      activationWgsl,
      storeSource,
      `//#if isSoftware\n${registerSource}//#else\n${sharedSource}//#endif\n`,
    ].join('\n'),
    entryPoint: 'matmul',
    workgroups({ m, n }, { isSoftware }) {
      const side = 4 * sharedSide(m, n);
      if (isSoftware) return Math.ceil(m / registerRows) * Math.ceil(n / registerColumns);
      return Math.ceil(m / side) * Math.ceil(n / side);
    },
    defines({ m, n, k, lda, ldb, ldc, aOffset, bOffset, cOffset, transA, transB, activation }, target) {
      const side = sharedSide(m, n);
      const vectorA = isVector(transA !== 0 ? m : k, lda, aOffset);
      const vectorB = isVector(transB !== 0 ? k : n, ldb, bOffset);
      const vectorC = isVector(n, ldc, cOffset);
      return {
        isSoftware: target.isSoftware,
        transA: transA !== 0,
        transB: transB !== 0,
        // The software shader takes four rows or columns of C at once, never four terms of the sum.
        vectorA: vectorA && (!target.isSoftware || transA !== 0),
        vectorB: vectorB && (!target.isSoftware || transB === 0),
        vectorC,
        activation,
        side,
        tileFloats: 16 * 4 * side,
      };
    },
  },
});

/** A matrix product to record; sizes, leading dimensions and offsets in elements. */
export interface MatmulCommand {
  /** (M, K), or (K, M) with `transA`. */
  readonly a: Tensor;
  /** (K, N), or (N, K) with `transB`. */
  readonly b: Tensor;
  /** (M, N). */
  readonly c: Tensor;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Elements from one row of a matrix as it lies to the next; the row's own length unless given. */
  readonly lda?: number;
  readonly ldb?: number;
  readonly ldc?: number;
  /** Where each matrix starts in its tensor; 0 unless given. */
  readonly aOffset?: number;
  readonly bOffset?: number;
  readonly cOffset?: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** Whether the product is added to what C holds, before `activation`. Not together with `gate`. */
  readonly accumulate?: boolean;
  readonly activation?: Activation | null;
  /** (N): added to every row before the activation. */
  readonly bias?: Tensor | null;
  /** (M, N): receives the derivative of `activation` where the result is its value. */
  readonly slope?: Tensor | null;
  /** (M, N): multiplied with the result. */
  readonly gate?: Tensor | null;
  /** (M, N): added last. */
  readonly residual?: Tensor | null;
  /** (N): receives the sums of B's columns over k, a bias's gradient where B is dy; only with `transA`. */
  readonly columnSums?: Tensor | null;
  readonly accumulateSums?: boolean;
}

/**
 * Records C = act((C +) op(A) op(B) + bias) * gate + residual.
 * All f32, or f16 where a tape stores so; op transposes where asked, though never both operands. `bias`, `slope`,
 * `gate` and `residual` are dense. Throws where a matrix does not fit its tensor or the residual is an operand.
 */
export function matmulCommand(tape: Tape, command: MatmulCommand): void {
  const { a, b, c, m, n, k, transA = false, transB = false, accumulate = false } = command;
  const { aOffset = 0, bOffset = 0, cOffset = 0, activation = null, slope = null } = command;
  const { bias = null, gate = null, residual = null, columnSums = null } = command;
  const { lda = transA ? m : k, ldb = transB ? k : n, ldc = n } = command;
  if (transA && transB) throw new Error('matmul does not take both operands transposed');
  if (accumulate && gate !== null) throw new Error('matmul cannot add a gated product to what C holds');
  if (slope !== null && activation === null) throw new Error('matmul has no activation to give a slope of');
  if (columnSums !== null && !transA) throw new Error('matmul sums columns only with a transposed A');
  // One dispatch may not bind the same memory twice.
  if (residual !== null && (residual === a || residual === b)) {
    throw new Error(`${residual.name} cannot be both an operand and the residual of one matmul`);
  }
  checkFits('A', a, transA ? k : m, transA ? m : k, lda, aOffset);
  checkFits('B', b, transB ? n : k, transB ? k : n, ldb, bOffset);
  checkFits('C', c, m, n, ldc, cOffset);
  for (const dense of [slope, gate, residual]) if (dense) checkFits(dense.name, dense, m, n, n, 0);
  for (const row of [bias, columnSums]) if (row) checkFits(row.name, row, 1, n, n, 0);
  tape.run(
    matmulKernel,
    {
      a: halfWeight(tape, a),
      b: halfWeight(tape, b),
      c,
      bias,
      slope,
      gate,
      residual,
      columnSums,
    },
    {
      m,
      n,
      k,
      lda,
      ldb,
      ldc,
      aOffset,
      bOffset,
      cOffset,
      transA: transA ? 1 : 0,
      transB: transB ? 1 : 0,
      accumulate: accumulate ? 1 : 0,
      accumulateSums: command.accumulateSums ? 1 : 0,
      activation: activationKinds[activation ?? 'none'],
    },
  );
}

function checkFits(
  what: string,
  tensor: Tensor,
  rows: number,
  columns: number,
  ld: number,
  offset: number,
): void {
  const end = offset + (rows - 1) * ld + columns;
  if (rows < 1 || columns < 1 || ld < columns || end > sizeOf(tensor.shape)) {
    const place = `${rows}×${columns} at ${offset} with ${ld} a row`;
    throw new Error(`${what} (${place}) does not fit ${tensor.name} of shape ${tensor.shape.join('×')}`);
  }
}
