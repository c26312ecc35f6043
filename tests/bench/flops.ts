// Counts the floating point operations of a plan's commands, for rates and for shares of the device's best.

import type { Command } from '../../engine/graph/kernel.ts';

/** Floating point operations of one command; 0 for kernels that move more than they compute. */
export function flopsOf({ kernel, params }: Command): number {
  const p = params as Readonly<Record<string, number>>;
  if (kernel.name === 'matmul') return 2 * p.m! * p.n! * p.k!;
  if (!/^attention(Forward|Backward)$/.test(kernel.name)) return 0;
  const pairs = p.isCausal ? (p.queryLength! * (p.queryLength! + 1)) / 2 : p.queryLength! * p.keyLength!;
  const products = kernel.name === 'attentionForward' ? 2 : 5;
  return products * 2 * p.batch! * p.numHeads! * p.headDim! * pairs;
}
