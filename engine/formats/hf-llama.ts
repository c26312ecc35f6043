// The Llama form in Hugging Face files, SmolLM2's among them: no biases, heads that divide the width.
// Source: transformers, models/llama.

import type { LlamaConfig } from '../config.ts';
import { refuseHf, type HfFamily } from './hf-family.ts';
import type { RopeSetting } from './hf-rope.ts';
import { rotaryFamily } from './hf-rotary.ts';

export const llamaFamily: HfFamily<LlamaConfig, RopeSetting> = {
  ...rotaryFamily,
  architecture: 'LlamaForCausalLM',
  fixed: { attention_bias: false, mlp_bias: false },
  checkJson: () => {},
  checkConfig,
};

function checkConfig({ hiddenSize, numAttentionHeads }: LlamaConfig): void {
  if (hiddenSize % numAttentionHeads !== 0) {
    refuseHf(
      'hf-heads-do-not-divide',
      `hiddenSize ${hiddenSize} is not a multiple of numAttentionHeads ${numAttentionHeads}; transformers refuses that.`,
      'Export as a PyTorch state dict, or train with a width that the heads divide.',
    );
  }
}
