// Perplexity from loss: the one place that turns nats per token into it.

/** exp(loss): how many equally likely tokens the model hesitates between; Infinity when it overflows. */
export function perplexity(loss: number): number {
  return Math.exp(loss);
}
