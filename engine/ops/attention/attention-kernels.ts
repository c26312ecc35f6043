// Attention's kernels: bindings and constants in the orders that layout.cpu.ts reads, and how each device
// cuts the work. What is recorded, and when, is attention.ts.
// On the CPU one kernel computes all gradients of a key-value head; in WGSL three kernels share the work.

import { defineKernel, type Params, type WgslTarget } from '../../graph/kernel.ts';
import { philoxWgsl } from '../random/random.ts';
import backwardBiasSource from './attention-backward-bias.wgsl?raw';
import backwardKeySource from './attention-backward-key.wgsl?raw';
import backwardQuerySource from './attention-backward-query.wgsl?raw';
import biasSumSource from './attention-bias-sum.wgsl?raw';
import commonSource from './attention-common.wgsl?raw';
import deltasSource from './attention-deltas.wgsl?raw';
import forwardSource from './attention-forward.wgsl?raw';
import outputSource from './attention-output.wgsl?raw';
import rowsSource from './attention-rows.wgsl?raw';
import slopesSource from './attention-slopes.wgsl?raw';
import tileSource from './attention-tile.wgsl?raw';
import { rowsDefines, tileDefines, tileOf } from './attention-tiles.ts';

/** Queries of one CPU tile; a multiple of the six rows that its products compute at once. */
const cpuQueryChunk = 192;
const biasEntriesPerWorkgroup = 64;
const deltasPerWorkgroup = 64;

const inputBindings = {
  query: 'read',
  keyValue: 'read?',
  validRange: 'read?',
  querySegments: 'read?',
  keySegments: 'read?',
  biasTable: 'read?',
  biasBuckets: 'read?',
  scalars: 'read?',
} as const;

const sizeParams = {
  batch: 'u32',
  queryLength: 'u32',
  keyLength: 'u32',
  numHeads: 'u32',
  numKeyValueHeads: 'u32',
  headDim: 'u32',
  queryStride: 'u32',
  queryOffset: 'u32',
  keyValueStride: 'u32',
  keyOffset: 'u32',
  valueOffset: 'u32',
  isCausal: 'u32',
  slidingWindow: 'u32',
  scale: 'f32',
  softCap: 'f32',
  dropThreshold: 'u32',
  keepScale: 'f32',
  stream: 'u32',
  numBuckets: 'u32',
  queryChunk: 'u32',
  /** Whether logits have a soft cap, a bias or segments, and whether weights are dropped. */
  hasOptions: 'u32',
  hasDropout: 'u32',
} as const;

