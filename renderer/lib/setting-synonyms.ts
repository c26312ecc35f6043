// What other programs call a setting, for tooltips: who knows a word of PyTorch or GPT-2 finds it here.

/** By Heddle's own name, which is Hugging Face's. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  hiddenSize: ['d_model', 'n_embd'],
  numAttentionHeads: ['nhead', 'n_head'],
  intermediateSize: ['dim_feedforward', 'd_ff', 'n_inner'],
  numHiddenLayers: ['num_encoder_layers', 'n_layer'],
  numDecoderLayers: ['num_decoder_layers'],
  numKeyValueHeads: ['num_key_value_heads', 'kv heads'],
  headDim: ['d_kv', 'head_dim'],
  hiddenAct: ['activation'],
  normFirst: ['norm_first'],
  layerNormEpsilon: ['layer_norm_eps'],
  maxPositionEmbeddings: ['n_positions', 'block_size'],
  learningRate: ['lr'],
  numTrainEpochs: ['epochs'],
  maxSteps: ['max_iters'],
  perDeviceTrainBatchSize: ['batch_size'],
  gradientAccumulationSteps: ['grad_accum'],
  maxGradNorm: ['grad_clip', 'clip_grad_norm'],
  labelSmoothingFactor: ['label_smoothing'],
  maxLength: ['max_seq_length'],
  mlmProbability: ['mlm_probability'],
  loraR: ['r'],
  loraAlpha: ['lora_alpha'],
  loraDropout: ['lora_dropout'],
  loraTargetModules: ['target_modules'],
  numBeams: ['num_beams', 'beam_size'],
};

/** The real name of a setting with the names it has elsewhere: `hiddenSize (d_model, n_embd)`. */
export function settingNames(name: string): string {
  const others = synonyms[name] ?? [];
  return others.length === 0 ? name : `${name} (${others.join(', ')})`;
}
