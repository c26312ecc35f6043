// Named settings to begin with. Each is the few values that differ from the defaults of config.ts.
// shakespeare-char-small, shakespeare-char and gpt2-124m are nanoGPT's: its README's command for a CPU,
// config/train_shakespeare_char.py, config/train_gpt2.py. tinystories-15m has the parameters of llama2.c's
// stories15M with a quarter of its vocabulary, so that more of them are in the layers. nn-transformer is PyTorch's
// nn.Transformer with the arguments it has when none are given, trained by torch.optim.Adam likewise.

import {
  bertFields,
  dataFields,
  defaultsOf,
  gpt2Fields,
  llamaFields,
  settingsSchemaVersion,
  trainingFields,
  transformerFields,
  tuningFields,
  type BertConfig,
  type DataConfig,
  type Gpt2Config,
  type LlamaConfig,
  type ModelConfig,
  type RunSettings,
  type Task,
  type TrainingConfig,
  type TransformerConfig,
} from '../config.ts';

export interface RunPreset {
  readonly name: string;
  readonly label: string;
  /** What it is and how long it takes, in plain words. */
  readonly help: string;
  readonly settings: RunSettings;
}

/** Adam's second beta in nanoGPT's GPT-2; the default of config.ts suits small batches. */
const gpt2Beta2 = 0.95;

/** Small encoders trained from nothing stand a higher rate than BERT's own 1e-4. */
const bertSmallTraining: Partial<TrainingConfig> = {
  perDeviceTrainBatchSize: 32,
  adamBeta2: 0.999,
  weightDecay: 0.01,
  lrSchedulerType: 'linear',
};
const bertSmallData: Partial<DataConfig> = { tokenizer: 'byte-level-bpe', tokenizerVocabSize: 4_096 };

