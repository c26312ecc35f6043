// The batches of a text: windows cut from one stream of tokens, all of one shape.

import type { RunSettings } from '../config.ts';
import type { Batch, BatchSource } from './batch.ts';
import { tokenPass } from './token-pass.ts';
import {
  evaluationBatch,
  requireWindow,
  trainingBatch,
  windowsPerEpoch,
  type TokenSource,
  type WindowBatch,
} from './windows.ts';

/** Throws `text-too-short` where a part has not one window. */
export function textBatches(
  train: TokenSource,
  heldOut: TokenSource | null,
  { model, training }: RunSettings,
  length: number,
): BatchSource {
  requireWindow(train, length, 'training');
  if (heldOut) requireWindow(heldOut, length, 'held-out');
  const { perDeviceTrainBatchSize: batchSize, evalBatches, seed } = training;
  const batchOf = (windows: WindowBatch): Batch => ({
    shapeIndex: 0,
    inputs: tokenPass(windows, length, model.vocabSize, {}),
    targetCount: windows.targetCount,
    tokenCount: windows.ids.length,
  });
  return {
    sequencesPerEpoch: windowsPerEpoch(train.tokenCount, length),
    training: async (first, size) => batchOf(await trainingBatch(train, first, size, length, seed)),
    evaluation: heldOut
      ? async function* evaluation() {
          for (let index = 0; index < evalBatches; index++) {
            yield batchOf(await evaluationBatch(heldOut, index, evalBatches, batchSize, length));
          }
        }
      : null,
    heldOut: () => Promise.resolve([]),
  };
}
