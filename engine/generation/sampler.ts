// Chooses the next token from logits: repetition penalty, temperature, top k, top p, then a seeded draw.
// The order and meaning are those of transformers' logits processors.

import type { GenerationConfig } from '../config.ts';
import { randomKey, uniform } from '../random.ts';

export interface Sampler {
  /** The next token for logits (V) f32 after `previous` tokens; `index` counts draws. */
  next(logits: Float32Array, previous: readonly number[], index: number): number;
}

/** A sampler with fixed settings; the same seed draws the same tokens. */
export function createSampler(config: Omit<GenerationConfig, 'maxNewTokens' | 'stopStrings'>): Sampler {
  const key = randomKey(config.seed, 'sampling', 0);
  return {
    next(logits, previous, index) {
      const scores = Float64Array.from(logits);
      penalizeRepetition(scores, previous, config.repetitionPenalty);
      if (config.temperature === 0) return argmax(scores);
      const candidates = candidatesOf(scores, config);
      return draw(candidates, uniform(key, index));
    },
  };
}

/** The index of the largest value; the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Divides positive and multiplies negative scores of tokens already written (Keskar et al. 2019). */
function penalizeRepetition(scores: Float64Array, previous: readonly number[], penalty: number): void {
  if (penalty === 1) return;
  for (const token of new Set(previous)) {
    const score = scores[token]!;
    scores[token] = score > 0 ? score / penalty : score * penalty;
  }
}

interface Candidate {
  token: number;
  probability: number;
}

/** Tokens left after top k and top p, likeliest first, with probabilities that sum to one. */
function candidatesOf(
  scores: Float64Array,
  { temperature, topK, topP }: Pick<GenerationConfig, 'temperature' | 'topK' | 'topP'>,
): Candidate[] {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const kept = topK > 0 ? order.slice(0, topK) : order;
  const highest = scores[kept[0]!]!;
  const weights = kept.map((token) => Math.exp((scores[token]! - highest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const candidates: Candidate[] = [];
  let mass = 0;
  for (const [i, token] of kept.entries()) {
    const probability = weights[i]! / total;
    candidates.push({ token, probability });
    mass += probability;
    if (mass >= topP) break;
  }
  return candidates.map(({ token, probability }) => ({ token, probability: probability / mass }));
}

function draw(candidates: readonly Candidate[], random: number): number {
  let mass = 0;
  for (const { token, probability } of candidates) {
    mass += probability;
    if (random < mass) return token;
  }
  return candidates[candidates.length - 1]!.token;
}
