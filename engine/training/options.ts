// What a host hands to a training run. Everything of the platform comes in through here.

import type { RunSettings } from '../config.ts';
import type { TokenSource } from '../data/batches.ts';
import type { Device } from '../device/device.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { CheckpointSink, CheckpointSource } from './checkpoint.ts';
import type { TrainingEvent } from './events.ts';

export interface TrainOptions {
  readonly device: Device;
  /** With the model's `vocabSize` equal to the tokenizer's. */
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly trainTokens: TokenSource;
  /** Null when nothing was held out. */
  readonly evalTokens: TokenSource | null;
  readonly checkpoints: CheckpointSink;
  /** The checkpoint to go on from, or null to begin. */
  readonly resume: CheckpointSource | null;
  /** Save and stop after this step; the schedule stays that of the whole run. */
  readonly stopAtStep: number | null;
  /** Aborting stops before the next step; with reason `save` the run saves first. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainingEvent) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** A checkpoint is saved at least this often. */
  readonly saveIntervalMs: number;
  /** Runs between micro-steps: serves generation requests and the like. */
  readonly between?: () => Promise<void>;
}
