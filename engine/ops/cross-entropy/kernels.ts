// The kernels of the loss: cross-entropy over a chunk of rows, and the sum of the rows' losses.

import { defineKernel } from '../../graph/kernel.ts';
import { metricIndex, scalarIndex } from '../../graph/scalars.ts';
import { reductionThreads, workgroupSumWgsl } from '../parts/workgroup-sum.ts';
import crossEntropySource from './cross-entropy.wgsl?raw';
import lossSumSource from './loss-sum.wgsl?raw';

const elementsPerTile = 32768;

/** Rows that one CPU tile does: few of a large vocabulary, so that every thread has some. */
export function rowsPerTile(vocabSize: number): number {
  return Math.max(1, Math.min(16, Math.floor(elementsPerTile / vocabSize)));
}

/**
 * losses[m] = weight * loss and tokenLosses[m] = loss of the chunk's rows; in training also
 * logits = (softmax - smoothed target) * weight * lossScale in place. Rows whose target is not below
 * vocabSize count nothing.
 */
export const crossEntropyKernel = defineKernel({
  name: 'crossEntropy',
  bindings: {
    logits: 'readwrite',
    targets: 'read',
    tokenWeights: 'read?',
    scalars: 'read',
    losses: 'readwrite',
    tokenLosses: 'readwrite?',
  },
  params: {
    rows: 'u32',
    firstRow: 'u32',
    vocabSize: 'u32',
    rowStride: 'u32',
    rowsPerTile: 'u32',
    isTraining: 'u32',
    labelSmoothing: 'f32',
  },
  cpu: {
    phases: ({ rows, rowsPerTile }) => [{ function: 'crossEntropy', tiles: Math.ceil(rows / rowsPerTile) }],
  },
  wgsl: {
    source: workgroupSumWgsl + crossEntropySource,
    entryPoint: 'crossEntropy',
    workgroups: ({ rows }) => rows,
    defines: (_, target) => ({ lossScale: scalarIndex.lossScale, threads: reductionThreads(target) }),
  },
});

/** metrics[lossSum] = sum of the losses. */
export const lossSumKernel = defineKernel({
  name: 'lossSum',
  bindings: { losses: 'read', metrics: 'readwrite' },
  params: { count: 'u32' },
  cpu: { phases: () => [{ function: 'lossSum', tiles: 1 }] },
  wgsl: {
    source: workgroupSumWgsl + lossSumSource,
    entryPoint: 'lossSum',
    workgroups: () => 1,
    defines: (_, target) => ({ lossSum: metricIndex.lossSum, threads: reductionThreads(target) }),
  },
});
