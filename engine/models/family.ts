// What one decoder family provides and how its functions ask for tensors. A new family is one file that
// fills this interface, and one line in decoder.ts.

import type { ModelConfig } from '../config.ts';
import type { Tape } from '../graph/tape.ts';
import type { Arena, Tensor } from '../graph/tensor.ts';
import type { PassOptions } from './blocks.ts';
import type { Constant, ParameterSpec } from './parameters.ts';

/** How a family's functions ask for their tensors. */
export interface ParameterLookup {
  get(key: string): Tensor;
  /** Null where the model has no such parameter. */
  find(key: string): Tensor | null;
  constant(name: string): Tensor;
}

/** What one model family provides; everything else is shared. */
export interface DecoderFamily<C extends ModelConfig> {
  parameterSpecs(config: C): ParameterSpec[];
  /** Records the pass from token ids to the last norm: (B*T, C) f32. */
  hidden(tape: Tape, config: C, parameters: ParameterLookup, pass: PassOptions): Tensor;
  /** Key of the (V, C) matrix that turns hidden states into logits. */
  headKey(config: C): string;
  constants(config: C, arena: Arena): Constant[];
  cacheHeads(config: C): { numKeyValueHeads: number; headDim: number };
}