/** How many queries one CPU tile takes. */
export function queryChunkOf(queryLength: number): number {
  return Math.min(queryLength, cpuQueryChunk);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function heads({ batch, numHeads }: Params): number {
  return batch! * numHeads!;
}

function wgsl(...parts: string[]): string {
  return [`//#if has_scalars\n${philoxWgsl}//#endif`, commonSource, ...parts].join('\n');
}

/** Workgroups of blocks of `length` rows for each of `count` heads of the batch. */
function blocks(sizes: Params, count: number, length: number, target: WgslTarget): number {
  return sizes.batch! * count * Math.ceil(length / tileOf(sizes.headDim!, target).blockRows);
}

const forwardBindings = {
  ...inputBindings,
  output: 'write',
  statistics: 'write?',
  weights: 'write?',
} as const;

/** Four queries or more; keys are packed once for many of them. */
export const attentionForwardKernel = defineKernel({
  name: 'attentionForward',
  bindings: forwardBindings,
  params: sizeParams,
  cpu: {
    phases: (sizes) => [
      {
        function: 'attentionForward',
        tiles: heads(sizes) * Math.ceil(sizes.queryLength / queryChunkOf(sizes.queryLength)),
      },
    ],
    threadScratchBytes({ keyLength, headDim }) {
      const width = roundUp(keyLength, 8);
      return 4 * width * (headDim + roundUp(headDim, 8)) + 8 * (4 * width + 64) + 512;
    },
  },
  wgsl: {
    source: wgsl(tileSource, outputSource, forwardSource),
    entryPoint: 'attentionForward',
    workgroups: (sizes, target) => blocks(sizes, sizes.numHeads, sizes.queryLength, target),
    defines: tileDefines,
  },
});

/** Fewer queries, each for itself; keys are read where they lie. */
export const attentionRowsKernel = defineKernel({
  name: 'attentionRows',
  bindings: forwardBindings,
  params: sizeParams,
  cpu: {
    phases: (sizes) => [{ function: 'attentionRows', tiles: heads(sizes) * sizes.queryLength }],
    threadScratchBytes: ({ keyLength }) => 3 * (4 * roundUp(keyLength, 8) + 64) + 512,
  },
  wgsl: {
    source: wgsl(outputSource, rowsSource),
    entryPoint: 'attentionRows',
    workgroups: (sizes) => heads(sizes) * sizes.queryLength,
    defines: rowsDefines,
  },
});

const backwardBindings = {
  ...inputBindings,
  output: 'read',
  dOutput: 'read',
  statistics: 'readwrite',
  dQuery: 'readwrite?',
  dKeyValue: 'readwrite?',
  biasPartials: 'write?',
} as const;

const backwardParams = {
  ...sizeParams,
  accumulateQuery: 'u32',
  accumulateKeyValue: 'u32',
  /** Whether the deltas stand behind the log-sum-exps already; WGSL alone asks. */
  hasDeltas: 'u32',
} as const;

/** WGSL: the deltas alone, where the next kernel would bind too much. On the CPU the key kernel does this too. */
export const attentionDeltasKernel = defineKernel({
  name: 'attentionDeltas',
  bindings: { output: 'read', dOutput: 'read', statistics: 'readwrite' },
  params: { batch: 'u32', queryLength: 'u32', numHeads: 'u32', headDim: 'u32' },
  cpu: { phases: () => [] },
  wgsl: {
    source: deltasSource,
    entryPoint: 'attentionDeltas',
    workgroups: (sizes) => Math.ceil((heads(sizes) * sizes.queryLength) / deltasPerWorkgroup),
    defines: () => ({ threads: deltasPerWorkgroup }),
  },
});

/** WGSL: dQ, and the deltas behind the log-sum-exps. On the CPU the next kernel does this too. */
export const attentionBackwardQueryKernel = defineKernel({
  name: 'attentionBackwardQuery',
  bindings: backwardBindings,
  params: backwardParams,
  cpu: { phases: () => [] },
  wgsl: {
    source: wgsl(tileSource, slopesSource, backwardQuerySource),
    entryPoint: 'attentionBackwardQuery',
    workgroups: (sizes, target) => blocks(sizes, sizes.numHeads, sizes.queryLength, target),
    defines: (sizes, target) => ({
      ...tileDefines(sizes, target),
      sumsBias: false,
      hasDeltas: sizes.hasDeltas === 1,
    }),
  },
});

/** WGSL: dK and dV. CPU: every gradient. */
export const attentionBackwardKernel = defineKernel({
  name: 'attentionBackward',
  bindings: backwardBindings,
  params: backwardParams,
  cpu: {
    phases: ({ batch, numKeyValueHeads }) => [
      { function: 'attentionBackward', tiles: batch * numKeyValueHeads },
    ],
    threadScratchBytes({ headDim }) {
      // The layout of `Task` in attention-backward.cpu.ts: blocks of 192 keys and 48 queries.
      const [blockKeys, blockQueries] = [192, 48];
      const rowBytes = 4 * blockKeys + 64;
      const panelBytes = 32 * Math.ceil(headDim / 8) * (5 * blockKeys + 2 * blockQueries);
      return 1_024 + panelBytes + (2 * blockQueries + 2) * rowBytes;
    },
  },
  wgsl: {
    source: wgsl(tileSource, backwardKeySource),
    entryPoint: 'attentionBackwardKey',
    workgroups: (sizes, target) => blocks(sizes, sizes.numKeyValueHeads, sizes.keyLength, target),
    defines: (sizes, target) => tileDefines(sizes, target, true),
  },
});

/** WGSL: each head's sums of bias gradients by bucket. On the CPU the key kernel does this too. */
export const attentionBackwardBiasKernel = defineKernel({
  name: 'attentionBackwardBias',
  bindings: backwardBindings,
  params: backwardParams,
  cpu: { phases: () => [] },
  wgsl: {
    source: wgsl(tileSource, slopesSource, backwardBiasSource),
    entryPoint: 'attentionBackwardBias',
    workgroups: heads,
    defines: (sizes, target) => ({ ...tileDefines(sizes, target), sumsBias: true, hasElements: true }),
  },
});

/** table gradient (numBuckets, NH) (+)= sum over the batch of partials (B, NH, numBuckets). */
export const attentionBiasSumKernel = defineKernel({
  name: 'attentionBiasSum',
  bindings: { partials: 'read', dTable: 'readwrite' },
  params: { batch: 'u32', numHeads: 'u32', numBuckets: 'u32', accumulate: 'u32' },
  cpu: { phases: () => [{ function: 'attentionBiasSum', tiles: 1 }] },
  wgsl: {
    source: biasSumSource,
    entryPoint: 'attentionBiasSum',
    workgroups: ({ numHeads, numBuckets }) => Math.ceil((numHeads * numBuckets) / biasEntriesPerWorkgroup),
  },
});
