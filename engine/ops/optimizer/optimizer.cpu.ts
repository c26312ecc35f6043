// One optimizer step over flat parameters, 16,384 elements a tile (AssemblyScript).
// The gradient is multiplied by the clip scale (metrics word 2); a scale of 0 says that the step must change
// nothing. Scalars: word 0 learning rate, 4 and 5 bias corrections (engine/graph/scalars.ts).

import { madd } from '../../device/cpu/kernels/math';

const TILE: u32 = 16384;

/** Elements at a time: a whole vector, or one of the last three. */
@inline
function loadLanes(from: usize, isWhole: bool): v128 {
  return isWhole ? v128.load(from) : v128.load32_zero(from);
}

@inline
function storeLanes(to: usize, values: v128, isWhole: bool): void {
  if (isWhole) v128.store(to, values);
  else v128.store32_lane(to, values, 0);
}

/** The number of elements, at most four, that are handled alike: all decay or none does. */
@inline
function together(element: u32, end: u32, decayElements: u32): u32 {
  const border = element < decayElements ? min(end, decayElements) : end;
  return border - element >= 4 ? 4 : 1;
}

/**
 * Adam with decoupled decay (AdamW) or with decay added to the gradient (Adam).
 * args: parameters, gradients, firstMoment, secondMoment, metrics, scalars, count, decayElements,
 * isDecoupled, beta2, oneMinusBeta1, oneMinusBeta2, epsilon, weightDecay.
 */
export function adam(args: usize, tile: u32, scratch: usize): void {
  const clip = load<f32>(<usize>load<u32>(args, 16), 8);
  if (clip === 0) return;
  const p = <usize>load<u32>(args);
  const g = <usize>load<u32>(args, 4);
  const m = <usize>load<u32>(args, 8);
  const v = <usize>load<u32>(args, 12);
  const scalars = <usize>load<u32>(args, 20);
  const decayElements = load<u32>(args, 28);
  const isDecoupled = load<u32>(args, 32) !== 0;
  const beta2 = f32x4.splat(load<f32>(args, 36));
  const oneMinusBeta1 = f32x4.splat(load<f32>(args, 40));
  const oneMinusBeta2 = f32x4.splat(load<f32>(args, 44));
  const epsilon = f32x4.splat(load<f32>(args, 48));
  const weightDecay = load<f32>(args, 52);
  const learningRate = load<f32>(scalars);
  const scale = f32x4.splat(clip);
  const step = f32x4.splat(-learningRate / load<f32>(scalars, 16));
  const root = f32x4.splat(<f32>1 / sqrt<f32>(load<f32>(scalars, 20)));
  const keep = f32x4.splat(<f32>1 - learningRate * weightDecay);
  const coupled = f32x4.splat(weightDecay);
  const end = min((tile + 1) * TILE, load<u32>(args, 24));
  let element = tile * TILE;
  while (element < end) {
    const size = together(element, end, decayElements);
    const isWhole = size === 4;
    const decays = element < decayElements;
    const at = <usize>element << 2;
    let weight = loadLanes(p + at, isWhole);
    let gradient = f32x4.mul(loadLanes(g + at, isWhole), scale);
    if (decays) {
      if (isDecoupled) weight = f32x4.mul(weight, keep);
      else gradient = madd(weight, coupled, gradient);
    }
    let first = loadLanes(m + at, isWhole);
    first = madd(f32x4.sub(gradient, first), oneMinusBeta1, first);
    let second = f32x4.mul(loadLanes(v + at, isWhole), beta2);
    second = madd(f32x4.mul(gradient, gradient), oneMinusBeta2, second);
    const denominator = madd(f32x4.sqrt(second), root, epsilon);
    storeLanes(m + at, first, isWhole);
    storeLanes(v + at, second, isWhole);
    storeLanes(p + at, madd(f32x4.div(first, denominator), step, weight), isWhole);
    element += size;
  }
}

/**
 * Gradient descent with momentum.
 * args: parameters, gradients, momentumBuffer, metrics, scalars, count, decayElements, momentum,
 * weightDecay.
 */
export function sgd(args: usize, tile: u32, scratch: usize): void {
  const clip = load<f32>(<usize>load<u32>(args, 12), 8);
  if (clip === 0) return;
  const p = <usize>load<u32>(args);
  const g = <usize>load<u32>(args, 4);
  const buffer = <usize>load<u32>(args, 8);
  const decayElements = load<u32>(args, 24);
  const momentum = f32x4.splat(load<f32>(args, 28));
  const weightDecay = f32x4.splat(load<f32>(args, 32));
  const step = f32x4.splat(-load<f32>(<usize>load<u32>(args, 16)));
  const scale = f32x4.splat(clip);
  const end = min((tile + 1) * TILE, load<u32>(args, 20));
  let element = tile * TILE;
  while (element < end) {
    const size = together(element, end, decayElements);
    const isWhole = size === 4;
    const at = <usize>element << 2;
    const weight = loadLanes(p + at, isWhole);
    let direction = f32x4.mul(loadLanes(g + at, isWhole), scale);
    if (element < decayElements) direction = madd(weight, weightDecay, direction);
    direction = madd(loadLanes(buffer + at, isWhole), momentum, direction);
    storeLanes(buffer + at, direction, isWhole);
    storeLanes(p + at, madd(direction, step, weight), isWhole);
    element += size;
  }
}
