// Paired bootstrap resampling (Koehn 2004) as sacreBLEU's --paired-bs: whether two systems differ by more than
// the choice of examples explains. Works on statistics, so no text is read again; must not know which metric.

import { EngineError } from '../errors.ts';
import { philox, randomKey } from '../random.ts';
import { requireExamples } from './references.ts';
import { sumStatistics, type Statistics } from './statistics.ts';

export interface BootstrapOptions {
  /** Times that the examples are drawn again; 1000 unless given. */
  readonly samples?: number | undefined;
  /** 12345 unless given, as in sacreBLEU; the numbers drawn are our own. */
  readonly seed?: number | undefined;
  /** Fills in the examples of a sample; drawn by `seed` unless given. */
  readonly draw?: ((sample: number, drawn: Uint32Array) => void) | undefined;
}

export interface BootstrapEstimate {
  /** On the examples as they are. */
  readonly score: number;
  /** Mean over samples. */
  readonly mean: number;
  /** Half the width of the 95 % interval: what sacreBLEU prints behind ±. */
  readonly halfWidth: number;
  /** The interval's ends. */
  readonly low: number;
  readonly high: number;
}

export interface PairedBootstrap {
  readonly baseline: BootstrapEstimate;
  readonly system: BootstrapEstimate;
  /**
   * How likely a difference as large is if the two are equally good. Where no sample differs at all it is
   * `1 / (1 + samples)`, as in sacreBLEU: look at the scores before calling that a difference.
   */
  readonly pValue: number;
  readonly samples: number;
  readonly seed: number;
}

/**
 * Compares two systems on the same examples, in the same order. With d the differences |system - baseline| of the
 * samples, `pValue = (1 + count(d - mean(d) > |difference of the scores|)) / (1 + samples)`.
 * Throws `no-examples` and `unequal-lengths`.
 */
export function pairedBootstrap(
  baseline: readonly Statistics[],
  system: readonly Statistics[],
  scoreOf: (sums: Statistics) => number,
  options: BootstrapOptions = {},
): PairedBootstrap {
  requireExamples(baseline);
  if (baseline.length !== system.length)
    throw new EngineError(
      'unequal-lengths',
      `One system has ${baseline.length} examples, the other ${system.length}; they must be the same ones.`,
      { hint: 'Evaluate both on the same data.' },
    );
  const { samples = 1000, seed = 12345 } = options;
  const draw = options.draw ?? drawBySeed(seed);
  const baselineScores = new Float64Array(samples);
  const systemScores = new Float64Array(samples);
  const drawn = new Uint32Array(baseline.length);
  const [baselineFlat, systemFlat] = [baseline, system].map((examples) => Float64Array.from(examples.flat()));
  for (let sample = 0; sample < samples; sample++) {
    draw(sample, drawn);
    baselineScores[sample] = scoreOf(sumOfDrawn(baselineFlat!, drawn));
    systemScores[sample] = scoreOf(sumOfDrawn(systemFlat!, drawn));
  }
  const baselineEstimate = estimate(scoreOf(sumStatistics(baseline)), baselineScores);
  const systemEstimate = estimate(scoreOf(sumStatistics(system)), systemScores);
  const differences = systemScores.map((score, sample) => Math.abs(score - baselineScores[sample]!));
  const shift = mean(differences);
  const difference = Math.abs(systemEstimate.score - baselineEstimate.score);
  const larger = differences.filter((one) => one - shift > difference).length;
  return {
    baseline: baselineEstimate,
    system: systemEstimate,
    pValue: (larger + 1) / (samples + 1),
    samples,
    seed,
  };
}

/** With replacement, every example as likely; a sample does not depend on those before it. */
function drawBySeed(seed: number): (sample: number, drawn: Uint32Array) => void {
  return (sample, drawn) => {
    const key = randomKey(seed, 'resampling', sample);
    // Four numbers at a time: making them is most of the work.
    for (let first = 0; first < drawn.length; first += 4) {
      const words = philox([first / 4, 0, 0, 0], key);
      for (let i = 0; i < 4 && first + i < drawn.length; i++)
        drawn[first + i] = Math.floor((words[i]! / 2 ** 32) * drawn.length);
    }
  };
}

/** Sums over the examples drawn, of statistics that lie one after the other. */
function sumOfDrawn(statistics: Float64Array, drawn: Uint32Array): number[] {
  const width = statistics.length / drawn.length;
  const sums = Array.from<number>({ length: width }).fill(0);
  for (const index of drawn) for (let i = 0; i < width; i++) sums[i]! += statistics[index * width + i]!;
  return sums;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The interval leaves out a fortieth of the samples at each end. */
function estimate(score: number, scores: Float64Array): BootstrapEstimate {
  const sorted = scores.toSorted();
  const left = Math.floor(sorted.length / 40);
  const low = sorted[left]!;
  const high = sorted[sorted.length - left - 1]!;
  return { score, mean: mean(scores), halfWidth: (high - low) / 2, low, high };
}
