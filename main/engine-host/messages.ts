// Every message between main and the engine process, both ways. What is not named here does not cross.
// Weights never do: the engine process reads and writes their files itself.

import type {
  GenerationConfig,
  RunSettings,
  Conversation,
  SettingChange,
  Task,
  TrainingEvent,
  TrainingResult,
  TrainingWish,
} from '../../engine/index.ts';
import type {
  Answer,
  AttentionKind,
  CallOutput,
  DeviceChoice,
  DeviceReport,
  ElementType,
  Evaluation,
  Failure,
  InspectedText,
  MetricName,
  ScoredExample,
  SelfTest,
} from '../../preload/contract.ts';

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

export type RunBeginning =
  | { readonly kind: 'random' }
  /** The model in this folder: a checkpoint's files or Hugging Face ones. */
  | { readonly kind: 'weights'; readonly folder: string }
  /** A fork begins with a checkpoint and with nothing else. */
  | { readonly kind: 'checkpoint' };

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
  /** What a run begins with that has no checkpoint yet. */
  readonly start: RunBeginning;
  /** What the record says was changed while the run ran. */
  readonly changes: readonly SettingChange[];
}

export interface GenerateRequest {
  readonly kind: 'generate';
  readonly checkpoint: string;
  readonly prompt: string;
  /** What was said before, for a model that was tuned on conversations. */
  readonly messages: Conversation;
  readonly config: GenerationConfig;
  readonly device: DeviceChoice;
}

export interface EvaluateRequest {
  readonly kind: 'evaluate';
  readonly checkpoint: string;
  readonly tokensFolder: string;
  readonly dataset: DatasetText;
  readonly part: 'held-out' | 'all';
  /** Columns other than those of the checkpoint's settings; empty for these. */
  readonly inputColumn: string;
  readonly targetColumn: string;
  /** All that fit the task where empty. */
  readonly metrics: readonly MetricName[];
  readonly maxExamples: number;
  readonly numBeams: number;
  readonly maxNewTokens: number | null;
  readonly bleuTokenizer: '13a' | 'char' | 'none' | 'intl';
  /** Tokens from one window to the next; the window's length where null. */
  readonly stride: number | null;
  readonly topK: number;
  readonly device: DeviceChoice;
}

/** What an evaluation measured; see the contract's evaluation of the same words. */
export interface EvaluateResult extends Pick<
  Evaluation,
  | 'task'
  | 'metrics'
  | 'tokenCount'
  | 'exampleCount'
  | 'byteCount'
  | 'topK'
  | 'length'
  | 'stride'
  | 'signatures'
  | 'confusion'
> {
  /** In the order of the data; empty for text. */
  readonly examples: readonly ScoredExample[];
}

/** Asks what a model makes of texts: translations, classes, hidden tokens filled in. */
export interface AnswerRequest {
  readonly kind: 'answer';
  readonly checkpoint: string;
  readonly texts: readonly string[];
  readonly numBeams: number;
  readonly maxNewTokens: number | null;
  readonly device: DeviceChoice;
}

/** What is looked into: a text, and for a model that writes another one what it shall have written. */
interface Looked {
  readonly checkpoint: string;
  readonly text: string;
  /** Null for what the model itself writes. */
  readonly target: string | null;
  readonly device: DeviceChoice;
}

export interface InspectRequest extends Looked {
  readonly kind: 'inspect';
}

/** Asks for the attention weights of one head. */
export interface InspectHeadRequest extends Looked {
  readonly kind: 'inspect-head';
  readonly attention: AttentionKind;
  readonly layer: number;
  readonly head: number;
}

/** Asks for small pictures of all heads of a layer. */
export interface InspectHeadsRequest extends Looked {
  readonly kind: 'inspect-heads';
  readonly attention: AttentionKind;
  readonly layer: number;
}

export interface ExportRequest {
  readonly kind: 'export';
  readonly checkpoint: string;
  readonly format: string;
  readonly elementType: ElementType;
  readonly outPath: string;
  /** What the checkpoint's run is trained on; null for a model that belongs to no run. */
  readonly tokens: { readonly tokensFolder: string; readonly dataset: DatasetText } | null;
}

/** Asks in which forms a model can be exported. */
export interface ExportFormsRequest {
  readonly kind: 'export-forms';
  readonly checkpoint: string;
  /** Whether the data that the checkpoint's run is trained on is there. */
  readonly hasTokens: boolean;
}

export interface ReportRequest {
  readonly kind: 'report';
  readonly device: DeviceChoice;
}

/** Computes what is known on the device, to see whether it computes rightly. */
export interface SelfTestRequest {
  readonly kind: 'self-test';
  readonly device: DeviceChoice;
}

export type EngineRequest =
  | TrainRequest
  | GenerateRequest
  | EvaluateRequest
  | AnswerRequest
  | InspectRequest
  | InspectHeadRequest
  | InspectHeadsRequest
  | ExportRequest
  | ExportFormsRequest
  | ReportRequest
  | SelfTestRequest;

/** What each kind of request answers. */
export interface EngineResults {
  train: TrainingResult;
  generate: { text: string; tokenCount: number; leftOutCount: number };
  evaluate: EvaluateResult;
  answer: { task: Task; answers: Answer[] };
  inspect: Omit<InspectedText, 'checkpoint'>;
  'inspect-head': CallOutput<'inspection.attention'>;
  'inspect-heads': CallOutput<'inspection.heads'>;
  'export-forms': CallOutput<'export.forms'>;
  export: { path: string; files: string[]; sizeBytes: number; verifiedTensorCount: number };
  report: DeviceReport;
  'self-test': SelfTest[];
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
  /** Characters of the dataset that the tokenizer of the weights does not know: they become its unknown token. */
  | { type: 'unknown-characters'; characters: readonly string[] }
  /** A checkpoint was damaged, and the one before it is tried. */
  | { type: 'checkpoint-refused'; path: string; reason: string }
  | { type: 'text'; text: string }
  /** Share of a long request that is done, from 0 to 1. */
  | { type: 'progress'; value: number };

export type ToEngine =
  | { type: 'request'; id: number; request: EngineRequest }
  /** `save` lets a training run save first. */
  | { type: 'cancel'; id: number; how: 'save' | 'now' }
  /** Asks something of a run that trains; taken between two steps. */
  | { type: 'control'; id: number; wish: TrainingWish };

export type FromEngine =
  | { type: 'ready' }
  /** Sent each second; `progress` grows while the device works. */
  | { type: 'heartbeat'; progress: number }
  | { type: 'event'; id: number; event: EngineEvent }
  | { type: 'done'; id: number; result: EngineResults[EngineRequest['kind']] }
  | { type: 'failed'; id: number; error: Failure };
