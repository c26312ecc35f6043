// Greedy search: one beam that always takes the likeliest token.

import { isWritable, type SearchSettings, type SearchStep, type TargetSearch } from './target-search.ts';

export class GreedySearch implements TargetSearch {
  isDone = false;
  private readonly settings: SearchSettings;
  private readonly tokens: number[] = [];

  constructor(settings: SearchSettings) {
    this.settings = settings;
  }

  step(logits: Float32Array): SearchStep {
    const { endTokenId, maxNewTokens } = this.settings;
    let token = endTokenId;
    let highest = -Infinity;
    for (let candidate = 0; candidate < logits.length; candidate++) {
      const value = logits[candidate]!;
      if (value > highest && isWritable(candidate, this.settings)) {
        token = candidate;
        highest = value;
      }
    }
    if (token !== endTokenId) this.tokens.push(token);
    this.isDone = token === endTokenId || this.tokens.length >= maxNewTokens;
    return { tokens: [token], parents: [0] };
  }

  best(): readonly number[] {
    return this.tokens;
  }
}
