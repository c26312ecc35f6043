// What a training run tells its host, in order. The engine prints nothing and stores no records.

import type { EvaluationMetric } from '../tasks.ts';
import type { SettingChange } from './changes.ts';

/** What a model wrote for people to read. */
export interface TrainingSample {
  readonly prompt: string;
  readonly text: string;
  /** Held-out examples with what the model makes of them, for tasks that have examples. */
  readonly examples?: readonly SampledExample[];
}

export interface SampledExample {
  readonly input: string;
  readonly target: string;
  readonly output: string;
}

/** One event of a run; `epoch` is a fraction of passes over the training data. */
export type TrainingEvent =
  | { type: 'phase'; phase: 'compiling' | 'training' | 'evaluating' | 'sampling' | 'saving' }
  | {
      type: 'start';
      parameterCount: number;
      memoryBytes: number;
      totalSteps: number;
      totalEpochs: number;
      step: number;
    }
  /** Every step after `step` uses another value; said again of past changes by a run that goes on. */
  | ({ type: 'change' } & SettingChange)
  | {
      type: 'step';
      step: number;
      epoch: number;
      loss: number;
      gradNorm: number;
      learningRate: number;
      tokensPerSecond: number;
      etaMs: number;
    }
  /** A step whose gradient was too large for f16: it changed nothing, and the loss is scaled less from here on. */
  | { type: 'step-skipped'; step: number; lossScale: number }
  /** Other kernels compute than before the checkpoint: what follows may differ in its last bits. */
  | { type: 'kernels-changed'; step: number; changes: string }
  | {
      type: 'eval';
      step: number;
      epoch: number;
      loss: number;
      perplexity: number;
      /** The figures of the task; each has the key `eval/<name>`. */
      metrics: Readonly<Partial<Record<EvaluationMetric, number>>>;
      isBest: boolean;
    }
  | { type: 'epoch'; step: number; epoch: number; loss: number; perplexity: number }
  | ({ type: 'sample'; step: number } & TrainingSample)
  | {
      type: 'checkpoint';
      step: number;
      path: string;
      sizeBytes: number;
      evalLoss: number | null;
      isBest: boolean;
    };

/** Why a run ended without an error. */
export type StopReason = 'finished' | 'stopped-early' | 'stop-at-step' | 'aborted';

export interface TrainingResult {
  readonly reason: StopReason;
  readonly step: number;
  readonly loss: number | null;
  readonly evalLoss: number | null;
  readonly bestEvalLoss: number | null;
  readonly bestStep: number | null;
}
