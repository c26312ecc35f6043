// Sinusoidal positions (Vaswani et al. 2017): numbers only, in the two layouts that models are trained with.

/** Sine and cosine of a frequency side by side, or all sines before all cosines. */
export type SinusoidalLayout = 'interleaved' | 'halves';

/**
 * table[p, f] for feature pair i of C/2: sin and cos of p / 10000^(2i/C). (positions, C) f32.
 * Interleaved as in PyTorch's tutorial of nn.Transformer, in halves as transformers' MarianMTModel has them.
 */
export function sinusoidalTable(positions: number, size: number, layout: SinusoidalLayout): Float32Array {
  const table = new Float32Array(positions * size);
  const sines = Math.ceil(size / 2);
  for (let feature = 0; feature < size; feature++) {
    const pair = Math.floor(feature / 2);
    const isSine = feature % 2 === 0;
    const frequency = 10_000 ** ((-2 * pair) / size);
    const column = layout === 'interleaved' ? feature : isSine ? pair : sines + pair;
    for (let position = 0; position < positions; position++) {
      const angle = position * frequency;
      table[position * size + column] = isSine ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}
