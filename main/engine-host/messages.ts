// Every message between main and the engine process, both ways. What is not named here does not cross.
// Weights never do: the engine process reads and writes their files itself.

import type { GenerationConfig, RunSettings, TrainingEvent, TrainingResult } from '../../engine/index.ts';
import type { DeviceChoice, DeviceReport, Failure } from '../../preload/contract.ts';

/** The text of a dataset, as the engine process finds it. */
export interface DatasetText {
  /** Holds text.txt or rows.jsonl. */
  readonly folder: string;
  readonly kind: 'text' | 'table';
  readonly textColumn: string;
  readonly contentHash: string;
  /** In Unicode code points. */
  readonly characterCount: number;
  readonly rowCount: number;
}

export interface TrainRequest {
  readonly kind: 'train';
  readonly runFolder: string;
  readonly tokensFolder: string;
  readonly dataset: DatasetText;
  readonly settings: RunSettings;
  readonly device: DeviceChoice;
  readonly stopAtStep: number | null;
  /** Checkpoint folders to go on from, the best first; the first that is whole is used. Empty begins anew. */
  readonly resumeFrom: readonly string[];
}

export interface GenerateRequest {
  readonly kind: 'generate';
  readonly checkpoint: string;
  readonly prompt: string;
  readonly config: GenerationConfig;
  readonly device: DeviceChoice;
}

export interface EvaluateRequest {
  readonly kind: 'evaluate';
  readonly checkpoint: string;
  readonly tokensFolder: string;
  readonly dataset: DatasetText;
  readonly device: DeviceChoice;
}

export interface ExportRequest {
  readonly kind: 'export';
  readonly checkpoint: string;
  readonly format: string;
  readonly outPath: string;
}

export interface ReportRequest {
  readonly kind: 'report';
  readonly device: DeviceChoice;
}

export type EngineRequest = TrainRequest | GenerateRequest | EvaluateRequest | ExportRequest | ReportRequest;

/** What each kind of request answers. */
export interface EngineResults {
  train: TrainingResult;
  generate: { text: string; tokenCount: number };
  evaluate: { loss: number; perplexity: number; tokenCount: number };
  export: { path: string; files: string[]; sizeBytes: number };
  report: DeviceReport;
}

/** What a request says while it is carried out. */
export type EngineEvent =
  | TrainingEvent
  | { type: 'phase'; phase: 'preparing data' }
  | { type: 'device'; kind: 'cpu' | 'webgpu'; name: string }
  /** The tokenizer is known, and with it the settings as they will be trained. */
  | { type: 'prepared'; settings: RunSettings; trainTokens: number; evalTokens: number }
  /** What the engine process holds in memory, all in all; said about once a second while it trains. */
  | { type: 'memory'; step: number; epoch: number; bytes: number }
  /** A checkpoint was damaged, and the one before it is tried. */
  | { type: 'checkpoint-refused'; path: string; reason: string }
  | { type: 'text'; text: string };

export type ToEngine =
  | { type: 'request'; id: number; request: EngineRequest }
  /** `save` lets a training run save first. */
  | { type: 'cancel'; id: number; how: 'save' | 'now' };

export type FromEngine =
  | { type: 'ready' }
  /** Sent each second; `progress` grows while the device works. */
  | { type: 'heartbeat'; progress: number }
  | { type: 'event'; id: number; event: EngineEvent }
  | { type: 'done'; id: number; result: EngineResults[EngineRequest['kind']] }
  | { type: 'failed'; id: number; error: Failure };
