// What a checkpoint holds and the interfaces through which the host keeps it. Files, in this order:
// model.safetensors, optimizer.safetensors, state.json, settings.json, tokenizer.json, and last of all the
// manifest with every file's size and hash, which the host writes: a folder without it does not exist.

import { EngineError } from '../errors.ts';
import type { KernelTable } from '../device/kernel-table.ts';
import type { ByteSource } from '../formats/bytes.ts';
import type { SettingChange } from './changes.ts';
import type { LossScaling } from './loss-scale.ts';

/** One checkpoint being written; nothing is visible until `commit` resolves. */
export interface CheckpointWriter {
  writeFile(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** Syncs, writes the manifest, renames into place; gives the path and size. */
  commit(): Promise<{ path: string; sizeBytes: number }>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Where a run's checkpoints are kept. */
export interface CheckpointSink {
  /** `sizeBytes`: what the engine will write. Throws `disk-full`, having written nothing, without room for it. */
  begin(step: number, sizeBytes?: number): Promise<CheckpointWriter>;
}

/** One checkpoint being read; the host has checked the manifest and every hash before it hands this out. */
export interface CheckpointSource {
  readonly path: string;
  open(name: string): Promise<ByteSource>;
}

/** What a run must remember beside weights and moments to go on as if it had never stopped. */
export interface TrainingState {
  readonly schemaVersion: 1;
  readonly step: number;
  readonly tokensSeen: number;
  /** Windows or examples; not there in checkpoints of text from before they were counted. */
  readonly sequencesSeen?: number;
  readonly elapsedMs: number;
  readonly lastLoss: number | null;
  readonly evalLoss: number | null;
  readonly bestEvalLoss: number | null;
  /** The figure that chose the best step, where it is not the loss. */
  readonly bestFigure?: number | null;
  readonly bestStep: number | null;
  readonly evaluationsWithoutImprovement: number;
  /** Loss sum and step count of the epoch in progress, for the line that ends it. */
  readonly epochLossSum: number;
  readonly epochLossCount: number;
  /** Of runs whose activations are f16, or were: a run that goes on without them keeps what was skipped. */
  readonly lossScaling?: LossScaling;
  /** Changes that were made so far, in order. */
  readonly changes: readonly SettingChange[];
  /** The device whose bits these are; another one continues within tolerance, not bit for bit. */
  readonly deviceName: string;
  /** The kernels that computed it; null where they were not kept. */
  readonly kernels: KernelTable | null;
}

/** Reads `state.json`; refuses one that a newer Heddle wrote or that is no state at all. */
export async function readTrainingState(source: CheckpointSource): Promise<TrainingState> {
  const file = await source.open('state.json');
  const text = new TextDecoder().decode(await file.read(0, file.sizeBytes));
  const state = JSON.parse(text) as Omit<TrainingState, 'changes' | 'kernels'> & Partial<TrainingState>;
  if (state.schemaVersion !== 1 || !Number.isSafeInteger(state.step)) {
    throw new EngineError(
      'checkpoint-unreadable',
      `state.json in ${source.path} is not one this Heddle reads.`,
      {
        hint: 'Open it with the Heddle that wrote it, or resume from another checkpoint.',
      },
    );
  }
  // Checkpoints from before changes were kept have seen none.
  return { ...state, changes: state.changes ?? [], kernels: state.kernels ?? null };
}
