// The pass that ends in a loss, of models of every family: what training repeats and evaluation measures.

import { scalarsInput } from '../graph/scalars.ts';
import { Tape, type TapeOptions } from '../graph/tape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { languageModelLoss, logits } from '../ops/cross-entropy/cross-entropy.ts';
import { embedding } from '../ops/embedding/embedding.ts';
import { scoredRowsInput, type PassShape } from './blocks.ts';
import { decoderFamily, encoderDecoderFamily, encoderFamily, familyOf } from './families.ts';
import { isDecoderModel, isEncoderDecoderModel, isEncoderModel, type Model } from './model.ts';

export interface LossRecording extends TapeOptions {
  readonly labelSmoothing?: number;
  readonly withTokenLoss?: boolean;
  readonly withTokenRank?: boolean;
  /** Gives the `logits` (M, V) of all rows beside: for heads of few outputs. */
  readonly withLogits?: boolean;
}

/**
 * Records a pass that ends in the loss, with its backward commands when the tape is for training.
 * Inputs: token inputs; `targets` (M) u32 for the M rows that are scored: B*T, the shape's `scoredRows`, or B of a
 * classifier; `scalars`; `scoredRows` where the shape says how many; for a source `sourceInputs` and `sourceRange`;
 * for a classifier `firstRows` (B) u32, the row of (B*T) at which each sequence begins (rising); `validRange` or
 * `segments` where the shape says so. Output: `metrics`, and `tokenLoss` and `tokenRank` (M) on request.
 */
export function recordLoss(model: Model, shape: PassShape, options: LossRecording): Tape {
  const tape = new Tape(options);
  for (const { tensor, gradient } of model.parameters.byKey.values()) {
    if (gradient && options.training) tape.trackParameter(tensor, gradient);
  }
  const { scored, bias } = recordScored(tape, model, shape);
  const rows = scored.shape[0]!;
  languageModelLoss(tape, scored, model.headWeight, {
    targets: tape.input('targets', [rows], 'u32'),
    bias,
    labelSmoothing: options.training ? (options.labelSmoothing ?? 0) : 0,
    scalars: scalarsInput(tape),
    tokenLoss: options.withTokenLoss ? tape.output('tokenLoss', [rows]) : null,
    tokenRank: options.withTokenRank ? tape.output('tokenRank', [rows], 'u32') : null,
  });
  if (options.withLogits) logits(tape, scored, model.headWeight, bias);
  tape.backward();
  return tape;
}

/**
 * Records a pass that ends in the logits of every row that is scored.
 * Inputs: those of `recordLoss` but targets and scalars; output: `logits` (M, V).
 */
export function recordLogits(model: Model, shape: PassShape, options: TapeOptions): Tape {
  const tape = new Tape(options);
  const { scored, bias } = recordScored(tape, model, shape);
  logits(tape, scored, model.headWeight, bias);
  return tape;
}

/** Records a model up to its head: the rows (M, C) that are scored against it, and the bias of the scores. */
export function recordScored(
  tape: Tape,
  model: Model,
  shape: PassShape,
): { scored: Tensor; bias: Tensor | null } {
  const { config, lookup } = model;
  const states = scoredStates(tape, recordStates(tape, model, shape), shape);
  return familyOf(config).beforeHead?.(tape, config, lookup, states, shape) ?? { scored: states, bias: null };
}

/** The rows of the states that are scored: the others cost neither transform nor product with the head. */
function scoredStates(tape: Tape, states: Tensor, { scoredRows }: PassShape): Tensor {
  if (scoredRows === undefined) return states;
  return embedding(tape, [{ ids: scoredRowsInput(tape, scoredRows), order: null, table: states }]);
}

function recordStates(tape: Tape, model: Model, shape: PassShape): Tensor {
  const { lookup } = model;
  if (isDecoderModel(model)) return decoderFamily(model.config).hidden(tape, model.config, lookup, shape);
  if (isEncoderModel(model)) return encoderFamily(model.config).hidden(tape, model.config, lookup, shape);
  if (!isEncoderDecoderModel(model)) throw new Error('a model of no known architecture');
  const family = encoderDecoderFamily(model.config);
  const { batch, sourceLength = shape.length } = shape;
  const memory = family.encode(tape, model.config, lookup, { batch, sourceLength });
  return family.decode(tape, model.config, lookup, memory, { ...shape, sourceLength });
}
