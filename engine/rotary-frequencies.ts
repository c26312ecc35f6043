// The frequencies by which rotary positions turn, as they are and scaled for longer contexts. Source:
// transformers, modeling_rope_utils.py. Numbers only: knows no tensors and no positions.

import type { RotaryConfig } from './config.ts';

/** theta^(-2i/HS), scaled as the settings say: (HS/2) f32, in radians a position. */
export function inverseFrequencies(config: RotaryConfig): Float32Array {
  const { headDim, ropeTheta } = config;
  return Float32Array.from({ length: headDim / 2 }, (_, i) => {
    // Rounded where transformers rounds: far along a text an angle shows the last bit of its frequency.
    const power = Math.fround(ropeTheta ** Math.fround((2 * i) / headDim));
    return scaled(config, Math.fround(1 / power));
  });
}

/** What says how Llama 3 slows its frequencies. */
export type Llama3Scaling = Pick<
  RotaryConfig,
  'ropeFactor' | 'ropeLowFreqFactor' | 'ropeHighFreqFactor' | 'originalMaxPositionEmbeddings'
>;

/**
 * By what Llama 3 multiplies a frequency: s + (1 − s)/factor, from 1/factor to 1. The turns within the original
 * context decide: few are slowed, many are not, between them it is a blend.
 */
export function llama3Slowing(scaling: Llama3Scaling, frequency: number): number {
  const { ropeFactor, ropeLowFreqFactor: low, ropeHighFreqFactor: high } = scaling;
  const turns = (scaling.originalMaxPositionEmbeddings * frequency) / (2 * Math.PI);
  const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return kept + (1 - kept) / ropeFactor;
}

function scaled(config: RotaryConfig, frequency: number): number {
  const { ropeType, ropeFactor } = config;
  switch (ropeType) {
    case 'default':
      return frequency;
    case 'linear':
      return frequency / ropeFactor;
    case 'llama3':
      return frequency * llama3Slowing(config, frequency);
    default:
      return ropeType satisfies never;
  }
}
