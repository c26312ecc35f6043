// Attention's kernels: bindings and constants in the orders that layout.cpu.ts reads, and how each device
// cuts the work. What is recorded, and when, is attention.ts.
// On the CPU one kernel computes all gradients of a key-value head; in WGSL three kernels share the work.

import { defineKernel, type Params } from '../../graph/kernel.ts';
import { philoxWgsl } from '../random/random.ts';
import backwardBiasSource from './attention-backward-bias.wgsl?raw';
import backwardKeySource from './attention-backward-key.wgsl?raw';
import backwardQuerySource from './attention-backward-query.wgsl?raw';
import biasSumSource from './attention-bias-sum.wgsl?raw';
import commonSource from './attention-common.wgsl?raw';
import forwardSource from './attention-forward.wgsl?raw';

/** Fewer queries than this are not worth packing keys for: attention-rows.cpu.ts. */
const minPackedQueries = 4;
/** Queries of one CPU tile; a multiple of the six rows that its products compute at once. */
const cpuQueryChunk = 96;
/** Queries or keys of one workgroup. */
const workgroupRows = 64;
/** Workgroup memory of the two operands that a workgroup reads together. */
const sharedBytes = 16_384 - 1_024;

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
} as const;

export type AttentionSizes = { readonly [K in keyof typeof sizeParams]: number };

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

/** Values that specialise the shaders: loops over features are unrolled as vectors of four. */
function wgslDefines(sizes: Params): Record<string, number | boolean> {
  const vectors = Math.ceil(sizes.headDim! / 4);
  return {
    vectors,
    tileRows: Math.max(1, Math.min(32, Math.floor(sharedBytes / (2 * 16 * vectors)))),
    isCausal: sizes.isCausal !== 0,
    hasWindow: sizes.slidingWindow !== 0,
    hasSoftCap: sizes.softCap! > 0,
    numBuckets: Math.max(1, sizes.numBuckets!),
  };
}

function source(...parts: string[]): string {
  return [`//#if has_scalars\n${philoxWgsl}//#endif`, commonSource, ...parts].join('\n');
}

export const attentionForwardKernel = defineKernel({
  name: 'attentionForward',
  bindings: { ...inputBindings, output: 'write', statistics: 'write?', weights: 'write?' },
  params: sizeParams,
  cpu: {
    phases(sizes) {
      const { queryLength } = sizes;
      if (queryLength < minPackedQueries) {
        return [{ function: 'attentionRows', tiles: heads(sizes) * queryLength }];
      }
      return [
        {
          function: 'attentionForward',
          tiles: heads(sizes) * Math.ceil(queryLength / queryChunkOf(queryLength)),
        },
      ];
    },
    threadScratchBytes({ keyLength, headDim }) {
      const width = roundUp(keyLength, 8);
      const rowBytes = 4 * width + 64;
      const panelBytes = 4 * width * (headDim + roundUp(headDim, 8));
      return panelBytes + 8 * rowBytes + 512;
    },
  },
  wgsl: {
    source: source(forwardSource),
    entryPoint: 'attentionForward',
    workgroups: (sizes) => heads(sizes) * Math.ceil(sizes.queryLength / workgroupRows),
    defines: wgslDefines,
  },
});

const backwardBindings = {
  ...inputBindings,
  output: 'read',
  dOutput: 'read',
  statistics: 'read',
  dQuery: 'readwrite?',
  dKeyValue: 'readwrite?',
  biasPartials: 'write?',
  deltas: 'readwrite',
} as const;

const backwardParams = { ...sizeParams, accumulateQuery: 'u32', accumulateKeyValue: 'u32' } as const;

/** WGSL: deltas and dQ. On the CPU the key kernel does this too. */
export const attentionBackwardQueryKernel = defineKernel({
  name: 'attentionBackwardQuery',
  bindings: backwardBindings,
  params: backwardParams,
  cpu: { phases: () => [] },
  wgsl: {
    source: source(backwardQuerySource),
    entryPoint: 'attentionBackwardQuery',
    workgroups: (sizes) => heads(sizes) * Math.ceil(sizes.queryLength / workgroupRows),
    defines: wgslDefines,
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
    source: source(backwardKeySource),
    entryPoint: 'attentionBackwardKey',
    workgroups: ({ batch, numKeyValueHeads, keyLength }) =>
      batch * numKeyValueHeads * Math.ceil(keyLength / workgroupRows),
    defines: wgslDefines,
  },
});

/** WGSL: each head's sums of bias gradients by bucket. On the CPU the key kernel does this too. */
export const attentionBackwardBiasKernel = defineKernel({
  name: 'attentionBackwardBias',
  bindings: backwardBindings,
  params: backwardParams,
  cpu: { phases: () => [] },
  wgsl: {
    source: source(backwardBiasSource),
    entryPoint: 'attentionBackwardBias',
    workgroups: heads,
    defines: wgslDefines,
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
    workgroups: ({ numHeads, numBuckets }) => Math.ceil((numHeads * numBuckets) / workgroupRows),
  },
});
