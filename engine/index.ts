// The only door to the engine: what the main process and its engine host may use.

export * from './config.ts';
export { EngineError, type EngineErrorDetails } from './errors.ts';
export type { SettingProblem } from './setting-problem.ts';
export { checkSettings } from './settings-problems.ts';
export { guessColumns, type ColumnGuess, type ColumnSource } from './data/columns.ts';
export { batchShapes } from './data/batch-shapes.ts';
export { cutText } from './data/collate.ts';
export { joinIds } from './data/join-ids.ts';
export { RowNumbers } from './data/row-numbers.ts';
export { ChatPreflight, type ChatProblem } from './data/chat-preflight.ts';
export {
  chatTemplates,
  chooseChatTemplate,
  scratchChatTemplate,
  withChatTemplate,
} from './data/chat-templates.ts';
export {
  guessConversationForm,
  readConversation,
  type Conversation,
  type ConversationSource,
} from './data/conversation.ts';
export {
  ChatEncoder,
  chatTextRenderer,
  chatTokenizer,
  type ChatExample,
  type ChatPiece,
  type ChatRowResult,
  type ChatSettings,
} from './data/render-chat.ts';
export { noTrainedTokens, requireWindow, windowsPerEpoch, type TokenSource } from './data/windows.ts';
export { taskTokens } from './data/task-tokens.ts';
export { chooseDevice } from './device/choose.ts';
export { cpuDeviceName, createCpuDevice } from './device/cpu/cpu-device.ts';
export type { WorkerLike } from './device/cpu/worker-pool.ts';
export type { Device, DeviceInfo } from './device/device.ts';
export { describeAdapters, type AdapterDescription } from './device/webgpu/adapters.ts';
export { createWebgpuDevice } from './device/webgpu/webgpu-device.ts';
export type { ByteSource, TensorReader } from './formats/bytes.ts';
export { ggufContents, type GgufElementType } from './formats/gguf-export.ts';
export { openGguf, type GgufFile } from './formats/gguf-file.ts';
export { openGgufModel } from './formats/gguf-model.ts';
export type { GgufKeys } from './formats/gguf-types.ts';
export { writeGguf } from './formats/gguf-write.ts';
export { hfConfigJson, hfGenerationConfigJson, readHfConfig, type HfTokenIds } from './formats/hf-config.ts';
export type { HfForm } from './formats/hf-families.ts';
export type { WeightElementType } from './formats/hf-family.ts';
export { hfStateDict, hfTensorsToWrite } from './formats/hf-state-dict.ts';
export { hfModelConfig, hfWeights } from './formats/hf-weights.ts';
export { modelPy } from './formats/model-py.ts';
export {
  isOnnxDataBeside,
  onnxDataFile,
  openOnnx,
  openOnnxData,
  writeOnnx,
  writeOnnxData,
} from './formats/onnx-file.ts';
export { narrow } from './formats/narrow.ts';
export { peftConfigJson, readPeftConfig, type PeftConfig, type PeftDescription } from './formats/peft.ts';
export { openSafetensors, writeSafetensors } from './formats/safetensors.ts';
export { openSafetensorsIndex, openTorchIndex } from './formats/safetensors-index.ts';
export { openTorchStateDict } from './formats/torch-state-dict.ts';
export { writeTorchStateDict } from './formats/torch-pickle.ts';
export { compareTexts, type TextComparison } from './evaluation/compare-texts.ts';
export type { EvaluationFigures } from './evaluation/evaluate.ts';
export {
  scoreTexts,
  type ScoredText,
  type TextExample,
  type TextScoreOptions,
  type TextScores,
} from './evaluation/score-texts.ts';
export { textFigures } from './evaluation/task-figures.ts';
export { requireStride } from './evaluation/sliding-windows.ts';
export { textStatistics } from './evaluation/score-texts.ts';
export { textMetric, textMetricNames, type TextMetric } from './evaluation/text-metrics.ts';
export { encodePrompt } from './generation/generate.ts';
export { InferenceSession } from './inference/inference-session.ts';
export { TaskSession } from './inference/task-session.ts';
export type { AttentionKind } from './inspection/attention-sites.ts';
export {
  foretells,
  InspectionSession,
  mostInspected,
  type AttentionWeights,
  type InspectedTokens,
  type Inspection,
} from './inspection/inspection-session.ts';
export { pairedBootstrap, type BootstrapEstimate, type PairedBootstrap } from './metrics/bootstrap.ts';
export { classStatistics, macroOfSums } from './metrics/class-statistics.ts';
export { scoreClasses, type ClassScores } from './metrics/classification.ts';
export { meanOfSums, valueStatistics } from './metrics/statistics.ts';
export { loraScale } from './models/lora.ts';
export { mergedWeights, type MergeOptions } from './models/merge.ts';
export { countParameters, createModel, linearModel } from './models/model.ts';
export { peftTuning } from './models/peft-tuning.ts';
export { presets, type RunPreset } from './models/presets.ts';
export { trainableParts } from './models/weights.ts';
export { measureMatmulGflops } from './ops/matmul/measure.ts';
export { trainByteLevelBpe, type BpeTrainingProgress } from './tokenizers/bpe-trainer.ts';
export { trainCharacters } from './tokenizers/characters-trainer.ts';
export { encodeStream, streamEncoder } from './tokenizers/stream.ts';
export { loadTokenizerJson } from './tokenizers/tokenizer-json.ts';
export { tokenizerHash, type Tokenizer } from './tokenizers/tokenizer.ts';
export {
  configAt,
  TrainingControl,
  withChange,
  type SettingChange,
  type TrainingWish,
} from './training/changes.ts';
export * from './training/checkpoint.ts';
export type { StopReason, TrainingEvent, TrainingResult } from './training/events.ts';
export { fittingChanges } from './training/fitting.ts';
export type { TrainOptions } from './training/options.ts';
export { memoryNeed, planTraining, type MemoryNeed } from './training/plans.ts';
export { precisionProblems } from './training/precision.ts';
export { selfTest } from './training/self-test.ts';
export { stepWork, type StepWork } from './training/step-work.ts';
export { train } from './training/trainer.ts';
