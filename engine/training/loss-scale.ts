// Dynamic loss scaling, as torch.amp.GradScaler does it: gradients that are stored as f16 are computed from a loss
// times a factor, so that small ones do not vanish. Too large a factor makes them infinite: that step changes
// nothing, and the factor is halved. Pure; who multiplies and divides is the graph (scalars.ts).

/** What a run remembers of its loss scale. */
export interface LossScaling {
  /** A power of two, so that scaling rounds nothing. */
  readonly scale: number;
  /** Steps since the scale was changed. */
  readonly goodSteps: number;
  /** Steps of the whole run that changed nothing: the optimizer has not counted them. */
  readonly skippedSteps: number;
}

/** Steps without an infinite gradient after which a larger scale is tried. */
const growthInterval = 2_000;
const largestScale = 2 ** 24;

export const initialLossScaling: LossScaling = { scale: 2 ** 16, goodSteps: 0, skippedSteps: 0 };

/** After a step whose gradient was finite. */
export function afterGoodStep({ scale, goodSteps, skippedSteps }: LossScaling): LossScaling {
  if (goodSteps + 1 < growthInterval) return { scale, goodSteps: goodSteps + 1, skippedSteps };
  return { scale: Math.min(2 * scale, largestScale), goodSteps: 0, skippedSteps };
}

/** After a step that changed nothing; null where the scale is as small as it may be, and so not to blame. */
export function afterSkippedStep({ scale, skippedSteps }: LossScaling): LossScaling | null {
  return scale <= 1 ? null : { scale: scale / 2, goodSteps: 0, skippedSteps: skippedSteps + 1 };
}
