// The user's own model in the few figures that the cards of terms and the lessons speak of: a run and what it
// reached. Where there is no run yet, the figures of a small model that has learned nothing.

import { isEncoderDecoder, sequenceLength, type RunSettings, type Task } from '../../engine/config.ts';
import type { RunSummary } from '../../preload/contract.ts';

export interface OwnModel {
  /** The run's name; "a small model" where there is none. */
  readonly name: string;
  readonly runId: string | null;
  readonly task: Task;
  readonly parameterCount: number;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  /** Tokens in one row of a batch. */
  readonly sequenceLength: number;
  readonly batchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
  readonly maxGradNorm: number;
  readonly labelSmoothing: number;
  readonly loraR: number;
  /** Nats a token on held-out data where it was measured, on training data else. */
  readonly loss: number;
}

const smallModel: OwnModel = {
  name: 'a small model',
  runId: null,
  task: 'text',
  parameterCount: 818_048,
  vocabSize: 65,
  hiddenSize: 128,
  numHiddenLayers: 4,
  numAttentionHeads: 4,
  headDim: 32,
  intermediateSize: 512,
  sequenceLength: 64,
  batchSize: 12,
  gradientAccumulationSteps: 1,
  learningRate: 1e-3,
  warmupSteps: 100,
  totalSteps: 2_000,
  maxGradNorm: 1,
  labelSmoothing: 0.1,
  loraR: 8,
  // A model that knows nothing gives each of its 65 tokens the same chance.
  loss: Math.log(65),
};

/** The figures of a run; those of a small model that has learned nothing where there is none. */
export function ownModel(run: RunSummary | null, settings: RunSettings | null): OwnModel {
  if (!run || !settings) return smallModel;
  const { model, training, tuning } = settings;
  const loss = run.bestEvalLoss ?? run.evalLoss ?? run.trainLoss;
  const { vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads, intermediateSize } = model;
  return {
    name: run.name,
    runId: run.id,
    task: run.task,
    parameterCount: run.parameterCount,
    vocabSize,
    hiddenSize,
    numHiddenLayers: numHiddenLayers + (isEncoderDecoder(model) ? model.numDecoderLayers : 0),
    numAttentionHeads,
    headDim: ('headDim' in model && model.headDim) || hiddenSize / numAttentionHeads,
    intermediateSize,
    sequenceLength: sequenceLength(model, training),
    batchSize: training.perDeviceTrainBatchSize,
    gradientAccumulationSteps: training.gradientAccumulationSteps,
    learningRate: training.learningRate,
    warmupSteps: training.warmupSteps,
    totalSteps: run.totalSteps,
    maxGradNorm: training.maxGradNorm || 1,
    labelSmoothing: training.labelSmoothingFactor || 0.1,
    loraR: tuning.loraR,
    loss: loss ?? Math.log(vocabSize),
  };
}
