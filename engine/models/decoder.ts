// The passes of a decoder-only model that write text: a prompt read at once, then one token at a time.

import type { DecoderConfig } from '../config.ts';
import { Tape, type TapeOptions } from '../graph/tape.ts';
import { addToArena, createArena, type Arena } from '../graph/tensor.ts';
import { logits } from '../ops/cross-entropy/cross-entropy.ts';
import { gatherRows } from '../ops/embedding/embedding.ts';
import { validRangeInput, type LayerCache, type PassShape } from './blocks.ts';
import { decoderFamily } from './families.ts';
import type { DecoderModel } from './model.ts';

/** The key-value caches of all layers in one arena, for `batch` rows of up to `maxLength` tokens. */
export function createCaches(
  config: DecoderConfig,
  batch: number,
  maxLength: number,
): { arena: Arena; caches: LayerCache[] } {
  const arena = createArena('key-value cache');
  const { numKeyValueHeads, headDim } = decoderFamily(config).cacheHeads(config);
  const caches = Array.from({ length: config.numHiddenLayers }, (_, layer) => ({
    tensor: addToArena(arena, `cache.${layer}`, [batch, maxLength, 2 * numKeyValueHeads * headDim]),
    maxLength,
  }));
  return { arena, caches };
}

/**
 * Records the pass over a prompt, padded on the right to `length`: fills the caches and gives the logits
 * of one row of each sequence. Inputs: token inputs, `lastRows` (B) u32; output: `logits` (B, V).
 */
export function recordPrefill(
  model: DecoderModel,
  shape: PassShape,
  caches: readonly LayerCache[],
  options: TapeOptions,
): Tape {
  const tape = new Tape(options);
  const states = decoderFamily(model.config).hidden(tape, model.config, model.lookup, { ...shape, caches });
  const last = gatherRows(tape, states, tape.input('lastRows', [shape.batch], 'u32'));
  logits(tape, last, model.headWeight);
  return tape;
}

/**
 * Records the pass of one new token a row against the caches.
 * Inputs: token inputs (B), `validRange` (B, 2) that includes the new token; output: `logits` (B, V).
 */
export function recordDecode(
  model: DecoderModel,
  batch: number,
  caches: readonly LayerCache[],
  options: TapeOptions,
): Tape {
  const tape = new Tape(options);
  validRangeInput(tape, batch);
  const pass = { batch, length: 1, caches, readsCache: true };
  const states = decoderFamily(model.config).hidden(tape, model.config, model.lookup, pass);
  logits(tape, states, model.headWeight);
  return tape;
}
