// The passes of a model that reads one text and writes another, for generation: a source read once into caches of
// its keys and values, then one target token at a time. Search and sampling are in engine/generation.
// B = batch, S = padded tokens of a source, V = vocabulary.

import type { EncoderDecoderConfig } from '../config.ts';
import { Tape, type TapeOptions } from '../graph/tape.ts';
import { addToArena, createArena, type Arena } from '../graph/tensor.ts';
import { logits } from '../ops/cross-entropy/cross-entropy.ts';
import { validRangeInput, type LayerCache } from './blocks.ts';
import { encoderDecoderFamily } from './families.ts';
import type { SourceShape } from './family.ts';
import type { EncoderDecoderModel } from './model.ts';

/** Caches of all decoder layers: of the target's own tokens, and of the source. */
export interface TargetCaches {
  readonly selfCaches: readonly LayerCache[];
  readonly crossCaches: readonly LayerCache[];
}

/** The caches in one arena, for `batch` rows of up to `maxLength` target and `maxSourceLength` source tokens. */
export function createTargetCaches(
  config: EncoderDecoderConfig,
  batch: number,
  maxLength: number,
  maxSourceLength: number,
): TargetCaches & { readonly arena: Arena } {
  const arena = createArena('key-value caches');
  const { numKeyValueHeads, headDim } = encoderDecoderFamily(config).cacheHeads(config);
  const caches = (kind: string, length: number): LayerCache[] =>
    Array.from({ length: config.numDecoderLayers }, (_, layer) => ({
      tensor: addToArena(arena, `${kind}.${layer}`, [batch, length, 2 * numKeyValueHeads * headDim]),
      maxLength: length,
    }));
  const selfCaches = caches('self cache', maxLength);
  return { arena, selfCaches, crossCaches: caches('cross cache', maxSourceLength) };
}

/**
 * Records the reading of sources into the cross caches; `sourceLength` may be shorter than what they hold.
 * Inputs: `sourceInputs` (B*S each) and `sourceRange` (B, 2); no output.
 */
export function recordEncode(
  model: EncoderDecoderModel,
  shape: SourceShape,
  crossCaches: readonly LayerCache[],
  options: TapeOptions,
): Tape {
  const tape = new Tape(options);
  const { config, lookup } = model;
  const family = encoderDecoderFamily(config);
  const memory = family.encode(tape, config, lookup, shape);
  family.cacheMemory(tape, config, lookup, memory, { ...shape, crossCaches });
  return tape;
}

/**
 * Records the pass of one new target token a row against the caches. Inputs: token inputs (B), `validRange` (B, 2)
 * over the self caches, which includes the new token, `sourceRange` (B, 2); output: `logits` (B, V).
 */
export function recordTargetDecode(
  model: EncoderDecoderModel,
  batch: number,
  { selfCaches, crossCaches }: TargetCaches,
  options: TapeOptions,
): Tape {
  const tape = new Tape(options);
  const { config, lookup } = model;
  validRangeInput(tape, batch);
  const family = encoderDecoderFamily(config);
  const states = family.decode(tape, config, lookup, null, {
    batch,
    length: 1,
    sourceLength: crossCaches[0]!.maxLength,
    caches: selfCaches,
    readsCache: true,
    crossCaches,
  });
  const before = family.beforeHead?.(tape, config, lookup, states, { batch, length: 1 });
  logits(tape, before?.scored ?? states, model.headWeight, before?.bias ?? null);
  return tape;
}
