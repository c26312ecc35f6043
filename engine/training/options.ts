// What a host hands to a training run. Everything of the platform comes in through here.

import type { RunSettings } from '../config.ts';
import type { TokenSource } from '../data/windows.ts';
import type { Device } from '../device/device.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { TensorReader } from '../formats/bytes.ts';
import type { CheckpointSink, CheckpointSource } from './checkpoint.ts';
import type { SettingChange, TrainingControl } from './changes.ts';
import type { TrainingEvent } from './events.ts';

export interface TrainOptions {
  readonly device: Device;
  /** With a model whose `vocabSize` is the tokenizer's or, where weights have room to spare, more. */
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly trainTokens: TokenSource;
  /** Null when nothing was held out. */
  readonly evalTokens: TokenSource | null;
  readonly checkpoints: CheckpointSink;
  /** The checkpoint to go on from, or null to begin. */
  readonly resume: CheckpointSource | null;
  /** What a run begins with in place of random weights; of no use when it goes on from a checkpoint. */
  readonly initialWeights?: TensorReader | null;
  /** Save and stop after this step; the schedule stays that of the whole run. */
  readonly stopAtStep: number | null;
  /** What the host wrote down of changes; those after the checkpoint are made again at their steps. */
  readonly changes?: readonly SettingChange[];
  /** What is asked of the run while it trains. */
  readonly control?: TrainingControl;
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
