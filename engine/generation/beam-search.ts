// Beam search over one target, with the meaning of transformers' `generate`: twice as many candidates as
// beams are looked at, those among the best that end are kept as hypotheses, the others go on.

import { isWritable, type SearchSettings, type SearchStep, type TargetSearch } from './target-search.ts';

export interface BeamSettings extends SearchSettings {
  /** At least 2; one beam is greedy search. */
  readonly numBeams: number;
  /**
   * A hypothesis scores its summed log-probability over length ** lengthPenalty: above 0 favours long
   * targets. 1 unless given.
   */
  readonly lengthPenalty?: number;
  /**
   * True stops at as many hypotheses as beams; false once the best beam, as long as it is now, would score
   * below the worst of them; 'never' once no length up to the limit could save it. False unless given.
   */
  readonly earlyStopping?: boolean | 'never';
}

interface Beam {
  readonly tokens: readonly number[];
  /** Sum of log-probabilities; -Infinity of a beam that stands for nothing. */
  readonly score: number;
}

interface Candidate {
  readonly token: number;
  readonly parent: number;
  readonly score: number;
}

export class BeamSearch implements TargetSearch {
  isDone = false;
  private readonly settings: BeamSettings;
  /** Best first. */
  private beams: readonly Beam[];
  /** Best first, at most as many as beams. */
  private hypotheses: readonly Beam[] = [];
  private length = 0;

  constructor(settings: BeamSettings) {
    this.settings = settings;
    // All beams begin alike: only the first may be gone on from, or all would stay alike.
    this.beams = Array.from({ length: settings.numBeams }, (_, i) => ({
      tokens: [],
      score: i === 0 ? 0 : -Infinity,
    }));
  }

  step(logits: Float32Array): SearchStep {
    const { numBeams, maxNewTokens, endTokenId, lengthPenalty = 1 } = this.settings;
    const candidates = this.bestCandidates(logits);
    this.length++;
    const isLast = this.length >= maxNewTokens;
    const ends = ({ token }: Candidate): boolean => isLast || token === endTokenId;

    const ended = candidates
      .slice(0, numBeams)
      .filter(ends)
      .map(({ token, parent, score }) => ({
        tokens: token === endTokenId ? this.beams[parent]!.tokens : [...this.beams[parent]!.tokens, token],
        score: score / this.length ** lengthPenalty,
      }));
    this.hypotheses = [...this.hypotheses, ...ended].toSorted((a, b) => b.score - a.score).slice(0, numBeams);

    const going = candidates.filter((candidate) => !ends(candidate)).slice(0, numBeams);
    while (going.length < numBeams) going.push({ token: endTokenId, parent: 0, score: -Infinity });
    this.beams = going.map(({ token, parent, score }) => ({
      tokens: [...this.beams[parent]!.tokens, token],
      score,
    }));
    this.isDone = isLast || !this.canImprove();
    return { tokens: going.map(({ token }) => token), parents: going.map(({ parent }) => parent) };
  }

  best(): readonly number[] {
    return (this.hypotheses[0] ?? this.beams[0]!).tokens;
  }

  private canImprove(): boolean {
    const { numBeams, maxNewTokens, lengthPenalty = 1, earlyStopping = false } = this.settings;
    const [leader] = this.beams;
    if (leader!.score === -Infinity) return false;
    if (this.hypotheses.length < numBeams) return true;
    if (earlyStopping === true) return false;
    const length = earlyStopping === 'never' && lengthPenalty > 0 ? maxNewTokens : this.length;
    return leader!.score / length ** lengthPenalty > this.hypotheses.at(-1)!.score;
  }

  /** The best ways to go on, best first: twice as many as beams, so that enough remain when some end. */
  private bestCandidates(logits: Float32Array): Candidate[] {
    const count = 2 * this.settings.numBeams;
    const vocabSize = logits.length / this.settings.numBeams;
    const candidates: Candidate[] = [];
    let lowest = -Infinity;
    this.beams.forEach((beam, parent) => {
      if (beam.score === -Infinity) return;
      const row = logits.subarray(parent * vocabSize, (parent + 1) * vocabSize);
      const base = beam.score - logSumExp(row);
      for (let token = 0; token < vocabSize; token++) {
        const score = base + row[token]!;
        if (!(score > lowest) || !isWritable(token, this.settings)) continue;
        const at = candidates.findLastIndex((other) => other.score >= score) + 1;
        candidates.splice(at, 0, { token, parent, score });
        if (candidates.length > count) candidates.pop();
        if (candidates.length === count) lowest = candidates.at(-1)!.score;
      }
    });
    return candidates;
  }
}

/** log(sum of exp(values)), without overflow. */
function logSumExp(values: Float32Array): number {
  let highest = -Infinity;
  for (const value of values) if (value > highest) highest = value;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - highest);
  return highest + Math.log(sum);
}
