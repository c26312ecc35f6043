// The activation functions that kernels know, by Hugging Face's names: their numbers and their WGSL.
// The CPU twin is engine/device/cpu/kernels/activation.ts. Not an operation of its own: matmul epilogues and
// gated-activation apply these where the values are in registers anyway.

import type { HiddenAct } from '../../config.ts';

/** What a layer may apply: what users choose from, and what stands fixed in a model's form. */
export type Activation = HiddenAct | 'tanh';

/** The number of each activation in kernel constants; 0 is the identity. */
export const activationKinds: Readonly<Record<Activation | 'none', number>> = {
  none: 0,
  gelu: 1,
  gelu_new: 2,
  relu: 3,
  silu: 4,
  tanh: 5,
};

/**
 * WGSL text with `activate(kind: u32, x: f32) -> f32` and `activateGradient(kind: u32, x: f32) -> f32`.
 * gelu: x Phi(x). gelu_new: x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3), which is GPT-2's tanh form.
 * silu: x sigmoid(x). tanh: 1 - 2 / (1 + e^2x). Arguments of exp are clamped.
 */
export const activationWgsl = /* wgsl */ `
fn safeExp(x: f32) -> f32 {
  return exp(clamp(x, -87.0, 88.0));
}

// Odd rational approximation, error under 6 units in the last place; WGSL has no erf.
fn erf(x: f32) -> f32 {
  let c = clamp(x, -3.925, 3.925);
  let z = c * c;
  let p = ((((2.0460216e-6 * z + 2.8484507e-4) * z + 3.772605e-3) * z + 0.052769467) * z + 0.190595) * z
    + 1.1283791;
  let q = ((((3.8047794e-5 * z + 1.163872e-3) * z + 0.014983308) * z + 0.11418324) * z + 0.50224316) * z + 1.0;
  return clamp(c * p / q, -1.0, 1.0);
}

fn activate(kind: u32, x: f32) -> f32 {
  switch kind {
    case 1u: { return 0.5 * x * (1.0 + erf(x * 0.70710678)); }
    case 2u: { return x / (1.0 + safeExp(x * (-1.5957691 - 0.071354816 * x * x))); }
    case 3u: { return max(x, 0.0); }
    case 4u: { return x / (1.0 + safeExp(-x)); }
    case 5u: { return 1.0 - 2.0 / (1.0 + safeExp(2.0 * x)); }
    default: { return x; }
  }
}

fn activateGradient(kind: u32, x: f32) -> f32 {
  switch kind {
    case 1u: { return 0.5 * (1.0 + erf(x * 0.70710678)) + x * 0.39894228 * safeExp(-0.5 * x * x); }
    case 2u: {
      let e = safeExp(x * (-1.5957691 - 0.071354816 * x * x));
      let s = 1.0 / (1.0 + e);
      return s + x * s * (s * e) * (1.5957691 + 0.21406445 * x * x);
    }
    case 3u: { return select(0.0, 1.0, x > 0.0); }
    case 4u: {
      let s = 1.0 / (1.0 + safeExp(-x));
      return s * (1.0 + x * (1.0 - s));
    }
    case 5u: {
      let y = 1.0 - 2.0 / (1.0 + safeExp(2.0 * x));
      return 1.0 - y * y;
    }
    default: { return 1.0; }
  }
}
`;
