// What a training run tells its host, in order. The engine prints nothing and stores no records.

import type { SettingChange } from './changes.ts';

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
  /** Other kernels compute than before the checkpoint: what follows may differ in its last bits. */
  | { type: 'kernels-changed'; step: number; changes: string }
  | { type: 'eval'; step: number; epoch: number; loss: number; perplexity: number; isBest: boolean }
  | { type: 'epoch'; step: number; epoch: number; loss: number; perplexity: number }
  | { type: 'sample'; step: number; prompt: string; text: string }
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
