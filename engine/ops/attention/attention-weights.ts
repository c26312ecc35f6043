// Attention's weights on request: finds the passes of attention on a recorded tape and lets one of them hand its
// weights out. Recording models never asks for them, so that training and generation pay nothing for it.

import type { Command } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { attentionForwardKernel, attentionRowsKernel } from './attention-kernels.ts';

/** One pass of attention on a tape. */
export interface AttentionPass {
  /** Place among the tape's commands. */
  readonly index: number;
  readonly batch: number;
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  readonly queryLength: number;
  readonly keyLength: number;
  readonly isCausal: boolean;
  /** Whether keys and values are those of another text than the queries. */
  readonly isCross: boolean;
}

const kernelNames: ReadonlySet<string> = new Set([attentionForwardKernel.name, attentionRowsKernel.name]);
const bindingNames = Object.keys(attentionForwardKernel.bindings);
const weightsPlace = bindingNames.indexOf('weights');
const keyValuePlace = bindingNames.indexOf('keyValue');

/** Whether a command computes attention. */
export function isAttention({ kernel }: Command): boolean {
  return kernelNames.has(kernel.name);
}

/** The passes of attention of a tape without caches, in the order in which they are computed. */
export function attentionPasses({ commands }: Tape): AttentionPass[] {
  return commands.flatMap((command, index) => {
    if (!isAttention(command)) return [];
    const { batch, numHeads, numKeyValueHeads, headDim, queryLength, keyLength, isCausal } =
      command.params as Readonly<Record<keyof typeof attentionForwardKernel.params, number>>;
    return {
      index,
      batch,
      numHeads,
      numKeyValueHeads,
      headDim,
      queryLength,
      keyLength,
      isCausal: isCausal === 1,
      isCross: command.tensors[keyValuePlace] !== null,
    };
  });
}

/** Lets a pass hand its weights out: the tape's output of that name, (B, NH, Tq, Tk) f32. */
export function giveWeights(tape: Tape, pass: AttentionPass, name: string): Tensor {
  const { index, batch, numHeads, queryLength, keyLength } = pass;
  const command = tape.commands[index]!;
  const weights = tape.output(name, [batch, numHeads, queryLength, keyLength]);
  const tensors = command.tensors.map((tensor, place) => (place === weightsPlace ? weights : tensor));
  tape.commands[index] = { ...command, tensors };
  return weights;
}