export const presets: readonly RunPreset[] = [
  preset(
    'stories',
    'Sample stories',
    'A small GPT that learns the sample stories letter by letter in about a minute on two cores.',
    gpt2({ hiddenSize: 96, numHiddenLayers: 3, intermediateSize: 384 }),
    { maxSteps: 1_500, learningRate: 3e-3, minLearningRate: 3e-4 },
  ),
  preset(
    'shakespeare-char-small',
    'Shakespeare, small',
    'nanoGPT’s character model for a CPU: 4 layers, 128 wide, 64 characters of context, 2,000 steps.',
    gpt2({}),
    // nanoGPT's own 1e-3 ends at 1.91 on all held-out text after as many steps, this at 1.82.
    { maxSteps: 2_000, learningRate: 2e-3, minLearningRate: 1e-4 },
  ),
  preset(
    'shakespeare-char',
    'Shakespeare',
    'nanoGPT’s character model for a GPU: 6 layers, 384 wide, 256 characters of context, 5,000 steps.',
    gpt2({
      hiddenSize: 384,
      numHiddenLayers: 6,
      numAttentionHeads: 6,
      intermediateSize: 1_536,
      maxPositionEmbeddings: 256,
      embdPdrop: 0.2,
      residPdrop: 0.2,
      attnPdrop: 0.2,
    }),
    { maxSteps: 5_000, perDeviceTrainBatchSize: 64, minLearningRate: 1e-4, evalBatches: 200 },
  ),
  preset(
    'tinystories-15m',
    'Tiny stories, 15M',
    'A Llama of 15 million parameters for short stories: 6 layers, 384 wide, its own vocabulary of 8,192 pieces.',
    llama({
      vocabSize: 8_192,
      hiddenSize: 384,
      numHiddenLayers: 6,
      numAttentionHeads: 6,
      numKeyValueHeads: 6,
      headDim: 64,
      intermediateSize: 1_152,
      maxPositionEmbeddings: 512,
    }),
    {
      maxSteps: 10_000,
      perDeviceTrainBatchSize: 8,
      gradientAccumulationSteps: 4,
      learningRate: 5e-4,
      warmupSteps: 1_000,
      adamBeta2: gpt2Beta2,
    },
    { tokenizer: 'byte-level-bpe', tokenizerVocabSize: 8_192 },
  ),
  preset(
    'gpt2-124m',
    'GPT-2, 124M',
    'The smallest GPT-2: 12 layers, 768 wide, 1,024 tokens of context. From scratch it takes a large GPU days.',
    gpt2({
      vocabSize: 50_257,
      hiddenSize: 768,
      numHiddenLayers: 12,
      numAttentionHeads: 12,
      intermediateSize: 3_072,
      maxPositionEmbeddings: 1_024,
      useBias: true,
    }),
    {
      maxSteps: 600_000,
      perDeviceTrainBatchSize: 12,
      gradientAccumulationSteps: 40,
      learningRate: 6e-4,
      minLearningRate: 6e-5,
      warmupSteps: 2_000,
      adamBeta2: gpt2Beta2,
      evalSteps: 1_000,
      evalBatches: 200,
    },
    { tokenizer: 'byte-level-bpe', tokenizerVocabSize: 50_257, validationFraction: 0.0005 },
  ),
  preset(
    'nn-transformer',
    'Transformer',
    'PyTorch’s nn.Transformer as it comes, for translation: 6 and 6 layers, 512 wide, norms after each part. For a GPU.',
    transformer({
      hiddenSize: 512,
      numHiddenLayers: 6,
      numDecoderLayers: 6,
      numAttentionHeads: 8,
      intermediateSize: 2_048,
      shareEncoderDecoderEmbeddings: false,
      tieWordEmbeddings: false,
    }),
    // PyTorch's Adam with its own betas at a constant rate, ten passes in batches of 32.
    {
      numTrainEpochs: 10,
      perDeviceTrainBatchSize: 32,
      learningRate: 1e-3,
      lrSchedulerType: 'constant',
      warmupSteps: 0,
      optim: 'adam',
      adamBeta2: 0.999,
      weightDecay: 0,
      maxGradNorm: 0,
    },
    { tokenizer: 'byte-level-bpe', tokenizerVocabSize: 10_000 },
    'translate',
  ),
  preset(
    'nn-transformer-small',
    'Transformer, small',
    'For a CPU: 2 and 2 layers, 128 wide, norms before each part; one table of tokens for all. Two minutes or less.',
    transformer({
      vocabSize: 4_096,
      hiddenSize: 128,
      numHiddenLayers: 2,
      numDecoderLayers: 2,
      numAttentionHeads: 4,
      intermediateSize: 512,
      maxPositionEmbeddings: 64,
      normFirst: true,
      // Two passes over a small table do not learn it by heart.
      dropout: 0,
      attentionDropout: 0,
      activationDropout: 0,
    }),
    {
      maxSteps: 900,
      perDeviceTrainBatchSize: 32,
      learningRate: 3e-3,
      optim: 'adam',
      adamBeta2: 0.999,
      weightDecay: 0,
      evalSteps: 300,
    },
    { tokenizer: 'byte-level-bpe', tokenizerVocabSize: 4_096 },
    'translate',
  ),
  preset(
    'bert-small',
    'BERT, small',
    'An encoder of a million parameters that names the class of a text, for a CPU: 2 layers, 128 wide, 1,400 steps.',
    bertSmall({ numLabels: 2, numHiddenLayers: 2, maxPositionEmbeddings: 64 }),
    { ...bertSmallTraining, maxSteps: 1_400, learningRate: 1e-3, evalSteps: 200 },
    bertSmallData,
    'classify',
  ),
  preset(
    'bert-small-mask',
    'BERT, small, hidden words',
    'An encoder of 1.4 million parameters that learns to fill in hidden tokens, for a CPU: 4 layers, 10,000 steps.',
    bertSmall({}),
    { ...bertSmallTraining, maxSteps: 10_000, learningRate: 1e-3, warmupSteps: 500 },
    bertSmallData,
    'mask',
  ),
];

function gpt2(changes: Partial<Gpt2Config>): ModelConfig {
  return { modelType: 'gpt2', ...defaultsOf(gpt2Fields), ...changes };
}

function llama(changes: Partial<LlamaConfig>): ModelConfig {
  return { modelType: 'llama', ...defaultsOf(llamaFields), ...changes };
}

/** The spread of the weights is that of nn.Transformer's attention, Xavier's of (3 C, C). */
function transformer(changes: Partial<TransformerConfig> & { hiddenSize: number }): ModelConfig {
  return {
    modelType: 'transformer',
    ...defaultsOf(transformerFields),
    vocabSize: 10_000,
    maxPositionEmbeddings: 100,
    initializerRange: Math.sqrt(1 / (2 * changes.hiddenSize)),
    ...changes,
  };
}

function bertSmall(changes: Partial<BertConfig>): ModelConfig {
  return {
    modelType: 'bert',
    ...defaultsOf(bertFields),
    vocabSize: 4_096,
    maxPositionEmbeddings: 128,
    ...changes,
  };
}

function preset(
  name: string,
  label: string,
  help: string,
  model: ModelConfig,
  training: Partial<TrainingConfig>,
  data: Partial<DataConfig> = {},
  task: Task = 'text',
): RunPreset {
  const settings: RunSettings = {
    schemaVersion: settingsSchemaVersion,
    task,
    preset: name,
    model,
    training: { ...defaultsOf(trainingFields), ...training },
    data: { ...defaultsOf(dataFields), ...data },
    tuning: defaultsOf(tuningFields),
    labels: [],
  };
  return { name, label, help, settings };
}
