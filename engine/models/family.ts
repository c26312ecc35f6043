// What one model family provides and how its functions ask for tensors. A new family is one file that fills one
// of these interfaces, and one line in families.ts.

import type { DecoderConfig, EncoderConfig, EncoderDecoderConfig, ModelConfig } from '../config.ts';
import type { Tape } from '../graph/tape.ts';
import type { Arena, Tensor } from '../graph/tensor.ts';
import type { LayerCache, PassOptions, PassShape } from './blocks.ts';
import type { WeightLayout } from '../ops/matmul/matmul.ts';
import type { Weight } from '../ops/low-rank/low-rank.ts';
import type { Constant, ParameterSpec } from './parameters.ts';

/** How a family's functions ask for their tensors. */
export interface ParameterLookup {
  get(key: string): Weight;
  /** Null where the model has no such parameter. */
  find(key: string): Tensor | null;
  constant(name: string): Tensor;
}

/** What every family provides. B = batch, T = tokens, C = hidden size, V = rows of the head. */
export interface Family<C extends ModelConfig> {
  parameterSpecs(config: C): ParameterSpec[];
  constants(config: C, arena: Arena): Constant[];
  /** How weights of linear layers lie; (out, in) unless given. */
  readonly weightLayout?: WeightLayout;
  /** Key of the (V, C) matrix that turns hidden states into logits. */
  headKey(config: C): string;
  /** What stands between the last hidden states and the head, and the bias (V) of its logits, if any. */
  beforeHead?(
    tape: Tape,
    config: C,
    parameters: ParameterLookup,
    states: Tensor,
    pass: PassShape,
  ): { readonly scored: Tensor; readonly bias: Tensor | null };
}

/** A family that goes on with a text; everything else is shared. */
export interface DecoderFamily<C extends DecoderConfig> extends Family<C> {
  readonly architecture: 'decoder';
  /** Records the pass from token ids to the last norm: (B*T, C) f32. */
  hidden(tape: Tape, config: C, parameters: ParameterLookup, pass: PassOptions): Tensor;
  cacheHeads(config: C): CacheHeads;
}

/** A family that reads a text from both sides. */
export interface EncoderFamily<C extends EncoderConfig> extends Family<C> {
  readonly architecture: 'encoder';
  /** Records the pass from token ids to the last hidden states: (B*T, C) f32. Padding stands outside `validRange`. */
  hidden(tape: Tape, config: C, parameters: ParameterLookup, pass: PassShape): Tensor;
}

/** What a decoder that reads a source is recorded with. */
export interface TargetPass extends PassOptions {
  readonly sourceLength: number;
  /** One per layer when generating: keys and values of the source, written when it was read. */
  readonly crossCaches?: readonly LayerCache[];
}

/** A family that reads one text and writes another. S = tokens of the source. */
export interface EncoderDecoderFamily<C extends EncoderDecoderConfig> extends Family<C> {
  readonly architecture: 'encoder-decoder';
  /** Records the pass from source ids to the memory that the decoder reads: (B*S, C) f32. */
  encode(tape: Tape, config: C, parameters: ParameterLookup, pass: SourceShape): Tensor;
  /** Records the pass from target ids to the last hidden states, (B*T, C) f32; memory null reads `crossCaches`. */
  decode(tape: Tape, config: C, parameters: ParameterLookup, memory: Tensor | null, pass: TargetPass): Tensor;
  /** Records a memory's keys and values into the caches of all layers. */
  cacheMemory(
    tape: Tape,
    config: C,
    parameters: ParameterLookup,
    memory: Tensor,
    pass: SourceShape & { readonly crossCaches: readonly LayerCache[] },
  ): void;
  cacheHeads(config: C): CacheHeads;
}

export interface SourceShape {
  readonly batch: number;
  readonly sourceLength: number;
}

/** What a layer's key-value cache holds for each token. */
export interface CacheHeads {
  readonly numKeyValueHeads: number;
  readonly headDim: number;
}
