// The passes of an encoder-only model that are used rather than trained: scores of classes or hidden tokens, and
// embeddings of whole texts. The pass that ends in a loss is loss.ts.

import { Tape, type TapeOptions } from '../graph/tape.ts';
import { logits } from '../ops/cross-entropy/cross-entropy.ts';
import { gatherRows } from '../ops/embedding/embedding.ts';
import { meanRows } from '../ops/mean-rows/mean-rows.ts';
import { scoredRowsInput, validRangeInput, type PassShape } from './blocks.ts';
import { encoderFamily } from './families.ts';
import type { EncoderModel } from './model.ts';

/**
 * Records a pass that ends in scores. Inputs: token inputs, `validRange` where the shape is padded, `firstRows` of
 * a classifier, and `scoredRows` (R) u32 when R rows of the (B*T) are asked for, such as those of hidden tokens;
 * output: `logits` (M, V), with M = B of a classifier, R, or B*T.
 */
export function recordScores(
  model: EncoderModel,
  shape: PassShape,
  options: TapeOptions & { readonly scoredRows?: number },
): Tape {
  const { config, lookup } = model;
  const family = encoderFamily(config);
  const tape = new Tape(options);
  const states = family.hidden(tape, config, lookup, shape);
  const rows =
    options.scoredRows === undefined
      ? states
      : gatherRows(tape, states, scoredRowsInput(tape, options.scoredRows));
  const head = family.beforeHead?.(tape, config, lookup, rows, shape) ?? { scored: rows, bias: null };
  logits(tape, head.scored, model.headWeight, head.bias);
  return tape;
}

/**
 * Records a pass that ends in one vector a text: the mean of its tokens' last hidden states, padding left out.
 * Inputs: token inputs, `validRange` (B, 2); output: `embeddings` (B, C), not normalised.
 */
export function recordEmbeddings(model: EncoderModel, shape: PassShape, options: TapeOptions): Tape {
  const { config, lookup } = model;
  const tape = new Tape(options);
  const x = encoderFamily(config).hidden(tape, config, lookup, { ...shape, isPadded: true });
  const y = tape.output('embeddings', [shape.batch, config.hiddenSize]);
  meanRows(tape, { x, validRange: validRangeInput(tape, shape.batch), y });
  return tape;
}
