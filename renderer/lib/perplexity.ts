// Perplexity from a loss, for whatever shows both. Nothing of Vue.

/** e to a loss: among how many equally likely tokens the model hesitates; null where the loss is not known. */
export function perplexityOf(loss: number | null): number | null {
  return loss === null ? null : Math.exp(loss);
}
