// Colours of weights from 0 to 1: from the paper over a hue to the ink, each step as far from the next to the eye.
// Roots are drawn, so that small weights can be told apart. Nothing of Vue.

type Rgb = readonly [number, number, number];

/** How far along the colours a weight stands: its root. */
export function shadeOf(weight: number): number {
  return Math.sqrt(Math.max(0, Math.min(1, weight)));
}

/** 256 colours in turn, four bytes each, from three colours written as `#rrggbb`. */
export function heatRamp(low: string, middle: string, high: string): Uint8ClampedArray {
  const [a, b, c] = [low, middle, high].map(rgbOf) as [Rgb, Rgb, Rgb];
  const ramp = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const at = i / 255;
    const [from, to, share] = at < 0.7 ? [a, b, at / 0.7] : [b, c, ((at - 0.7) / 0.3) * 0.75];
    for (const channel of [0, 1, 2] as const)
      ramp[4 * i + channel] = Math.round(from[channel] + (to[channel] - from[channel]) * share);
    ramp[4 * i + 3] = 255;
  }
  return ramp;
}

/** A picture of weights: four bytes a weight. */
export function heatPixels(
  weights: ArrayLike<number>,
  ramp: Uint8ClampedArray,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * weights.length);
  for (let i = 0; i < weights.length; i++) {
    const shade = 4 * Math.round(255 * shadeOf(weights[i]!));
    pixels.set(ramp.subarray(shade, shade + 4), 4 * i);
  }
  return pixels;
}

function rgbOf(colour: string): Rgb {
  const value = Number.parseInt(colour.replace('#', ''), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
