// Smooths noisy curves for display. Must not be applied to evaluation points, which are few and exact.

/** How strongly curves are smoothed unless told otherwise. */
export const defaultSmoothing = 0.6;

/**
 * Exponential moving average without the pull towards zero at the start:
 * `m_i = s·m_(i−1) + (1−s)·x_i`, `y_i = m_i / (1 − s^(i+1))`. Values that are not finite are left out of the
 * average and stay gaps (NaN). `values` and the answer are [n], float64; `smoothing` s is in [0, 1).
 * Source: TensorBoard's and Adam's bias correction (Kingma and Ba 2014, section 3).
 */
export function smoothed(values: readonly number[], smoothing = defaultSmoothing): number[] {
  let average = 0;
  let weight = 1;
  return values.map((value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    average = smoothing * average + (1 - smoothing) * value;
    weight *= smoothing;
    return average / (1 - weight);
  });
}
