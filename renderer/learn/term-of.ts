// Which term's card belongs to a setting or to a figure.

const ofSetting: Readonly<Record<string, string>> = {
  numHiddenLayers: 'transformer',
  numDecoderLayers: 'transformer',
  hiddenSize: 'embedding',
  numAttentionHeads: 'head',
  numKeyValueHeads: 'head',
  intermediateSize: 'feed-forward',
  maxPositionEmbeddings: 'position',
  positionEmbeddingType: 'position',
  normFirst: 'norm',
  attnPdrop: 'dropout',
  embdPdrop: 'dropout',
  residPdrop: 'dropout',
  attentionDropout: 'dropout',
  hiddenDropout: 'dropout',
  dropout: 'dropout',
  tokenizer: 'token',
  tokenizerVocabSize: 'token',
  learningRate: 'learning-rate',
  warmupSteps: 'learning-rate',
  lrSchedulerType: 'learning-rate',
  optim: 'adamw',
  maxGradNorm: 'gradient',
  perDeviceTrainBatchSize: 'batch',
  gradientAccumulationSteps: 'batch',
  numTrainEpochs: 'batch',
  padding: 'padding',
  groupByLength: 'padding',
  packing: 'padding',
  labelSmoothingFactor: 'label-smoothing',
  validationFraction: 'overfitting',
  earlyStoppingPatience: 'overfitting',
  saveSteps: 'checkpoint',
  method: 'fine-tuning',
  loraR: 'lora',
  temperature: 'temperature',
  topK: 'top-p',
  topP: 'top-p',
  numBeams: 'beam-search',
};

const ofMetric: Readonly<Record<string, string>> = {
  loss: 'loss',
  perplexity: 'perplexity',
  grad_norm: 'gradient',
  learning_rate: 'learning-rate',
  accuracy: 'accuracy',
  f1: 'f1',
  bleu: 'bleu',
  bits_per_byte: 'bits-per-byte',
};

/** The term of a setting by its name, null where there is none. */
export const termOfSetting = (name: string): string | null => ofSetting[name] ?? null;

/** The term of a figure by its key such as `eval/loss`, or by its last part; null where there is none. */
export const termOfMetric = (key: string): string | null => ofMetric[key.split('/').at(-1)!] ?? null;
